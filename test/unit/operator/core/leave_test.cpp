// SPDX-License-Identifier: MIT
#include "operator/core/leave.hpp"

#include "test/support/catch.hpp"

using namespace ha::op;
using namespace std::chrono_literals;
using texts = std::vector<std::string>;

namespace {

// Of a formed group of these pods, which the first leads, db-2 is being deleted.
leave_view leaving(const texts& members = {"db-0", "db-1", "db-2"}) {
    leave_view seen;
    seen.pod = "db-2";
    for (const auto& one : members) {
        if (one != seen.pod) seen.stay.push_back(one);
        seen.group.state.replicas.push_back({one, "", "synchronized", true, "synchronous"});
    }
    seen.group.told.names = seen.stay;
    seen.group.state.formed = true;
    seen.group.state.primary = seen.group.holder = members.front();
    return seen;
}

std::string told(const leave_view& seen) {
    auto now = next_leave_step(seen);
    if (now.what == step::kind::nothing) return "goes";
    return (now.what == step::kind::stopped ? "goes all the same " : "waits ") + now.reason;
}

}  // namespace

TEST_CASE("1: where nobody stays, or nothing was formed, nothing is waited for") {
    auto seen = leaving();
    seen.stay.clear();
    CHECK(told(seen) == "goes");
    seen = leaving();
    seen.group.state.formed = false;
    CHECK(told(seen) == "goes");
}

TEST_CASE("2 to 5: the list is told first, and a primary hands over") {
    auto seen = leaving({"db-2", "db-0", "db-1"});
    seen.group.told.names.push_back("db-2");
    seen.group.paused = true;
    CHECK(told(seen) == "waits ListFirst");
    seen.group.told.names.pop_back();
    CHECK(told(seen) == "waits Paused");
    seen.group.paused = false;
    CHECK(told(seen) == "waits HandsOver");
    seen.group.holder.clear();
    CHECK(told(seen) == "waits NoPrimary");
    // Who leads has not yet written that he does.
    seen.group.holder = "db-0";
    CHECK(told(seen) == "waits NoPrimary");
}

TEST_CASE("6 to 8: it goes when the group has let it go, and of two at once") {
    CHECK(told(leaving()) == "waits Leaving");
    auto seen = leaving();
    seen.group.state.replicas.pop_back();
    CHECK(told(seen) == "goes");
    CHECK(told(leaving({"db-0", "db-2"})) == "goes");
    CHECK(told(leaving({"db-2", "db-0"})) == "waits HandsOver");
}

TEST_CASE("9: half a minute is enough, whatever is so") {
    auto seen = leaving();
    seen.waited = 29s;
    CHECK(told(seen) == "waits Leaving");
    seen.waited = 30s;
    CHECK(told(seen) == "goes all the same Leaving");
    seen.group.paused = true;
    CHECK(told(seen) == "goes all the same Paused");
    CHECK(next_leave_step(seen).help == "That was waited for; its pod goes all the same.");
}

TEST_CASE("finalizers: ours of those that form a group, the former operator's of nobody") {
    const std::string former = "sql.mssql.microsoft.com/ag-finalizer";
    auto in_group = [](const texts& has) { return wanted_finalizers(has, true, false, false); };
    CHECK(in_group({"a/b", former}) == texts{"a/b", leave_finalizer});
    CHECK(in_group({leave_finalizer, "a/b"}) == texts{leave_finalizer, "a/b"});
    CHECK(wanted_finalizers({former, leave_finalizer}, false, false, false).empty());
    // None can be added to what is being deleted.
    CHECK(wanted_finalizers({former}, true, true, false).empty());
    CHECK(wanted_finalizers({leave_finalizer}, true, true, false) == texts{leave_finalizer});
    CHECK(wanted_finalizers({leave_finalizer, "a/b"}, true, true, true) == texts{"a/b"});
}
