// SPDX-License-Identifier: MIT
#pragma once

#include "common/async/doorbell.hpp"
#include "common/http/server.hpp"
#include "test/kubesim/api/access.hpp"
#include "test/kubesim/api/faults.hpp"
#include "test/kubesim/api/reads.hpp"

#include <list>
#include <memory>

// A small Kubernetes API server: requests in, answers out, on anybody's clock.

namespace ha::kubesim {

struct server_settings {
    std::size_t history_max = 1000;  // changes that watches can go back
    bool open = false;               // everybody is an administrator
    duration bookmark_interval = std::chrono::minutes{1};
};

class api_server {
public:
    explicit api_server(clock_source& clock, server_settings settings = {});
    api_server(const api_server&) = delete;
    api_server& operator=(const api_server&) = delete;

    // Answers anything but a watch, at once and without faults.
    http::response answer(const http::request& request);

    // The same, with watches and faults, for http::serve. The server must outlive it.
    http::handler handler();

    // A request in an administrator's name that must succeed; for setting up.
    nlohmann::json must(const std::string& method,
                        const std::string& target,
                        const nlohmann::json& body = nullptr);

    cluster& state() { return cluster_; }
    token_table& tokens() { return tokens_; }
    fault_table& faults() { return faults_; }

    // How often each user asked for what: user, then "verb resource".
    using request_counts = std::map<std::string, std::map<std::string, std::uint64_t>>;
    const request_counts& requests() const { return requests_; }
    // The same of what he had no right to.
    const request_counts& refusals() const { return refusals_; }

private:
    using optional_response = std::optional<http::response>;
    struct asked {
        principal who;
        target what;
    };

    struct watcher {
        explicit watcher(event_cursor from) : events(std::move(from)) {}

        event_cursor events;
        doorbell news;  // rings when there are lines
    };

    kubesim::answer<asked> admit(const http::request& request);
    kubesim::answer<http::response> act(const asked& by, const http::request& request);
    kubesim::answer<http::response> dispatch(const asked& by, const http::request& request);
    boost::asio::awaitable<optional_response> respond(http::incoming incoming,
                                                      http::body_writer& out);
    boost::asio::awaitable<optional_response> serve_watch(asked by,
                                                          http::request request,
                                                          http::body_writer& out);
    boost::asio::awaitable<void> follow(watcher& own,
                                        instant end,
                                        std::string user,
                                        http::body_writer& out);

    server_settings settings_;
    clock_source& clock_;
    cluster cluster_;
    token_table tokens_;
    fault_table faults_;
    request_counts requests_;
    request_counts refusals_;
    std::list<watcher> watchers_;
};

}  // namespace ha::kubesim
