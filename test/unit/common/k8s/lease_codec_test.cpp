// SPDX-License-Identifier: MIT
#include "common/k8s/lease_codec.hpp"

#include "test/support/catch.hpp"

#include <nlohmann/json.hpp>

using namespace ha;
using namespace ha::k8s;
using namespace std::chrono;
using nlohmann::json;

namespace {

const wall_instant noon = sys_days{2026y / 11 / 21} + 12h + 3min + 4s;

json as_client_go_writes() {
    return json::parse(R"({
        "apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
        "metadata": {"name": "ag1", "namespace": "default", "uid": "u1", "resourceVersion": "12",
                     "annotations": {"ha.mssql/profile": "1 15 3 9 1"},
                     "ownerReferences": [{"kind": "SqlServer"}]},
        "spec": {"holderIdentity": "db-0_u0", "leaseDurationSeconds": 15,
                 "acquireTime": "2026-11-21T12:03:04.000000Z",
                 "renewTime": "2026-11-21T12:03:04.000250Z",
                 "leaseTransitions": 3, "strategy": "OldestEmulationVersion"}})");
}

}  // namespace

TEST_CASE("a lease is read, and written with all that it had") {
    auto object = as_client_go_writes();
    auto seen = read_lease(object);
    REQUIRE(seen);
    CHECK(seen->holder == "db-0_u0");
    CHECK(seen->valid_for == std::optional<seconds>{15s});
    CHECK(seen->renewed == std::optional<wall_instant>{noon + 250us});
    CHECK(seen->transitions == 3);
    CHECK(seen->annotations.at("ha.mssql/profile") == "1 15 3 9 1");
    CHECK(write_lease(*seen, object) == object);
}

TEST_CASE("a released lease has no holder and keeps its count; nothing is a text that was empty") {
    auto object = as_client_go_writes();
    auto seen = read_lease(object);
    REQUIRE(seen);
    seen->holder.clear();
    seen->valid_for = 1s;
    seen->annotations.clear();
    auto written = write_lease(*seen, object);
    CHECK_FALSE(written["spec"].contains("holderIdentity"));
    CHECK(written["spec"]["leaseDurationSeconds"] == 1);
    CHECK(written["spec"]["leaseTransitions"] == 3);
    CHECK_FALSE(written["metadata"].contains("annotations"));
    CHECK(written["metadata"].contains("ownerReferences"));
    CHECK(read_lease(written) == seen);
}

TEST_CASE("an empty lease, as a manifest makes it") {
    auto seen = read_lease(json::parse(R"({"metadata":{"name":"ag1"},"spec":null})"));
    REQUIRE(seen);
    CHECK(seen->holder.empty());
    CHECK_FALSE(seen->valid_for);
    CHECK_FALSE(seen->renewed);
    CHECK(seen->transitions == 0);
    lease fresh;
    fresh.name = "ag1";
    CHECK(write_lease(fresh, nullptr)["spec"] == json{{"leaseTransitions", 0}});
}

TEST_CASE("what is wrong in a lease is named, all at once") {
    auto object = as_client_go_writes();
    object["spec"]["leaseDurationSeconds"] = "15";
    object["spec"]["renewTime"] = "yesterday";
    auto seen = read_lease(object);
    REQUIRE_FALSE(seen);
    CHECK(seen.error().kind == errc::malformed);
    CHECK_THAT(seen.error().message, Catch::Contains("leaseDurationSeconds"));
    CHECK_THAT(seen.error().message, Catch::Contains("'yesterday' is no time of RFC 3339"));
}

TEST_CASE("times are written in UTC with six decimals") {
    CHECK(micro_time(noon) == "2026-11-21T12:03:04.000000Z");
    CHECK(micro_time(noon + 999999us) == "2026-11-21T12:03:04.999999Z");
    CHECK(micro_time(noon + nanoseconds{1999}) == "2026-11-21T12:03:04.000001Z");
    CHECK(micro_time(sys_days{1969y / 12 / 31} + 23h + 500ms) == "1969-12-31T23:00:00.500000Z");
}

TEST_CASE("times are read with any offset and any number of decimals") {
    CHECK(parse_time("2026-11-21T12:03:04Z") == noon);
    CHECK(parse_time("2026-11-21t14:03:04+02:00") == noon);
    CHECK(parse_time("2026-11-21T06:33:04.5-05:30") == noon + 500ms);
    CHECK(parse_time("2026-11-21T12:03:04.123456789Z") == noon + 123456us);
    for (auto bad : {"",
                     "2026-11-21",
                     "2026-11-21T12:03:04",
                     "2026-11-21T12:03:04.Z",
                     "2026-02-30T12:03:04Z",
                     "2026-11-21T24:03:04Z",
                     "2026-11-21T12:03:04Zx",
                     "-026-11-21T12:03:04Z",
                     "2026-11-21 12:03:04Z",
                     "2026-11-21T12:03:04+2:00"}) {
        INFO(bad);
        CHECK_FALSE(parse_time(bad));
    }
}
