// SPDX-License-Identifier: MIT
#include "test/sim/invariants.hpp"

#include "test/support/catch.hpp"

// Every invariant can break: each story here is one that must never happen, and beside it one that
// looks like it and may.

using namespace ha;
using namespace ha::sim;
using namespace std::chrono_literals;

namespace {

const std::string one = "db-1_uid-1";
const std::string two = "db-2_uid-2";

struct history {
    std::vector<std::string> broken;
    invariants watched{1s, [this](const std::string& what) { broken.push_back(what); }};

    static instant at(duration since) { return instant{1h} + since; }

    // Written and sent at that moment.
    void lease(duration when,
               const std::string& holder,
               agent::term of,
               std::optional<std::set<std::string>> set = {}) {
        lease_sight next;
        next.set = std::move(set);
        next.holder = holder;
        next.of = of;
        next.length = 15s;
        next.renewed_at = at(when);
        watched.lease_written(at(when), next);
    }

    void release(duration when, const std::string& reason, bool may_be_primary = false) {
        lease_sight next;
        next.released = true;
        next.release_reason = reason;
        next.may_be_primary = may_be_primary;
        watched.lease_written(at(when), next);
    }

    // The names of what broke, and none that was not asked for.
    std::string names() const {
        std::string all;
        for (const auto& line : broken) all += line.substr(0, line.find(':')) + ";";
        return all;
    }
};

agent::replica_record voted(agent::term in, const std::string& pod_uid) {
    agent::replica_record made;
    made.voted = in;
    made.voted_for = pod_uid;
    return made;
}

}  // namespace

TEST_CASE("S1: what was acknowledged is in every later primary") {
    history told;
    told.watched.acknowledged(7, one);
    told.watched.read_back(two, {7}, {6, 7, 8});
    CHECK(told.names().empty());
    told.watched.read_back(two, {7}, {6, 8});
    CHECK(told.broken ==
          std::vector<std::string>{"S1: key 7, acknowledged by db-1, is not in db-2"});
}

TEST_CASE("S6: nobody takes over in a pause") {
    history told;
    told.lease(0s, one, 1);
    told.watched.paused(told.at(1s));
    told.lease(3s, one, 1);
    told.lease(30s, one, 2);  // the one that it named all the time
    CHECK(told.names().empty());
    told.lease(60s, two, 3);
    told.watched.became_primary(two, told.at(61s));
    CHECK(told.broken ==
          std::vector<std::string>{"S6: db-2 took the Lease, 59000 ms into a pause",
                                   "S6: db-2 became PRIMARY, 60000 ms into a pause"});
    told.watched.paused({});
    told.lease(90s, one, 4);
    CHECK(told.broken.size() == 2);
}

TEST_CASE("rule 27: whom the set does not name is not promoted, whom it names is waited for") {
    history told;
    told.lease(0s, one, 4, std::set<std::string>{"db-1"});
    told.watched.promotion_accepted(one);
    told.watched.commits_alone("db-1");
    CHECK(told.names().empty());
    told.lease(1s, one, 4, std::set<std::string>{"db-1", "db-2"});
    told.watched.commits_alone("db-1");
    CHECK(told.names() == "rule 27;");
    history other;
    other.lease(0s, two, 4, std::set<std::string>{"db-1"});
    other.watched.promotion_accepted(two);
    CHECK(other.names() == "rule 27;");
    history none;
    none.lease(0s, two, 4);
    none.watched.promotion_accepted(two);
    none.watched.commits_alone("db-2");
    CHECK(none.names().empty());
}

TEST_CASE("S2: one accepts writes, never two") {
    history told;
    told.watched.writable_now({});
    told.watched.writable_now({one});
    CHECK(told.names().empty());
    told.watched.writable_now({one, two});
    CHECK(told.names() == "S2;");
}

TEST_CASE("S3: who is promoted holds the Lease, and a term has one holder") {
    history told;
    told.lease(0s, one, 4);
    told.watched.promotion_accepted(one);
    CHECK(told.names().empty());
    told.watched.promotion_accepted(two);
    CHECK(told.names() == "S3;");
    told.release(1s, "switchover");
    told.lease(2s, two, 4);
    CHECK(told.names() == "S3;S3;");
}

TEST_CASE("S4: no release while the role may be PRIMARY") {
    history told;
    told.lease(0s, one, 4);
    told.release(1s, "switchover");
    told.lease(2s, one, 5);
    CHECK(told.names().empty());
    told.release(3s, "switchover", true);
    CHECK(told.names() == "S4;");
}

