// SPDX-License-Identifier: MIT
#include "operator/core/scale.hpp"

#include "operator/core/names.hpp"
#include "operator/core/parts.hpp"
#include "operator/core/status.hpp"
#include "operator/core/status_reading.hpp"
#include "test/support/catch.hpp"

using namespace ha::op;
using texts = std::vector<std::string>;

namespace {

group of(const texts& names) {
    group made;
    made.name = "ag";
    for (const auto& one : names) made.replicas.push_back({one});
    made.pods = static_cast<std::int64_t>(names.size());
    return made;
}

void set_members(scale_view& seen, int count) {
    seen.state.replicas.clear();
    for (int i = 0; i < count; ++i)
        seen.state.replicas.push_back({"ag-" + std::to_string(i),
                                       i == 0 ? "primary" : "secondary",
                                       "synchronized",
                                       true,
                                       "synchronous"});
}

// A formed group of so many that ag-0 leads.
scale_view formed(int count) {
    scale_view seen;
    seen.pods = count;
    seen.holder = "ag-0";
    seen.state.formed = true;
    seen.state.primary = "ag-0";
    set_members(seen, count);
    return seen;
}

const auto three = of({"a", "b", "c"});
const auto five = of({"a", "b", "c", "d", "e"});

std::string told(const group& listed, const scale_view& seen) {
    auto now = next_scale_step(listed, seen);
    constexpr const char* kinds[] = {"nothing", "unseen", "wait", "hold", "replace", "stopped"};
    std::string words = kinds[static_cast<int>(now.what)];
    if (!now.reason.empty()) words += " " + now.reason;
    if (!now.pod.empty()) words += " " + now.pod;
    return words;
}

}  // namespace

TEST_CASE("a list that grows gets all its pods at once") {
    CHECK(needed_pods(five, formed(3)) == 5);
    CHECK(needed_pods(three, {}) == 3);
}

TEST_CASE("a pod goes when its replica has left the group, and no pod before it") {
    auto seen = formed(5);
    CHECK(needed_pods(three, seen) == 5);
    set_members(seen, 4);
    CHECK(needed_pods(three, seen) == 4);
    set_members(seen, 3);
    CHECK(needed_pods(three, seen) == 3);
    set_members(seen, 5);
    seen.state.replicas.erase(seen.state.replicas.begin() + 3);  // ag-4 is still a member
    CHECK(needed_pods(three, seen) == 5);
}

TEST_CASE("while nobody leads who could say who is a member, no pod goes") {
    auto seen = formed(3);
    seen.pods = 5;
    CHECK(needed_pods(three, seen) == 3);
    seen.holder = "ag-1";  // of whom the state does not tell yet
    CHECK(needed_pods(three, seen) == 5);
    seen.holder.clear();
    CHECK(needed_pods(three, seen) == 5);
    seen.state = {};  // never formed
    CHECK(needed_pods(three, seen) == 3);
    seen.holder = "ag-0";  // it is being formed, or somebody deleted the state
    CHECK(needed_pods(three, seen) == 5);
}

TEST_CASE("a member whose pod nobody asks for any more gets it back, for the group counts it") {
    auto seen = formed(4);
    seen.pods = 3;
    CHECK(needed_pods(three, seen) == 4);
}

TEST_CASE("only the end of the list can change") {
    CHECK(list_refusal(three, five).empty());
    CHECK(list_refusal(five, three).empty());
    CHECK(list_refusal(three, three).empty());
    for (const auto& list : {texts{"a", "c"},
                             texts{"b", "c", "d", "e"},
                             texts{"a", "b", "c", "e", "d"},
                             texts{"x"},
                             texts{"a", "b", "c", "d", "x"}})
        CHECK_FALSE(list_refusal(of(list), five).empty());
    CHECK(list_refusal(of({"a", "c"}), three) ==
          "spec.replicas was a, b, c and is a, c: only its end can change, because a replica's "
          "place is its pod's number. Write a, b, c again, then take replicas off its end or add "
          "some there, one after the other; all replicas are alike, so remove the last one instead "
          "of another");
}

