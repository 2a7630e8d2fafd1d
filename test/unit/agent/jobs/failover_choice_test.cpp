// SPDX-License-Identifier: MIT
#include "agent/jobs/failover_choice.hpp"

#include "test/support/catch.hpp"

using namespace ha::agent;

namespace {

// Three instances of the preview, each a StatefulSet of one pod; sql-0 is primary.
group_situation healthy() {
    group_situation now;
    now.state = group_state{};
    now.requests.orders = group_orders{};
    for (int i = 0; i < 3; ++i) {
        auto number = std::to_string(i);
        named_pod one{"sql" + number + "-0", "10.0.0." + number, "host" + number, "sql" + number};
        one.is_primary = i == 0;
        now.pods.push_back(one);
        now.state->replicas.push_back(
            {one.name, i == 0 ? "primary" : "secondary", "synchronous", "synchronized", true});
    }
    return now;
}

failover_choice choice(const std::string& wanted, const group_situation& now = healthy()) {
    failover_order order;
    order.wanted = wanted;
    order.id = "mine";
    return choose(order, now);
}

}  // namespace

TEST_CASE("a replica may be called by all of its names") {
    for (const auto* name :
         {"sql1-0", "10.0.0.1", "sql1", "host1", "sql1-0.sql1.default.svc.cluster.local"}) {
        INFO(name);
        auto made = choice(name);
        CHECK(made.refusals.empty());
        CHECK(made.target == "sql1-0");
        CHECK_FALSE(made.is_done);
    }
    CHECK(choice("sql0").is_done);
    auto one_set = healthy();
    for (auto& pod : one_set.pods) pod.stateful_set = "sql";
    CHECK(choice("sql", one_set).refusals ==
          std::vector<std::string>{"'sql' could be any of sql0-0, sql1-0, sql2-0."});
}

TEST_CASE("anyone but one: the best of the others, or nothing to do") {
    auto made = choice("!sql0");
    CHECK(made.refusals.empty());
    CHECK(made.target == "");
    CHECK_FALSE(made.is_done);
    CHECK(choice("!sql1").is_done);
    CHECK(choice("").refusals.empty());
    CHECK_FALSE(choice("").is_done);
}

TEST_CASE("all that speaks against it is told at once") {
    auto now = healthy();
    now.requests.orders->pause = standing_order{};
    now.requests.orders->fenced = {"sql2-0"};
    now.requests.switchovers = {{"mine", "sql1-0"}, {"other", "sql1-0"}, {"old", "sql1-0"}};
    now.state->answers = {{"old", true, {}, "", ""}};
    now.state->replicas[2].mode = "asynchronous";
    now.state->replicas[2].synchronization = "synchronizing";
    auto refusals = choice("sql2", now).refusals;
    CHECK(refusals ==
          std::vector<std::string>{
              "The group is paused: nothing is changed until somebody ends the pause.",
              "The request other waits for its answer.",
              "sql2-0: The pod is fenced: it is not primary until somebody lifts the fence.",
              "sql2-0: Only a synchronous-commit replica may become primary.",
              "sql2-0: The target is not synchronized in every database."});
    now.state.reset();
    CHECK(choice("sql1", now).refusals.size() == 1);
}
