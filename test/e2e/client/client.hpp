// SPDX-License-Identifier: MIT
#pragma once

#include "common/http/server.hpp"
#include "test/e2e/client/layers.hpp"

// The client of an end-to-end scenario, in a pod of its own: it writes through the listener's
// Service and at every instance directly, keeps the book, and tells and is told over HTTP.

namespace ha::test::e2e {

struct client_plan {
    demo::eyes_on group;
    std::string ag_name;
    std::size_t replicas = 3;
    int connections = 4;
    duration period = std::chrono::milliseconds{40};  // of each connection
    std::string driver;
    std::string sa_password;
    std::string book{};  // a file that survives this process; empty: none
};

class client {
public:
    client(boost::asio::any_io_executor executor,
           clock_source& clock,
           k8s::client& api,
           client_plan plan);

    // Waits for a whole group, makes the table and begins to write. Returns when writes come
    // through; throws when the table cannot be made.
    boost::asio::awaitable<void> begin();

    // GET /state: who is what, and the counts. GET /gap: the longest time without an acknowledged
    // write since the mark, through the Service and among those who ask every instance. POST /mark:
    // the mark is now; its body goes to the timeline. POST /run: the body's first line names a pod,
    // the rest is a batch for its instance. GET /layers: the group in two layers at each
    // transition. POST /finish: the writers end, every key is looked for, and the verdict is
    // returned.
    boost::asio::awaitable<std::optional<http::response>> answer(http::incoming came);

private:
    using json = nlohmann::json;
    json state() const;
    json gap() const;
    bool settled() const;
    std::vector<std::string> synchronized() const;
    boost::asio::awaitable<result<void>> route_leads();
    boost::asio::awaitable<result<void>> prepare();
    boost::asio::awaitable<json> finish();
    boost::asio::awaitable<json> look_for_keys(std::string pod);
    boost::asio::awaitable<json> run(std::string asked);

    boost::asio::any_io_executor executor_;
    clock_source& clock_;
    client_plan plan_;
    demo::timeline events_;
    demo::ledger book_;
    demo::eyes seen_;
    demo::writers writers_;
    layers layers_;
    instant marked_;
    bool writing_ = false;
    std::string trouble_;
};

}  // namespace ha::test::e2e
