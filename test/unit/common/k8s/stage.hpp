// SPDX-License-Identifier: MIT
#pragma once

#include "common/http/server.hpp"
#include "common/k8s/client.hpp"
#include "common/transport/memory_network.hpp"
#include "test/support/api_record.hpp"
#include "test/support/catch.hpp"
#include "test/support/sim_clock.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <nlohmann/json.hpp>

#include <deque>
#include <functional>

// An API server that says what a test tells it to, and a client of ours that asks it.

namespace ha::test {

struct api_stage {
    using reply = boost::asio::awaitable<std::optional<http::response>>;

    api_stage() {
        over = http::make_client(clock, *from, transport::endpoint{"api", 443, ""});
        api = k8s::make_client(clock, *over, &tokens, "mssql-ha-supervisor/0.1.0");
        serve_again();
    }

    void serve_again() {
        auto answer = [this](http::incoming one, http::body_writer& out) {
            return serve_one(std::move(one), out);
        };
        boost::asio::co_spawn(io, http::serve(clock, *door, answer), boost::asio::detached);
        clock.settle();
    }

    struct fixed_token final : k8s::token_source {
        std::string now = "first";
        int refusals = 0;
        std::string token() override { return now; }
        void refused() override { ++refusals; }
    };

    // What the server does with the next request; the last one again and again.
    using script = std::function<reply(http::incoming, http::body_writer&)>;

    boost::asio::io_context io{1};
    sim_clock clock{io};
    transport::memory_network net{clock};
    std::unique_ptr<transport::listener> door = net.listen("api", 443);
    std::unique_ptr<transport::dialer> from = net.dialer_at("pod");
    fixed_token tokens;
    std::unique_ptr<http::client> over;
    std::unique_ptr<k8s::client> api;
    std::deque<script> scripts;
    std::vector<http::request> asked;

    // Answers at once with this, as the real server would by the contract.
    void then(int status, std::string body, http::fields headers = {}) {
        http::response made{status, std::move(headers), std::move(body)};
        scripts.push_back([made](http::incoming one, http::body_writer&) {
            record_api_use(one.request, made.status);
            return give(made);
        });
    }

    // The same, for a fault or for an answer whose status does not matter: no part of the contract.
    void made_up(int status, std::string body, http::fields headers = {}) {
        http::response made{status, std::move(headers), std::move(body)};
        scripts.push_back([made](http::incoming, http::body_writer&) { return give(made); });
    }

    // Streams these blocks and ends well.
    void then_stream(std::vector<std::string> blocks) {
        scripts.push_back([blocks](http::incoming one, http::body_writer& out) {
            record_api_use(one.request, 200);
            return stream(blocks, &out);
        });
    }

    template <class T>
    T run(boost::asio::awaitable<T> work) {
        std::optional<T> came;
        boost::asio::co_spawn(io, keep(std::move(work), came), boost::asio::detached);
        clock.settle();
        while (!came && clock.advance()) {}
        REQUIRE(came);
        return std::move(*came);
    }

private:
    template <class T>
    static boost::asio::awaitable<void> keep(boost::asio::awaitable<T> work,
                                             std::optional<T>& into) {
        into = co_await std::move(work);
    }

    static reply give(http::response made) { co_return made; }

    static reply stream(std::vector<std::string> blocks, http::body_writer* out) {
        http::response head;
        co_await out->begin(head);
        for (auto& one : blocks) {
            co_await out->write(one);
        }
        co_return std::nullopt;
    }

    reply serve_one(http::incoming one, http::body_writer& out) {
        asked.push_back(one.request);
        REQUIRE_FALSE(scripts.empty());
        auto act = scripts.front();
        if (scripts.size() > 1) scripts.pop_front();
        return act(std::move(one), out);
    }
};

}  // namespace ha::test
