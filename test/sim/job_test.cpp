// SPDX-License-Identifier: MIT
#include "test/sim/story.hpp"

using namespace ha;
using namespace ha::sim;

// The failover Job among real supervisors: what it prints, and the code that it ends with.

namespace {

run_plan with_job(const std::string& wanted, duration at = 60s, bool accepts_loss = false) {
    auto plan = with(trouble::failover_job, 0, at, {}, accepts_loss ? 2 : 1);
    plan.faults.front().words = wanted;
    plan.length = 5min;
    return plan;
}

std::string printed(const played& run) {
    std::string all;
    for (const auto& line : run.found.trace) {
        auto at = line.find("Job: ");
        if (line.starts_with("-- ") && at != std::string::npos) all += line.substr(at + 5) + "\n";
    }
    return all;
}

}  // namespace

TEST_CASE("a Job makes a replica primary and says how it went") {
    played run(with_job("db-1"));
    CHECK(run.trouble() == "");
    CHECK(printed(run) ==
          "primary: db-0\n"
          "asked for db-1 (request job-1)\n"
          "primary: db-1\n"
          "done in 0.5 s\n"
          "ends with 0\n");
    CHECK(run.found.promotions == 1);
}

TEST_CASE("a Job that wants anyone but the primary takes the best of the others, once") {
    auto plan = with_job("!db-0");
    plan.faults.push_back(plan.faults.front());
    plan.faults.back().at = 90s;
    played run(plan);
    CHECK(run.trouble() == "");
    CHECK(run.found.promotions == 1);
    CHECK(run.times("Job: ends with 0") == 2);
    CHECK(run.says("Job: asked for the best of the others"));
    CHECK(run.says("Job: done: nothing to do"));
}

TEST_CASE("a Job is told every refusal at once, and nothing is asked") {
    auto plan = with_job("db-9", 70s, true);
    add(plan, trouble::pause, victim::numbered, 0, 60s, 60s);
    played run(plan);
    CHECK(run.trouble() == "");
    CHECK(printed(run) ==
          "primary: db-0\n"
          "refused: 'db-9' is no replica of this group, which has db-0, db-1, db-2.\n"
          "refused: A forced failover gives up data; this version carries out none.\n"
          "refused: The group is paused: nothing is changed until somebody ends the pause.\n"
          "ends with 1\n");
    CHECK(run.found.promotions == 0);
}

TEST_CASE("what only the primary knows is refused by it, and the Job says why") {
    auto plan = with_job("db-1", 62s);
    add(plan, trouble::supervisor_killed, victim::numbered, 1, 62s);
    plan.faults.front().at = 62100ms;
    played run(plan);
    CHECK(run.trouble() == "");
    CHECK(run.says("Job: ends with"));
}

TEST_CASE("a Job that nobody answers withdraws what it asked for") {
    auto plan = with_job("db-1", 70s);
    for (int node = 0; node < 3; ++node)
        add(plan, trouble::node_off, victim::numbered, node, 65s, 80s);
    played run(plan);
    CHECK(run.trouble() == "");
    CHECK(run.says("Job: nobody answered in 60.0 s: the request is withdrawn"));
    CHECK(run.says("Job: ends with 2"));
    CHECK(run.times("request_done") == 0);
}
