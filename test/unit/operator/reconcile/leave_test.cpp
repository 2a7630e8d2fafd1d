// SPDX-License-Identifier: MIT
#include "test/support/catch.hpp"
#include "test/unit/operator/reconcile/living_group.hpp"

#include <algorithm>

// A SqlServer is deleted: its replica leaves the group before its pod goes.

using ha::test::cluster_stage;
using ha::test::lines;
using ha::test::living_group;
using ha::test::maps;
using ha::test::pods_path;
using ha::test::servers_path;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

const std::string lease = "/apis/coordination.k8s.io/v1/namespaces/default/leases/ag1";

std::string server_path(int number) {
    return servers_path + "/mssql" + std::to_string(number);
}

// mssql1 leads; with an operator only while it is made.
struct preview_group : living_group {
    explicit preview_group(int size = 3) : living_group("ag1", pods_of(size)) {
        life lives{*this};
        for (int i = 1; i <= size; ++i) must("POST", servers_path, preview(i));
        pass(10s);
        for (int i = 0; i < 3; ++i) tick();
        happened.clear();
    }
    static lines pods_of(int size) {
        lines all;
        for (int i = 1; i <= size; ++i) all.push_back("mssql" + std::to_string(i) + "-0");
        return all;
    }
    bool is_there(int number) { return !get(server_path(number)).is_null(); }
    bool has_pod(int number) {
        return !get(pods_path + "mssql" + std::to_string(number) + "-0").is_null();
    }
    std::string reason(int number) {
        auto found = condition("Scaling", server_path(number));
        return found.is_null() ? "" : found["reason"].get<std::string>();
    }
    lines told(const std::string& reason) {
        auto all = events();
        std::erase_if(all, [&](const auto& one) { return one.find(reason) == std::string::npos; });
        std::ranges::sort(all);
        all.erase(std::unique(all.begin(), all.end()), all.end());
        return all;
    }
};

}  // namespace

TEST_CASE("a deleted secondary leaves its group, then its pod goes") {
    preview_group set;
    cluster_stage::life life{set};
    set.obstinate = true;
    set.must("DELETE", server_path(3));
    set.tick();
    set.tick();
    for (int number : {1, 2, 3}) CHECK(set.reason(number) == "Leaving");
    CHECK(set.condition("MembersDiffer", server_path(1)).is_null());
    // Every supervisor may watch and label it still.
    auto role = set.get("/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles/mssql1-ha");
    CHECK(role["rules"][3]["resourceNames"].size() == 3);
    CHECK(set.happened.empty());
    set.obstinate = false;
    for (int i = 0; i < 3; ++i) set.tick();
    CHECK(set.happened == lines{"mssql3-0 leaves", "mssql3-0 goes"});
    CHECK_FALSE(set.is_there(3));
    for (int number : {1, 2}) CHECK(set.reason(number) == "");
    role = set.get("/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles/mssql1-ha");
    CHECK(role["rules"][3]["resourceNames"].size() == 2);
    CHECK(set.told("Scal") ==
          lines{"Normal Scaled: The group has the replicas of its list.",
                "Normal Scaling: A SqlServer of this group is being deleted. Supervisors are to be "
                "told a list without it.",
                "Normal Scaling: A SqlServer of this group is being deleted. mssql3-0 is to leave "
                "the group."});
    auto before = set.asked();
    set.pass(1h);
    CHECK(set.asked() == before);
}

TEST_CASE("a deleted primary hands over first") {
    preview_group set;
    cluster_stage::life life{set};
    set.must("DELETE", server_path(1));
    set.pass_minutes(1);
    CHECK(set.happened == lines{"mssql2-0 leads", "mssql1-0 leaves", "mssql1-0 goes"});
    CHECK_FALSE(set.is_there(1));
    CHECK(set.told("NotLetGo").empty());
}

TEST_CASE("deleted while the operator was away: it leaves as ever when one is back") {
    preview_group set;
    set.must("DELETE", server_path(1));
    set.pass(10min);
    CHECK(set.has_pod(1));
    cluster_stage::life life{set};
    set.pass_minutes(1);
    CHECK(set.happened == lines{"mssql2-0 leads", "mssql1-0 leaves", "mssql1-0 goes"});
}

TEST_CASE("two of three are deleted at once: one after the other, the last of two at once") {
    preview_group set;
    cluster_stage::life life{set};
    for (int number : {1, 2}) set.must("DELETE", server_path(number));
    set.pass_minutes(1);
    REQUIRE(set.happened.size() == 5);
    CHECK(set.happened.front() == "mssql3-0 leads");
    CHECK_FALSE(set.is_there(1));
    CHECK_FALSE(set.is_there(2));
    CHECK(set.members == lines{"mssql3-0"});
}