TEST_CASE("S5: what needs authority is sent within it, counted from the send of the last renewal") {
    history told;
    told.watched.statement_sent(one, "offline", told.at(0s));
    told.lease(0s, one, 4);
    told.watched.statement_sent(one, "renew_write_lease", told.at(13999ms));
    told.watched.statement_sent(one, "set_role_secondary", told.at(20s));
    CHECK(told.names().empty());
    told.watched.statement_sent(one, "failover", told.at(14s));
    told.watched.statement_sent(two, "failover", told.at(1s));
    CHECK(told.names() == "S5;S5;");
}

TEST_CASE("rule 4: the write lease ends inside the authority") {
    history told;
    told.lease(0s, one, 4);
    told.watched.write_lease_granted(one, told.at(14s), told.at(5s));
    told.watched.write_lease_granted(two, told.at(1s), told.at(2s));  // over already
    CHECK(told.names().empty());
    told.watched.write_lease_granted(one, told.at(14001ms), told.at(5s));
    told.watched.write_lease_granted(two, told.at(3s), told.at(2s));
    CHECK(told.names() == "rule 4;rule 4;");
}

TEST_CASE("rule 10: a Lease stands for its whole length, unless its holder let it go") {
    history told;
    told.lease(0s, one, 4);
    told.lease(3s, one, 4);
    told.lease(18s, two, 5);
    told.release(20s, "switchover");
    told.lease(21s, one, 6);
    CHECK(told.names().empty());
    told.lease(35900ms, two, 7);
    CHECK(told.names() == "rule 10;");
}

TEST_CASE("S7: every refusal and every release has a reason") {
    history told;
    told.lease(0s, one, 4);
    told.release(1s, "switchover");
    told.watched.refused("a vote", {"behind_log"});
    told.watched.request_answered("a", true, {});
    CHECK(told.names().empty());
    told.watched.refused("a vote", {});
    told.watched.request_answered("b", false, {""});
    told.lease(2s, one, 5);
    told.release(3s, "");
    CHECK(told.names() == "S7;S7;S7;");
}

TEST_CASE("S8: one vote a term, and no way back") {
    history told;
    told.watched.record_saved(one, {}, voted(4, "uid-1"));
    told.watched.record_saved(one, voted(4, "uid-1"), voted(4, "uid-1"));
    told.watched.record_saved(one, voted(4, "uid-1"), voted(5, "uid-2"));
    CHECK(told.names().empty());
    told.watched.record_saved(one, voted(5, "uid-2"), voted(5, "uid-1"));
    told.watched.record_saved(one, voted(5, "uid-2"), voted(4, "uid-2"));
    CHECK(told.names() == "S8;S8;");
}

TEST_CASE("rule 13: who votes has left its old primary") {
    history told;
    told.watched.voted(one, true);
    CHECK(told.names().empty());
    told.watched.voted(one, false);
    CHECK(told.names() == "rule 13;");
}

TEST_CASE("S9: a superseded primary acknowledges nothing new") {
    history told;
    told.lease(0s, one, 4);
    told.watched.became_primary(one, told.at(1s));
    told.release(2s, "switchover");
    told.lease(3s, two, 5);
    told.watched.became_primary(two, told.at(4s));
    told.watched.acknowledged_since(one, told.at(3s));  // begun before, and hardened everywhere
    told.watched.acknowledged_since(two, told.at(5s));
    CHECK(told.names().empty());
    told.watched.acknowledged_since(one, told.at(5s));
    CHECK(told.names() == "S9;");
    // A promotion that was accepted long ago and takes effect only now makes nobody the newest.
    told.watched.became_primary(one, told.at(6s));
    told.watched.acknowledged_since(two, told.at(7s));
    CHECK(told.names() == "S9;");
}

TEST_CASE("L1 and L3: at the end writes go on and the last request has an answer") {
    history told;
    told.watched.request_asked("a");
    told.watched.request_answered("a", true, {});
    told.watched.end(told.at(60s), told.at(55s), 10s);
    CHECK(told.names().empty());
    told.watched.request_asked("b");
    told.watched.end(told.at(60s), told.at(49s), 10s);
    CHECK(told.names() == "L1;L3;");
}

TEST_CASE("L2: once all has been calm, nothing changes hands") {
    history told;
    told.watched.calm_from(told.at(100s));
    told.lease(99s, one, 4);
    told.watched.became_primary(one, told.at(99s));
    told.lease(102s, one, 4);
    CHECK(told.names().empty());
    told.watched.became_primary(one, told.at(103s));
    told.release(104s, "engine_unhealthy");
    CHECK(told.names() == "L2;L2;");
}
