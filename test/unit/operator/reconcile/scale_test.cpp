// SPDX-License-Identifier: MIT
#include "test/support/catch.hpp"
#include "test/unit/operator/reconcile/living_group.hpp"

#include <algorithm>

// The list of replicas is edited, and supervisors add and remove members one at a time.

using ha::test::cluster_stage;
using ha::test::lines;
using ha::test::living_group;
using ha::test::maps;
using ha::test::sample_path;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

const lines three{"primary", "secondary-1", "secondary-2"};
const lines two{"primary", "secondary-1"};
const lines five{"primary", "secondary-1", "secondary-2", "secondary-3", "secondary-4"};

const lines grown{
    "mssql-ag-3 is made", "mssql-ag-4 is made", "mssql-ag-3 joins", "mssql-ag-4 joins"};
const lines shrunk{"mssql-ag-4 leaves", "mssql-ag-4 goes", "mssql-ag-3 leaves", "mssql-ag-3 goes"};

struct scaling : living_group {
    json stateful_set() { return get("/apis/apps/v1/namespaces/default/statefulsets/mssql-ag"); }
    int pods_asked() { return stateful_set()["spec"]["replicas"]; }
    std::size_t told() {
        auto spec = get(maps + "mssql-ag")["data"]["spec"].get<std::string>();
        return json::parse(spec)["replicas"].size();
    }
    lines taken() { return std::exchange(happened, {}); }
};

lines operator+(lines one, const lines& other) {
    one.insert(one.end(), other.begin(), other.end());
    return one;
}

}  // namespace

TEST_CASE("three replicas become five, and three again") {
    scaling set;
    cluster_stage::life life{set};
    auto template_before = set.stateful_set()["spec"]["template"];
    auto told_before = set.events().size();
    set.list_replicas(five);
    set.pass_minutes(1);
    CHECK(set.taken() == grown);
    CHECK(set.condition("Scaling").is_null());
    set.list_replicas(three);
    set.pass_minutes(1);
    CHECK(set.taken() == shrunk);
    CHECK(set.pods_asked() == 3);
    // Nobody's template changed: nothing is rolled.
    CHECK(set.stateful_set()["spec"]["template"] == template_before);
    auto told = set.events();
    told.erase(told.begin(), told.begin() + static_cast<std::ptrdiff_t>(told_before));
    CHECK(
        told ==
        lines{
            "Normal Scaling: The group has 3 replicas and is to have 5. mssql-ag-3 is to join it.",
            "Normal Scaled: The group has the replicas of its list.",
            "Normal Scaling: The group has 5 replicas and is to have 3. mssql-ag-4 is to leave it.",
            "Normal Scaled: The group has the replicas of its list."});
    auto before = set.asked();
    set.pass(1h);
    CHECK(set.asked() == before);
}

TEST_CASE("three replicas become two, and three again") {
    scaling set;
    cluster_stage::life life{set};
    set.list_replicas(two);
    set.pass_minutes(1);
    set.list_replicas(three);
    set.pass_minutes(1);
    CHECK(set.taken() ==
          lines{"mssql-ag-2 leaves", "mssql-ag-2 goes", "mssql-ag-2 is made", "mssql-ag-2 joins"});
}

TEST_CASE("a primary that is to go hands over first") {
    scaling set;
    cluster_stage::life life{set};
    set.must("PATCH",
             sample_path,
             {{"metadata", {{"annotations", {{"ha.mssql/switchover", "secondary-2"}}}}}});
    set.hand_over("mssql-ag-2");
    set.tick();
    set.happened.clear();
    set.list_replicas(two);
    set.pass_minutes(1);
    CHECK(set.taken() == lines{"mssql-ag-0 leads", "mssql-ag-2 leaves", "mssql-ag-2 goes"});
}

