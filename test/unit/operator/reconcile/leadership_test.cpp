// SPDX-License-Identifier: MIT
#include "operator/reconcile/leadership.hpp"

#include "common/k8s/resources.hpp"
#include "test/support/catch.hpp"
#include "test/unit/operator/reconcile/stage.hpp"

#include <boost/asio/co_spawn.hpp>

#include <set>

using ha::test::cluster_stage;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

const std::string path = "/apis/coordination.k8s.io/v1/namespaces/default/leases/mssql-operator";

// One operator as far as its Lease goes.
struct candidate {
    candidate(cluster_stage& on, std::string me, ha::op::pod_identity pod = {})
        : stage(on),
          wire(on),
          lease(on.clock,
                wire.api,
                {ha::k8s::leases, "default", "mssql-operator"},
                std::move(me),
                std::move(pod)),
          tasks(on.io.get_executor(),
                [](const std::string&, const std::string& why) { FAIL(why); }) {
        tasks.spawn("watch", lease.watch());
        tasks.spawn("lead", lead(*this));
        stage.clock.settle();
    }
    ~candidate() {
        tasks.cancel();
        stage.clock.settle();
    }
    static asio::awaitable<void> lead(candidate& self) {
        co_await self.lease.acquire();
        self.lost = co_await self.lease.hold();
    }
    void leave() {
        tasks.spawn("release", lease.release());
        stage.clock.settle();
    }

    cluster_stage& stage;
    cluster_stage::wire wire;
    ha::op::leadership lease;
    std::string lost;
    ha::task_group tasks;
};

std::string holder(cluster_stage& set) {
    return set.get(path)["spec"]["holderIdentity"];
}

}  // namespace

TEST_CASE("the first operator makes the Lease and renews it, the second waits and sends nothing") {
    cluster_stage set;
    candidate first{set, "a"};
    set.pass(1s);
    CHECK(first.lease.held());
    CHECK(set.get(path)["spec"]["leaseTransitions"] == 0);
    candidate second{set, "b"};
    set.pass(10s);
    auto before = set.asked();
    set.pass(10min);
    CHECK(holder(set) == "a");
    CHECK_FALSE(second.lease.held());
    auto after = set.asked();
    CHECK(after["update leases"] - before["update leases"] == 120);
    before["update leases"] = after["update leases"];
    CHECK(after == before);
}

TEST_CASE("a Lease that was given up is taken at once, one that was left after its time") {
    cluster_stage set;
    auto first = std::make_unique<candidate>(set, "a");
    set.pass(1s);
    candidate second{set, "b"};
    set.pass(10s);
    first->leave();
    set.pass(2s);
    CHECK(second.lease.held());
    CHECK(set.get(path)["spec"]["leaseTransitions"] == 1);
    first.reset();

    candidate third{set, "c"};
    set.pass(10s);
    second.wire.api.dies_after = second.wire.api.writes + 1;
    set.pass(14s);
    CHECK_FALSE(third.lease.held());
    set.pass(10s);
    CHECK(third.lease.held());
    CHECK(holder(set) == "c");

    // Each right that the chart grants for it was used by now.
    auto asked = set.asked(true);
    for (const auto& rule : cluster_stage::rules("lead"))
        for (const std::string verb : rule["verbs"]) {
            INFO(verb);
            CHECK(asked.contains(verb + " leases"));
        }
}

TEST_CASE("a Lease goes with its holder's pod, and not with one that held it before") {
    cluster_stage set;
    const std::string pods = "/api/v1/namespaces/default/pods";
    auto pod = [&](const std::string& name) {
        auto made = set.must("POST",
                             pods,
                             {{"apiVersion", "v1"},
                              {"kind", "Pod"},
                              {"metadata", {{"name", name}}},
                              {"spec", {{"containers", {{{"name", "a"}, {"image", "a"}}}}}}});
        return ha::op::pod_identity{name, made["metadata"]["uid"]};
    };
    auto end = [&](const std::string& name) {
        set.must("DELETE", pods + "/" + name + "?gracePeriodSeconds=0", {});
        set.pass(2s);
    };
    auto owners = [&] {
        std::set<std::string> names;
        const auto seen = set.get(path);
        for (const auto& one : seen["metadata"]["ownerReferences"])
            names.insert(one["name"].get<std::string>());
        return names;
    };

    auto first = std::make_unique<candidate>(set, "a", pod("first"));
    candidate second{set, "b", pod("second")};
    candidate third{set, "c", pod("third")};
    set.pass(1s);
    CHECK(owners() == std::set<std::string>{"first"});
    // As after an uninstallation: nothing that it sends is allowed any more.
    first->wire.api.dies_after = first->wire.api.writes + 1;
    set.pass(6s);
    CHECK(holder(set) == "a");
    end("first");
    auto& leads = second.lease.held() ? second : third;
    CHECK(leads.lease.held());
    CHECK(owners() == std::set<std::string>{&leads == &second ? "second" : "third"});

    leads.leave();
    set.pass(2s);
    auto& next = &leads == &second ? third : second;
    CHECK(next.lease.held());
    end(&leads == &second ? "second" : "third");
    CHECK(next.lease.held());
    CHECK(set.get(path)["spec"]["leaseTransitions"] == 1);
}

TEST_CASE("an operator whose Lease was taken, or cannot be renewed, knows it") {
    cluster_stage set;
    candidate first{set, "a"};
    set.pass(1s);
    set.must("PATCH", path, {{"spec", {{"holderIdentity", "b"}}}});
    set.pass(10s);
    CHECK_FALSE(first.lease.held());
    CHECK(first.lost.find("another operator holds the Lease") == 0);

    candidate second{set, "b"};
    set.pass(1s);
    CHECK(second.lease.held());
    set.server.faults().add({.what = ha::kubesim::fault::kind::status, .status = 503});
    set.pass(20s);
    CHECK_FALSE(second.lease.held());
    CHECK(second.lost.find("could not be renewed") != std::string::npos);
}
