// SPDX-License-Identifier: MIT
#include "agent/probes/probes.hpp"
#include "common/async/within.hpp"

#include <algorithm>
#include <map>

namespace ha::agent {

namespace asio = boost::asio;

namespace {

constexpr int ok = 200;
constexpr int not_found = 404;
constexpr int not_allowed = 405;
constexpr int unavailable = 503;

http::response answer_with(int status, std::string type, std::string body) {
    http::response made;
    made.status = status;
    made.headers["content-type"] = std::move(type);
    made.headers["cache-control"] = "no-store";
    made.body = std::move(body);
    return made;
}

http::response text(int status, std::string body) {
    return answer_with(status, "text/plain; charset=utf-8", std::move(body));
}

// The kubelet writes the body of a failed probe into an Event, so what failed stands there always;
// what went well only for who asks.
http::response told(const verdict& judged, bool verbose) {
    std::string body;
    for (const auto& line : judged.lines)
        if (verbose || line.substr(0, 3) == "[-]") body += line + "\n";
    body += judged.good ? "ok\n" : "failed\n";
    return text(judged.good ? ok : unavailable, body);
}

// The supervisor's own verdict, with what the other probes find for who asks.
http::response health(const view& seen, instant now, bool verbose) {
    auto own = own_verdict(seen, now);
    if (verbose) {
        auto ready = ready_verdict(seen, now);
        auto good = own.good;
        own = live_verdict(seen, now);
        own.good = good;
        for (auto& line : ready.lines)
            if (std::find(own.lines.begin(), own.lines.end(), line) == own.lines.end())
                own.lines.push_back(std::move(line));
    }
    return told(own, verbose);
}

using page = std::function<http::response(const probe_sources&, instant, bool verbose)>;

const std::map<std::string, page, std::less<>>& pages() {
    static const std::map<std::string, page, std::less<>> all{
        {"/startupz",
         [](const probe_sources& from, instant, bool verbose) {
             return told(startup_verdict(from.look()), verbose);
         }},
        {"/livez",
         [](const probe_sources& from, instant now, bool verbose) {
             return told(live_verdict(from.look(), now), verbose);
         }},
        {"/readyz",
         [](const probe_sources& from, instant now, bool verbose) {
             return told(ready_verdict(from.look(), now), verbose);
         }},
        {"/healthz",
         [](const probe_sources& from, instant now, bool verbose) {
             return health(from.look(), now, verbose);
         }},
        {"/metrics",
         [](const probe_sources& from, instant, bool) {
             return answer_with(ok, "text/plain; version=0.0.4; charset=utf-8", from.metrics());
         }},
        {"/status",
         [](const probe_sources& from, instant now, bool) {
             return answer_with(ok, "application/json", status_document(from.look(), now));
         }},
        {"/explain", [](const probe_sources& from, instant now, bool) {
             return text(ok, explain_document(from.look(), now));
         }}};
    return all;
}

constexpr std::string_view prestop_path = "/prestop";

std::string all_paths() {
    std::string list;
    for (const auto& [path, made] : pages()) list += "  " + path + "\n";
    return list + "  " + std::string(prestop_path) + "\n";
}

asio::awaitable<http::response> prestop(clock_source& clock, const probe_sources& from) {
    std::string outcome;
    try {
        auto handed = from.hand_over();
        outcome = co_await within(clock, from.prestop_limit, std::move(handed));
    } catch (const boost::system::system_error& failure) {
        if (failure.code() != asio::error::timed_out) throw;
        co_return text(unavailable, "the hand-over was not done in its time\n");
    }
    co_return text(ok, outcome + "\n");
}

asio::awaitable<std::optional<http::response>> answer_probe(
    clock_source& clock, std::shared_ptr<const probe_sources> from, http::incoming came) {
    auto query = came.request.target.find('?');
    auto path = came.request.target.substr(0, query);
    auto asked = query == std::string::npos ? "" : came.request.target.substr(query + 1);
    auto found = pages().find(path);
    bool stops = path == prestop_path;
    if (found == pages().end() && !stops)
        co_return text(not_found, "there is no " + path + " here; there are\n" + all_paths());
    if (came.request.method != "GET") {
        auto refused = text(not_allowed, "only GET: nothing can be changed here\n");
        refused.headers["allow"] = "GET";
        co_return refused;
    }
    if (!stops) {
        bool verbose = asked == "verbose" || asked.substr(0, 8) == "verbose=";
        co_return found->second(*from, clock.now(), verbose);
    }
    auto handed = co_await prestop(clock, *from);
    co_return handed;
}

}  // namespace

http::handler make_probe_handler(clock_source& clock, probe_sources sources) {
    auto kept = std::make_shared<const probe_sources>(std::move(sources));
    return [kept, &clock](http::incoming came, http::body_writer&) {
        return answer_probe(clock, kept, std::move(came));
    };
}

}  // namespace ha::agent