TEST_CASE("what was told last can be told again") {
    auto was = three;
    was.automatic_failover = true;
    was.required = 1;
    was.replicas[1].readable = true;
    was.replicas[1].automatic_failover = false;
    was.replicas[2].synchronous = false;
    auto asked = of({"x"});
    asked.automatic_failover = true;
    auto again = with_told_list(asked, {{"a", "b", "c"}, wanted_group(was)});
    CHECK(again == was);
    CHECK(with_told_list(asked, {}) == asked);
    CHECK(with_told_list(asked, {{"a", "b"}, wanted_group(was)}) == asked);
}

// In the order of scale.hpp.

TEST_CASE("1. a group whose members are those of its list, or that was never formed, is left") {
    CHECK(told(three, formed(3)) == "nothing");
    CHECK(told(three, {}) == "nothing");
}

TEST_CASE("2. in a pause nothing is waited for") {
    auto seen = formed(5);
    seen.paused = true;
    CHECK(told(three, seen) == "hold Paused");
    CHECK(told(five, seen) == "nothing");
}

TEST_CASE("3. nobody leads") {
    auto seen = formed(5);
    seen.holder = "ag-1";
    CHECK(told(three, seen) == "wait NoPrimary");
}

TEST_CASE("4. replicas join, the first of the list first") {
    CHECK(told(five, formed(3)) == "wait Joining ag-3");
    CHECK(told(five, formed(4)) == "wait Joining ag-4");
    CHECK(next_scale_step(five, formed(4)).words ==
          "The group has 4 replicas and is to have 5. ag-4 is to join it.");
}

TEST_CASE("5. a primary that is to leave hands over first") {
    auto seen = formed(5);
    seen.holder = seen.state.primary = "ag-3";
    CHECK(told(three, seen) == "wait HandsOver ag-3");
}

TEST_CASE("6. members that are not listed leave, the last first") {
    CHECK(told(three, formed(5)) == "wait Leaving ag-4");
    CHECK(told(three, formed(4)) == "wait Leaving ag-3");
}

TEST_CASE("the status tells of a scaling, of one that stopped, and of its end") {
    findings seen;
    seen.state = formed(5).state;
    seen.holder = "ag-0";
    seen.members = listed_pods(three);
    seen.scale = next_scale_step(three, formed(5));
    auto going = status_of(seen, {}, "now");
    CHECK(has_condition(going, "Scaling", "Leaving"));
    CHECK_FALSE(has_condition(going, "MembersDiffer"));  // which would say the same
    CHECK(has_condition(going, "Ready", "PrimaryHealthy"));
    seen.scale = overdue(seen.scale, step_patience);
    auto stopped = status_of(seen, going, "later");
    CHECK(has_condition(stopped, "ScalingStopped", "Leaving"));
    auto warned = transitions(going, stopped);
    REQUIRE(warned.size() == 1);
    CHECK(warned.front().warning);
    CHECK(warned.front().words.find("MembershipWaits") != std::string::npos);
    seen.scale = {};
    seen.state = formed(3).state;
    auto ended = transitions(stopped, status_of(seen, stopped, "at last"));
    REQUIRE(ended.size() == 1);
    CHECK(ended.front() == transition{false, "Scaled", "The group has the replicas of its list."});
}

TEST_CASE("without a cluster a primary that is to leave stays until a person moves the role") {
    auto seen = formed(5);
    seen.holder = seen.state.primary = "ag-4";
    CHECK(told(three, seen) == "wait HandsOver ag-4");
    auto listed = three;
    listed.read_scale = true;
    CHECK(told(listed, seen) == "wait PrimaryStays ag-4");
}

TEST_CASE("a group keeps the cluster type that its supervisors were told") {
    auto none = three;
    none.read_scale = true;
    for (auto& one : none.replicas) one.automatic_failover = false;
    told_list told{{"a", "b", "c"}, wanted_group(none)};
    auto asked = three;
    auto kept = with_told_list(asked, told);
    CHECK(kept.read_scale);
    CHECK(type_refusal(asked, kept).starts_with("clusterType was NONE and is EXTERNAL: a group"));
    told.spec = wanted_group(three);
    CHECK_FALSE(with_told_list(none, told).read_scale);
    CHECK(type_refusal(none, with_told_list(none, told)).starts_with("clusterType was EXTERNAL"));
    CHECK(type_refusal(none, with_told_list(none, {})).empty());
}
