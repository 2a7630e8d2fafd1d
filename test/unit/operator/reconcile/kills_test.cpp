// SPDX-License-Identifier: MIT
#include "test/support/catch.hpp"
#include "test/unit/operator/reconcile/stage.hpp"

// An operator is killed after every single write in turn; the next one finds what it left, and ends
// in the same state. `make operator-kills` does all of it, CI the first. A roll: roll_test.cpp.

using ha::test::cluster_stage;
using ha::test::groups_path;
using ha::test::instances_path;
using ha::test::servers_path;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

// What people do, a minute apart.
using deeds = std::vector<std::function<void(cluster_stage& set)>>;

void carry_out(cluster_stage& set, const deeds& all) {
    for (const auto& one : all) {
        one(set);
        set.pass(1min);
    }
}

// An object that was changed between two of its writes has another generation than one that was
// not.
json end_state(cluster_stage& set) {
    auto all = set.everything();
    for (auto& one : all) one["metadata"].erase("generation");
    return all;
}

std::pair<json, std::size_t> undisturbed(const deeds& all) {
    cluster_stage set;
    cluster_stage::life whole{set};
    carry_out(set, all);
    return {end_state(set), whole.api.writes};
}

void check_kills(const char* words, const deeds& all) {
    auto [wanted, writes] = undisturbed(all);
    REQUIRE(writes > 6);
    for (std::size_t n = 1; n <= writes; ++n) {
        cluster_stage set;
        {
            cluster_stage::life cut_short{set};
            cut_short.api.dies_after = n;
            carry_out(set, all);
            REQUIRE(cut_short.api.dead());
        }
        cluster_stage::life next{set};
        set.pass(1min);
        INFO("killed after write " << n << " of " << writes);
        CHECK(end_state(set) == wanted);
    }
    WARN(words << ": killed after each of " << writes << " writes");
}

void make_group(cluster_stage& set) {
    set.make_group();
}

void make_servers(cluster_stage& set) {
    for (int number : {1, 2, 3}) set.must("POST", servers_path, set.preview(number));
}

void make_instance(cluster_stage& set) {
    set.must("POST", instances_path, set.instance());
}

// Some of its objects change, one goes.
void change_group(cluster_stage& set) {
    set.must("PATCH",
             groups_path + "/mssql-ag",
             {{"spec", {{"readOnlyListener", nullptr}, {"image", "engine:2"}}}});
}

std::function<void(cluster_stage& set)> remove(const std::string& path) {
    return [path](cluster_stage& set) { set.must("DELETE", path); };
}

}  // namespace

TEST_CASE("killed after every write in turn and started again, it ends in the same state") {
    check_kills("a group", {make_group});
}

TEST_CASE("killed: a group is changed", "[.][kills]") {
    check_kills("a group that is changed", {make_group, change_group});
}

TEST_CASE("killed: a group is deleted and made again", "[.][kills]") {
    check_kills("a group that is deleted and made again",
                {make_group, remove(groups_path + "/mssql-ag"), make_group});
}

TEST_CASE("killed: an instance", "[.][kills]") {
    check_kills("an instance", {make_instance});
}

TEST_CASE("killed: the instances of a preview's group", "[.][kills]") {
    check_kills("a preview's group", {make_servers});
}

TEST_CASE("killed: one of a preview's instances is deleted", "[.][kills]") {
    check_kills("a preview's group that loses one",
                {make_servers, remove(servers_path + "/mssql1")});
}
