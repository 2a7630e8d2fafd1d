// SPDX-License-Identifier: MIT
#pragma once

#include "agent/jobs/failover_choice.hpp"
#include "common/k8s/client.hpp"

#include <functional>

// The Job `failover`: asks a group's primary for a switchover, tells how it goes, and ends with
// what became of it. It asks supervisors by the requests ConfigMap and touches nothing else.

namespace ha::agent {

inline constexpr int failover_done = 0;
inline constexpr int failover_refused = 1;     // every reason was told
inline constexpr int failover_unanswered = 2;  // nobody answered in time: the request is withdrawn

class failover_job {
public:
    using teller = std::function<void(const std::string& line)>;
    failover_job(clock_source& clock, k8s::client& api, failover_order order, teller tell);

    // One of the codes above.
    boost::asio::awaitable<int> run();

private:
    boost::asio::awaitable<result<void>> find_group();
    boost::asio::awaitable<result<group_situation>> look();
    boost::asio::awaitable<result<void>> look_at_pods(group_situation& into);
    boost::asio::awaitable<result<void>> look_at_state(group_situation& into);
    boost::asio::awaitable<result<void>> write(std::string request);
    boost::asio::awaitable<int> wait_for_answer(std::string target, std::string before);
    boost::asio::awaitable<int> withdraw();
    void tell_primary(const std::string& now);

    clock_source& clock_;
    k8s::client& api_;
    failover_order order_;
    teller tell_;
    std::string told_primary_;
    bool told_state_ = false;
};

}  // namespace ha::agent
