// SPDX-License-Identifier: MIT
#pragma once

#include "test/demo/writers.hpp"

#include <nlohmann/json.hpp>

// What a group looks like at one moment in two layers: to Kubernetes, and to each instance itself.

namespace ha::test::e2e {

class layers {
public:
    layers(boost::asio::any_io_executor executor,
           clock_source& clock,
           demo::eyes& seen,
           const std::string& driver,
           const agent::engine_login& login);

    // By pod: its label and conditions, the rows that its instance shows of itself and of others;
    // `error` in their place when there is no answer within two seconds.
    boost::asio::awaitable<nlohmann::json> take();
    // Takes one whenever the Lease goes to somebody, a label or a pod's readiness changes.
    boost::asio::awaitable<void> keep();
    // Those, with their time in milliseconds since the process began.
    const nlohmann::json& kept() const { return kept_; }

private:
    std::string transition() const;

    clock_source& clock_;
    demo::eyes& seen_;
    demo::doors doors_;
    instant began_;
    nlohmann::json kept_ = nlohmann::json::array();
};

}  // namespace ha::test::e2e
