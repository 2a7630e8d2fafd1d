// SPDX-License-Identifier: MIT
#include "operator/daemon/probes.hpp"

#include "common/metrics/metrics.hpp"

namespace ha::op {

namespace asio = boost::asio;

namespace {

http::response text(int status, std::string body) {
    return {status, {{"content-type", "text/plain; charset=utf-8"}}, std::move(body)};
}

http::response readiness(const std::vector<std::string>& missing) {
    std::string words;
    for (const auto& one : missing) words += one + "\n";
    return missing.empty() ? text(200, "ready\n") : text(503, words);
}

http::response answer(const probe_sources& from, const http::request& asked) {
    auto path = asked.target.substr(0, asked.target.find('?'));
    if (asked.method != "GET") {
        auto refused = text(405, "only GET: nothing can be changed here\n");
        refused.headers["allow"] = "GET";
        return refused;
    }
    if (path == "/healthz") return text(200, "ok\n");
    if (path == "/readyz") return readiness(from.missing());
    if (path == "/metrics") {
        auto made = text(200, from.metrics());
        made.headers["content-type"] = std::string(metrics::content_type);
        return made;
    }
    return text(404, "there are /healthz, /readyz and /metrics\n");
}

asio::awaitable<std::optional<http::response>> respond(probe_sources from, http::incoming came) {
    co_return answer(from, came.request);
}

}  // namespace

http::handler make_probe_handler(probe_sources sources) {
    return [sources = std::move(sources)](http::incoming came, http::body_writer&) {
        return respond(sources, std::move(came));
    };
}

}  // namespace ha::op