TEST_CASE("a member that the group does not let go keeps its pod, and somebody is told") {
    scaling set;
    auto life = std::make_unique<cluster_stage::life>(set);
    set.obstinate = true;
    set.list_replicas(two);
    set.pass_minutes(1);
    CHECK(set.told() == 2);
    CHECK(set.pods_asked() == 3);
    CHECK(set.condition("Scaling")["reason"] == "Leaving");
    set.pass(10min);
    auto stopped = set.condition("ScalingStopped");
    CHECK(stopped["reason"] == "Leaving");
    CHECK(stopped["message"].get<std::string>().starts_with(
        "The group has 3 replicas and is to have 2. mssql-ag-2 is to leave it. The condition"));
    CHECK(set.taken().empty());
    SECTION("another operator says the same, and goes on when the group lets it go") {
        life.reset();
        life = std::make_unique<cluster_stage::life>(set);
        set.pass_minutes(1);
        CHECK(set.condition("ScalingStopped") == stopped);
        set.obstinate = false;
        set.pass_minutes(1);
        CHECK(set.taken() == lines{"mssql-ag-2 leaves", "mssql-ag-2 goes"});
    }
    SECTION("the list put back ends it") {
        set.list_replicas(three);
        set.pass_minutes(1);
        CHECK(set.taken().empty());
    }
    CHECK(set.condition("ScalingStopped").is_null());
}

TEST_CASE("another edit of the list is refused, says what to do, and all else is carried out") {
    scaling set;
    cluster_stage::life life{set};
    set.list_replicas({"primary", "secondary-2"});
    set.pass_minutes(1);
    CHECK(set.taken().empty());
    CHECK(set.told() == 3);
    auto refused = set.condition("ChangeRefused");
    CHECK(refused["message"].get<std::string>().starts_with(
        "spec.replicas was primary, secondary-1, secondary-2 and is primary, secondary-2: only its "
        "end can change"));
    CHECK(set.condition("Ready")["status"] == "True");
    // By the list that holds, secondary-2 is the third pod.
    set.must("PATCH", sample_path, {{"spec", {{"ha", {{"pause", true}}}}}});
    set.must("PATCH",
             sample_path,
             {{"metadata", {{"annotations", {{"ha.mssql/fence", "secondary-2"}}}}}});
    set.pass_minutes(1);
    auto data = set.get(maps + "mssql-ag")["data"];
    CHECK(data.contains("pause"));
    CHECK(json::parse(data["fence"].get<std::string>())["pods"] == json::array({"mssql-ag-2"}));
    auto before = set.asked();
    set.pass(1h);
    CHECK(set.asked() == before);
    set.list_replicas(three);
    set.pass_minutes(1);
    CHECK(set.condition("ChangeRefused").is_null());
    CHECK(set.taken().empty());
}

TEST_CASE("a pause holds a scaling") {
    scaling set;
    cluster_stage::life life{set};
    set.must("PATCH", sample_path, {{"spec", {{"ha", {{"pause", true}}}}}});
    set.list_replicas(two);
    set.pass_minutes(1);
    set.pass(20min);
    CHECK(set.condition("Scaling")["reason"] == "Paused");
    CHECK(set.taken().empty());
    set.must("PATCH", sample_path, {{"spec", {{"ha", {{"pause", false}}}}}});
    set.pass_minutes(1);
    CHECK(set.taken() == lines{"mssql-ag-2 leaves", "mssql-ag-2 goes"});
}

const lines rolled{
    "mssql-ag-2 is made", "mssql-ag-1 is made", "mssql-ag-1 leads", "mssql-ag-0 is made"};

TEST_CASE("a list that changes in a roll waits for its end") {
    scaling set;
    cluster_stage::life life{set};
    set.change_image("engine:2");
    while (set.happened.empty()) set.tick();
    set.list_replicas(five);
    set.tick();
    CHECK(set.condition("Scaling")["reason"] == "RollFirst");
    set.pass_minutes(2);
    CHECK(set.taken() == rolled + grown);
}

TEST_CASE("a roll waits for a scaling; a new pod that does not come up by it is replaced at once") {
    scaling set;
    cluster_stage::life life{set};
    set.sick = {"mssql-ag-3"};
    set.list_replicas({"primary", "secondary-1", "secondary-2", "secondary-3"});
    set.pass_minutes(1);
    CHECK(set.taken() == lines{"mssql-ag-3 is made"});
    set.change_image("engine:2");
    set.tick();
    set.sick.clear();
    set.tick();
    CHECK(set.taken() == lines{"mssql-ag-3 is made", "mssql-ag-3 joins"});
    CHECK(set.condition("Rolling")["reason"] == "ScaleFirst");
    set.pass_minutes(2);
    CHECK(set.taken() == rolled);
}

