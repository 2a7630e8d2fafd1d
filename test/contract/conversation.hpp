// SPDX-License-Identifier: MIT
#pragma once

#include "common/async/system_clock.hpp"
#include "common/http/client.hpp"

#include <boost/asio/io_context.hpp>
#include <nlohmann/json.hpp>

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

// Raw requests to an API server, one after the other, and watches beside them. Nothing here knows
// the product's own Kubernetes client, which is not to be its own judge (client.cpp judges that).

namespace ha::contract {

struct server_address {
    std::string host;
    std::uint16_t port = 0;
    std::string ca_file;
    std::map<std::string, std::string> tokens;  // by the name of a user
    // Where its history can be made to be forgotten, over plain HTTP.
    std::uint16_t memory_port = 0;
    std::string memory_target;
};

struct manner {
    std::string user = "admin";  // "nobody": no token at all; "wrong": one that nobody knows
    std::string content_type{};
};

struct said {
    int status = 0;
    nlohmann::json body;  // or the text, when it is no JSON
    std::string reason() const;
};

// The events of one watch, as far as they have come.
struct watched {
    int status = 0;  // 0 until the head came
    std::vector<nlohmann::json> events;
    bool over = false;
    std::string text;  // what is not a whole line yet
};

// What the conversation covered, in lines of test/support/api_record.hpp.
using coverage = std::set<std::string>;

class conversation {
public:
    explicit conversation(const server_address& server);
    ~conversation();

    // Throws std::runtime_error when there is no answer: then the contract cannot be judged.
    said ask(const std::string& method,
             const std::string& target,
             const nlohmann::json& body = nullptr,
             const manner& how = {});

    std::shared_ptr<watched> watch(const std::string& target, const manner& how = {});

    // Lets time pass until `done`, at most `limit`; what it was at the end.
    bool wait_until(const std::function<bool()>& done, duration limit = std::chrono::seconds{30});

    // Makes the server forget what was before this version, as it does by itself after a while.
    void forget_before(const std::string& version);

    const server_address& address() const { return server_; }
    const coverage& covered() const { return covered_; }
    // Requests that are repeated until something is so do not count: how often is chance.
    void count(bool yes) { counting_ = yes; }

private:
    boost::asio::awaitable<void> stream(http::request what, std::shared_ptr<watched> into);
    boost::asio::awaitable<void> send(http::client& over, http::request what, http::attempt& into);
    http::exchange exchange(http::client& over, const http::request& what);
    http::request request_of(const std::string& method,
                             const std::string& target,
                             const nlohmann::json& body,
                             const manner& how) const;
    void cover(const http::request& what, int status);

    server_address server_;
    boost::asio::io_context io_{1};
    system_clock clock_;
    std::unique_ptr<transport::dialer> dialer_;
    std::unique_ptr<http::client> client_;
    coverage covered_;
    bool counting_ = true;
};

}  // namespace ha::contract
