// SPDX-License-Identifier: MIT
#include "test/kubesim/api/server.hpp"

#include "test/kubesim/api/reads.hpp"
#include "test/kubesim/api/removal.hpp"
#include "test/kubesim/api/writes.hpp"
#include "test/support/api_record.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <stdexcept>

namespace ha::kubesim {

namespace asio = boost::asio;

namespace {

using json = nlohmann::json;

// Paths that everybody may read.
std::optional<http::response> open_path(const std::string& path) {
    if (path == "/healthz" || path == "/livez" || path == "/readyz") {
        http::response made;
        made.headers["content-type"] = "text/plain; charset=utf-8";
        made.body = "ok";
        return made;
    }
    if (path == "/version")
        return json_response(200, {{"major", "1"}, {"minor", "34"}, {"gitVersion", "v1.34.4"}});
    return std::nullopt;
}

std::string manager_of(const target& what, const http::request& asked) {
    auto named = what.option("fieldManager");
    if (!named.empty()) return named;
    auto agent = asked.headers.find("user-agent");
    if (agent == asked.headers.end()) return "unknown";
    return agent->second.substr(0, agent->second.find('/'));
}

write write_of(const target& what, const http::request& asked) {
    auto type = asked.headers.find("content-type");
    return {asked.body, type == asked.headers.end() ? "" : type->second, manager_of(what, asked)};
}

http::response response_to(const refusal& why) {
    if (why.plain) return {why.code, {{"content-type", "text/plain; charset=utf-8"}}, why.message};
    auto made = json_response(why.code, why.status());
    if (why.details.is_object() && why.details.contains("retryAfterSeconds"))
        made.headers["retry-after"] = std::to_string(why.details["retryAfterSeconds"].get<int>());
    return made;
}

http::response response_to(const answer<written>& done) {
    return done ? json_response(done->code, done->object) : response_to(done.error());
}

http::response response_to(const answer<json>& done) {
    return done ? json_response(200, *done) : response_to(done.error());
}

// The answer as it goes out: part of what the contract must cover, unless it is a fault.
http::response noted(const http::request& asked, http::response made) {
    ha::test::record_api_use(asked, made.status);
    return made;
}

// A connection that ends without an answer: the session takes this for its own end.
[[noreturn]] void hang_up() {
    throw boost::system::system_error{asio::error::operation_aborted};
}

// How often a request that is never answered is looked at: its client may have left.
constexpr auto patience = std::chrono::seconds{5};

template <class List>
struct membership {
    List& all;
    typename List::iterator place;
    ~membership() { all.erase(place); }
};

}  // namespace

api_server::api_server(clock_source& clock, server_settings settings)
    : settings_(settings), clock_(clock), cluster_(clock, settings.history_max) {
    cluster_.objects.on_change([this](const change& what) {
        for (auto& one : watchers_)
            if (!one.events.skips(what)) one.news.ring();
    });
}

kubesim::answer<api_server::asked> api_server::admit(const http::request& request) {
    principal who{"admin", {"system:masters"}};
    if (!settings_.open) {
        auto header = request.headers.find("authorization");
        auto words = header == request.headers.end() ? std::string_view{} : header->second;
        auto known = tokens_.identify(words, clock_.now());
        if (!known) return no(known.error());
        who = *known;
    }
    auto what = read_target(cluster_.known, request);
    if (!what) return no(what.error());
    if (auto may = authorize(cluster_, who, *what); !may) {
        ++refusals_[who.name][what->verb + " " + what->kind->plural];
        return no(may.error());
    }
    return asked{std::move(who), std::move(*what)};
}

kubesim::answer<http::response> api_server::act(const asked& by, const http::request& request) {
    try {
        return dispatch(by, request);
    } catch (const json::exception& trouble) {
        // A body of a form that nobody has thought of yet: the real server would have refused it.
        return no(
            refusal{500, "InternalError", std::string{"kubesim: "} + trouble.what(), nullptr});
    }
}

kubesim::answer<http::response> api_server::dispatch(const asked& by,
                                                     const http::request& request) {
    const auto& what = by.what;
    if (what.verb == "get") return response_to(get(cluster_, what));
    if (what.verb == "list") return response_to(list(cluster_, what));
    if (what.subresource == "token") return path_not_found();
    if (what.verb == "delete") {
        auto how = read_removal(what, request.body);
        if (!how) return no(how.error());
        return response_to(remove(cluster_, what, *how, what.option("dryRun") == "All"));
    }
    if (what.subresource == "eviction") return response_to(evict(cluster_, what, request.body));
    auto how = write_of(what, request);
    if (what.verb == "create") return response_to(create(cluster_, what, how));
    if (what.verb == "update") return response_to(update(cluster_, what, how));
    if (what.verb != "patch") return method_not_allowed();
    bool applies = how.content_type.starts_with("application/apply-patch");
    if (applies && !cluster_.objects.find(what.kind->where(), what.which())) {
        auto creating = what;
        creating.verb = "create";
        if (auto may = authorize(cluster_, by.who, creating); !may) return no(may.error());
    }
    return response_to(patch(cluster_, what, how));
}

http::response api_server::answer(const http::request& request) {
    if (auto open = open_path(path_of(request.target))) return noted(request, *open);
    auto by = admit(request);
    if (!by) return noted(request, response_to(by.error()));
    if (by->what.verb == "watch") return response_to(bad_request("a watch needs a stream").value());
    auto done = act(*by, request);
    return noted(request, done ? *done : response_to(done.error()));
}

json api_server::must(const std::string& method, const std::string& path, const json& body) {
    http::request request{method, path, {}, body.is_null() ? "" : body.dump()};
    if (method == "PATCH") request.headers["content-type"] = "application/merge-patch+json";
    auto what = read_target(cluster_.known, request);
    if (!what) throw std::logic_error{"kubesim: " + path + ": " + what.error().message};
    auto done = act({{"admin", {"system:masters"}}, *what}, request);
    if (!done || done->status >= 300)
        throw std::logic_error{"kubesim: " + method + " " + path + ": " +
                               (done ? done->body : done.error().message)};
    return json::parse(done->body);
}

http::handler api_server::handler() {
    return [this](http::incoming incoming, http::body_writer& out) {
        return respond(std::move(incoming), out);
    };
}

asio::awaitable<api_server::optional_response> api_server::respond(http::incoming incoming,
                                                                   http::body_writer& out) {
    auto open = open_path(path_of(incoming.request.target));
    if (open) co_return noted(incoming.request, *open);
    auto by = admit(incoming.request);
    if (!by) co_return noted(incoming.request, response_to(by.error()));
    ++requests_[by->who.name][by->what.verb + " " + by->what.kind->plural];
    auto trouble = faults_.meet(by->what, by->who.name);
    bool silent = trouble && trouble->what == fault::kind::unanswered;
    while (silent) {
        co_await clock_.sleep_for(patience);
        if (out.gone()) hang_up();
    }
    if (trouble && trouble->what == fault::kind::late) {
        co_await clock_.sleep_for(trouble->delay);
    }
    if (trouble && trouble->what == fault::kind::status)
        co_return response_to(refusal_of(*trouble, by->what));
    if (by->what.verb == "watch")
        co_return co_await serve_watch(std::move(*by), std::move(incoming.request), out);
    auto done = act(*by, incoming.request);
    if (trouble && trouble->what == fault::kind::lost_response) hang_up();
    auto made = done ? std::move(*done) : response_to(done.error());
    co_return noted(incoming.request, std::move(made));
}

asio::awaitable<api_server::optional_response> api_server::serve_watch(asked by,
                                                                       http::request request,
                                                                       http::body_writer& out) {
    const auto& what = by.what;
    auto events = event_cursor::begin(cluster_, what);
    if (!events) co_return noted(request, response_to(events.error()));
    auto seconds = std::atoi(what.option("timeoutSeconds").c_str());
    auto length = seconds > 0 ? std::chrono::seconds{seconds} : std::chrono::seconds{1800};
    http::response head;
    head.headers["content-type"] = "application/json";
    ha::test::record_api_use(request, head.status);
    bool there = co_await out.begin(std::move(head));
    if (!there) co_return std::nullopt;
    membership listening{watchers_, watchers_.emplace(watchers_.end(), std::move(*events))};
    auto end = clock_.now() + length;
    auto& own = *listening.place;
    co_await follow(own, end, std::move(by.who.name), out);
    co_return std::nullopt;
}

asio::awaitable<void> api_server::follow(watcher& own,
                                         instant end,
                                         std::string user,
                                         http::body_writer& out) {
    auto& events = own.events;
    // As the real server does it: every minute, and shortly before a watch that ends sooner.
    auto next = std::min(clock_.now() + settings_.bookmark_interval, end - std::chrono::seconds{2});
    while (!events.over()) {
        if (!faults_.silences(user)) {
            auto lines = events.lines(cluster_);
            bool due = clock_.now() >= next;
            if (due && events.wants_bookmarks() && !events.over()) lines += events.bookmark();
            if (due) next = clock_.now() + settings_.bookmark_interval;
            bool there = co_await out.write(lines);
            if (!there || out.gone()) co_return;
        }
        if (clock_.now() >= end) co_return;
        auto until = std::min(next, end);
        co_await own.news.wait_until(clock_, until);
    }
}

}  // namespace ha::kubesim
