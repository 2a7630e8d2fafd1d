// SPDX-License-Identifier: MIT
#include "agent/actuators/lease_access.hpp"

#include "agent/sensors/watches.hpp"
#include "test/support/catch.hpp"
#include "test/support/sim_clock.hpp"
#include "test/unit/agent/fake_api.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

using namespace ha;
using namespace ha::agent;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

json lease_object(const std::string& version) {
    return {{"metadata",
             {{"name", "ag1"},
              {"namespace", "db"},
              {"uid", "u"},
              {"resourceVersion", version},
              {"labels", {{"app", "ag"}}}}},
            {"spec", {{"holderIdentity", "a"}}}};
}

struct stage {
    boost::asio::io_context io;
    test::sim_clock clock{io};
    test::fake_api api{clock};
    lease_access access{clock, api, lease_name("db", "ag1"), balanced_profile()};

    template <class T>
    T run(boost::asio::awaitable<T> work) {
        auto answer = boost::asio::co_spawn(io, std::move(work), boost::asio::use_future);
        while (clock.advance()) {}
        return answer.get();
    }
};

}  // namespace

TEST_CASE("a renewal is one PUT with the version and uid that were read") {
    stage set;
    set.api.answers = {lease_object("7"), lease_object("8")};
    auto seen = set.run(set.access.read(1s));
    REQUIRE(seen.has_value());
    auto wanted = seen->record;
    wanted.holder = "b";
    wanted.transitions = 1;
    wanted.length = 15s;
    auto before = set.clock.now();
    auto put = set.run(set.access.put(wanted, 1s));
    REQUIRE(put.has_value());
    REQUIRE(put->sent_at == before);
    REQUIRE(put->record.resource_version == "8");
    const auto& body = set.api.calls.back().body;
    REQUIRE(set.api.calls.back().verb == "update");
    REQUIRE(body["metadata"]["resourceVersion"] == "7");
    REQUIRE(body["metadata"]["uid"] == "u");
    REQUIRE(body["metadata"]["labels"]["app"] == "ag");
    REQUIRE(body["spec"]["holderIdentity"] == "b");
    REQUIRE(body["spec"]["leaseDurationSeconds"] == 15);
    REQUIRE_FALSE(body["spec"]["renewTime"].get<std::string>().empty());
}

TEST_CASE("a Lease that was never read is not written, one that a watch saw is") {
    stage set;
    lease_record wanted;
    wanted.uid = "u";
    wanted.resource_version = "7";
    auto put = set.run(set.access.put(wanted, 1s));
    REQUIRE_FALSE(put.has_value());
    REQUIRE(put.error().what == k8s::failure::kind::not_sent);
    REQUIRE(set.api.calls.empty());
    set.access.remember(std::make_shared<const json>(lease_object("7")));
    set.api.answers = {lease_object("8")};
    REQUIRE(set.run(set.access.put(wanted, 1s)).has_value());
}

TEST_CASE("a failure is passed on as it came; an answer that cannot be read is not a yes") {
    using kind = k8s::failure::kind;
    stage set;
    auto odd = lease_object("8");
    odd["metadata"]["annotations"]["ha.mssql/format"] = "9";
    set.api.answers = {
        lease_object("7"), tl::unexpected(test::fake_api::failed(kind::unknown, 409)), odd, odd};
    auto seen = set.run(set.access.read(1s));
    auto first = set.run(set.access.put(seen->record, 1s));
    REQUIRE(first.error().what == kind::unknown);
    REQUIRE(first.error().code == 409);
    auto second = set.run(set.access.put(seen->record, 1s));
    REQUIRE(second.error().what == kind::unknown);
    REQUIRE(second.error().reason == "NewerFormat");
    auto third = set.run(set.access.read(1s));
    REQUIRE(third.error().what == kind::refused);
    REQUIRE(third.error().words().find("format 9") != std::string::npos);
}
