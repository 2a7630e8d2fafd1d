// SPDX-License-Identifier: MIT
#include "agent/codec/lease.hpp"

#include "test/support/catch.hpp"

#include <nlohmann/json.hpp>

using namespace ha::agent;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

const std::chrono::system_clock::time_point today{
    std::chrono::sys_days{std::chrono::year{2026} / 11 / 20}};

json empty_lease() {
    return json::parse(R"({"apiVersion":"coordination.k8s.io/v1","kind":"Lease",
        "metadata":{"name":"ag1","namespace":"db","uid":"u","resourceVersion":"7",
                    "labels":{"app":"ag"},"ownerReferences":[{"name":"owner"}],
                    "annotations":{"ha.mssql/challenge":"ag-1","other":"kept"}},
        "spec":{"preferredHolder":"x"}})");
}

lease_record held() {
    lease_record record;
    record.uid = "u";
    record.resource_version = "7";
    record.holder = "ag-0_uid0";
    record.transitions = 3;
    record.length = 15s;
    record.group_id = "G";
    record.lower_bound = configuration{3, 17};
    record.synchronized = {"ag-0", "ag-1"};
    record.forced = 2;
    record.released = release_note{"ag-1_uid1", "2026-11-20T00:00:00Z", "switchover", "ag-0_uid0"};
    return record;
}

}  // namespace

TEST_CASE("a Lease made empty reads as nobody's") {
    auto seen = read_lease_object(empty_lease());
    REQUIRE(seen.has_value());
    REQUIRE(seen->holder.empty());
    REQUIRE(seen->transitions == 0);
    REQUIRE(seen->resource_version == "7");
    REQUIRE(seen->length == ha::duration{});
    REQUIRE_FALSE(seen->released.has_value());
}

TEST_CASE("what is written is read back, and what others keep there stays") {
    auto object = write_lease_object(empty_lease(), held(), balanced_profile(), today);
    auto seen = read_lease_object(object);
    REQUIRE(seen.has_value());
    auto wanted = held();
    wanted.renew_time = "2026-11-20T00:00:00.000000Z";
    REQUIRE(*seen == wanted);
    REQUIRE(object["spec"]["acquireTime"] == "2026-11-20T00:00:00.000000Z");
    REQUIRE(object["spec"]["leaseDurationSeconds"] == 15);
    REQUIRE(object["spec"]["preferredHolder"] == "x");
    REQUIRE(object["metadata"]["labels"]["app"] == "ag");
    REQUIRE(object["metadata"]["ownerReferences"].size() == 1);
    REQUIRE(object["metadata"]["annotations"]["other"] == "kept");
    REQUIRE(object["metadata"]["annotations"]["ha.mssql/challenge"] == "ag-1");
    REQUIRE(object["metadata"]["annotations"]["ha.mssql/profile"] == "L=15 P=3 W=9 m=1");
}

TEST_CASE("a renewal leaves acquireTime, and takes the renewTime it is given") {
    auto object = write_lease_object(empty_lease(), held(), balanced_profile(), today);
    auto again = held();
    again.renew_time = "2026-11-20T00:00:03.000001Z";
    auto renewed = write_lease_object(object, again, balanced_profile(), today + 3s);
    REQUIRE(renewed["spec"]["acquireTime"] == "2026-11-20T00:00:00.000000Z");
    REQUIRE(renewed["spec"]["renewTime"] == "2026-11-20T00:00:03.000001Z");
}

TEST_CASE("what a record no longer says is taken out of the Lease") {
    auto object = write_lease_object(empty_lease(), held(), balanced_profile(), today);
    auto bare = held();
    bare.released.reset();
    bare.forced.reset();
    bare.synchronized.reset();
    auto seen = read_lease_object(write_lease_object(object, bare, balanced_profile(), today));
    REQUIRE(seen.has_value());
    REQUIRE_FALSE(seen->released.has_value());
    REQUIRE_FALSE(seen->forced.has_value());
    REQUIRE_FALSE(seen->synchronized.has_value());
}

TEST_CASE("a newer format is refused in words, nonsense is malformed") {
    auto object = empty_lease();
    object["metadata"]["annotations"]["ha.mssql/format"] = "2";
    auto newer = read_lease_object(object);
    REQUIRE_FALSE(newer.has_value());
    REQUIRE(newer.error().kind == ha::errc::refused);
    REQUIRE(newer.error().message.find("format 2") != std::string::npos);
    for (auto [key, value] : {std::pair{"format", "one"},
                              {"configuration", "17"},
                              {"configuration", "3:x"},
                              {"forced", "-1"},
                              {"released", "{"},
                              {"released", "{}"}}) {
        auto odd = empty_lease();
        odd["metadata"]["annotations"][std::string("ha.mssql/") + key] = value;
        auto seen = read_lease_object(odd);
        INFO(key << " = " << value);
        REQUIRE_FALSE(seen.has_value());
        REQUIRE(seen.error().kind == ha::errc::malformed);
    }
}