TEST_CASE("pods that must be replaced before the others can spare a member are replaced") {
    scaling set;
    cluster_stage::life life{set};
    set.obstinate = true;
    set.list_replicas(two);
    set.pass_minutes(1);
    set.change_image("engine:2");
    set.pass_minutes(1);
    CHECK(set.taken().empty());
    CHECK(set.condition("Rolling")["reason"] == "ScaleFirst");
    set.pass(10min);
    set.pass_minutes(2);
    CHECK(set.taken() == rolled);
    set.obstinate = false;
    set.pass_minutes(1);
    CHECK(set.taken() == lines{"mssql-ag-2 leaves", "mssql-ag-2 goes"});
}

TEST_CASE("volumes of replicas that are taken away stay, unless the resource says otherwise") {
    scaling set;
    cluster_stage::life life{set};
    for (const auto* number : {"1", "2"})
        set.make_volume("pv-" + std::string(number), "mssql-ag-" + std::string(number), "Bound");
    auto policies = [&] {
        lines found;
        for (const auto* name : {"/pv-1", "/pv-2"}) {
            auto volume = set.get(ha::test::volumes_path + name);
            found.push_back(volume["spec"]["persistentVolumeReclaimPolicy"]);
        }
        return found;
    };
    auto claims = [&] {
        auto spec = set.stateful_set()["spec"];
        return spec["persistentVolumeClaimRetentionPolicy"]["whenScaled"].get<std::string>();
    };
    auto ask = [&](const char* word) {
        set.must("PATCH", sample_path, {{"spec", {{"storage", {{"whenScaled", word}}}}}});
    };
    const lines kept{"Retain", "Retain"};
    set.obstinate = true;
    set.list_replicas(two);
    set.tick();
    CHECK(policies() == kept);
    CHECK(claims() == "Retain");
    ask("Delete");
    set.tick();
    // While it is a member its claim is not touched, and its pod is asked for.
    CHECK(policies() == lines{"Retain", "Delete"});
    CHECK(claims() == "Delete");
    CHECK(set.pods_asked() == 3);
    SECTION("one that is listed again is kept") {
        set.list_replicas(three);
        set.tick();
        CHECK(policies() == kept);
        CHECK(set.pods_asked() == 3);
    }
    SECTION("asked to be kept after all") {
        ask("Retain");
        set.tick();
        CHECK(policies() == kept);
        CHECK(claims() == "Retain");
    }
    SECTION("it has left the group: its pod goes, and by this policy the claim after it") {
        set.obstinate = false;
        set.pass_minutes(1);
        CHECK(set.taken() == lines{"mssql-ag-2 leaves", "mssql-ag-2 goes"});
        CHECK(policies() == lines{"Retain", "Delete"});
    }
}

TEST_CASE("killed: a scaling goes on with the next operator", "[.][kills]") {
    for (std::size_t n = 1;; ++n) {
        scaling set;
        bool died = false;
        {
            cluster_stage::life cut_short{set};
            set.pass(10s);
            cut_short.api.dies_after = cut_short.api.writes + n;
            set.list_replicas(five);
            set.pass_minutes(1);
            if (!cut_short.api.dead()) set.list_replicas(three);
            if (!cut_short.api.dead()) set.pass_minutes(1);
            died = cut_short.api.dead();
        }
        cluster_stage::life next{set};
        if (died) set.pass_minutes(1);
        set.list_replicas(three);
        if (died) set.pass_minutes(1);
        INFO("killed after write " << n);
        // Members leave without an operator; their pods may then go together.
        auto wanted = grown + shrunk;
        std::ranges::sort(wanted);
        std::ranges::sort(set.happened);
        CHECK(set.happened == wanted);
        CHECK(set.condition("Scaling").is_null());
        if (!died) {
            CHECK(n > 10);
            break;
        }
    }
}