TEST_CASE("of two the secondary goes at once, the primary when it has handed over") {
    for (int number : {1, 2}) {
        preview_group set{2};
        set.obstinate = number == 2;
        cluster_stage::life life{set};
        set.must("DELETE", server_path(number));
        set.pass(5s);
        CHECK(set.is_there(number) == (number == 1));
        set.pass_minutes(1);
        CHECK_FALSE(set.is_there(number));
        CHECK(set.told("NotLetGo").empty());
    }
}

TEST_CASE("a group that is deleted as a whole is waited for by nobody") {
    preview_group set;
    cluster_stage::life life{set};
    for (int number : {1, 2, 3}) set.must("DELETE", server_path(number));
    SECTION("one SqlServer after the other") {}
    SECTION("with its namespace, where Lease, roles and maps may go first") {
        set.must("DELETE", lease);
        set.must("DELETE", maps + "ag1");
        set.must("DELETE", maps + "ag1-state");
        for (const auto* name : {"mssql1-ha", "mssql2-ha", "mssql3-ha"})
            set.must(
                "DELETE",
                std::string("/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles/") + name);
    }
    set.pass(10s);
    CHECK(set.everything().is_null());
}

TEST_CASE("a deletion ends after half a minute, and says what it did not wait for") {
    preview_group set;
    cluster_stage::life life{set};
    std::string reason = "Leaving";
    std::string words = "mssql3-0 is to leave the group.";
    auto wait = [&] { set.pass(20s); };
    SECTION("the others cannot do without it, or its engine is dead and they are too few") {
        set.obstinate = true;
    }
    SECTION("the group is paused") {
        set.must("PATCH", maps + "ag1", {{"data", {{"pause", "maintenance"}}}});
        reason = "Paused";
        words = "The group is paused: no replica is removed.";
    }
    SECTION("nobody leads") {
        set.must("PATCH", lease, {{"spec", {{"holderIdentity", ""}}}});
        set.pass(5s);
        reason = "NoPrimary";
        words = "Nobody is primary.";
    }
    set.must("DELETE", server_path(3));
    wait();
    CHECK(set.has_pod(3));
    CHECK(set.reason(3) == reason);
    SECTION("another operator waits anew") {
        cluster_stage::life other{set};
        set.pass(1s);
        CHECK(set.is_there(3));
    }
    set.pass(15s);
    CHECK_FALSE(set.is_there(3));
    CHECK(set.told("NotLetGo") ==
          lines{"Warning NotLetGo: A SqlServer of this group is being deleted. " + words +
                " That was waited for; its pod goes all the same."});
    set.pass(1min);
    CHECK(set.reason(1) == "");
    CHECK(set.condition("ScalingStopped", server_path(1)).is_null());
}

TEST_CASE("only what is in a group is held") {
    cluster_stage set;
    cluster_stage::life life{set};
    auto alone = set.preview(1);
    alone["spec"].erase("availabilityGroups");
    set.must("POST", servers_path, alone);
    set.must("POST", servers_path, set.preview(2));
    set.pass(10s);
    CHECK_FALSE(set.get(server_path(1))["metadata"].contains("finalizers"));
    CHECK(set.get(server_path(2))["metadata"]["finalizers"] == json{"ha.mssql/leave-group"});
}

TEST_CASE("killed: a SqlServer that is deleted leaves with the next operator", "[.][kills]") {
    for (std::size_t n = 1;; ++n) {
        preview_group set;
        bool died = false;
        {
            cluster_stage::life cut_short{set};
            set.pass(10s);
            cut_short.api.dies_after = cut_short.api.writes + n;
            set.must("DELETE", server_path(1));
            set.pass_minutes(1);
            died = cut_short.api.dead();
        }
        cluster_stage::life next{set};
        set.pass_minutes(1);
        INFO("killed after write " << n);
        CHECK(set.happened == lines{"mssql2-0 leads", "mssql1-0 leaves", "mssql1-0 goes"});
        CHECK_FALSE(set.is_there(1));
        for (int number : {2, 3}) CHECK(set.reason(number) == "");
        if (!died) {
            WARN("a SqlServer that leaves: killed after each of " << n - 1 << " writes");
            CHECK(n > 3);
            break;
        }
    }
}
