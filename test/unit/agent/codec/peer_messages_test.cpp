// SPDX-License-Identifier: MIT
#include "agent/codec/peer_messages.hpp"

#include "test/support/catch.hpp"

#include <nlohmann/json.hpp>

using namespace ha::agent;
using namespace std::chrono_literals;

namespace {

const std::vector<database_position> positions{
    {"db1", log_position{"37000000012300001"}, synchronization::synchronized},
    {"db2", log_position{}, synchronization::unknown}};

peer_status full_status() {
    peer_status status;
    status.group = "ag1";
    status.replica = "ag-1";
    status.pod_uid = "uid1";
    status.incarnation = "i";
    status.group_id = "G";
    status.engine_known = true;
    status.bootstrap_clear = true;
    status.ready = true;
    status.local_role = role::secondary;
    status.authority = true;
    status.authority_term = 5;
    status.working = true;
    status.mode = availability_mode::asynchronous;
    status.numbered = {4, 4294967297};
    status.record_intact = false;
    status.line = 4;
    status.voted = 5;
    status.strange = 4;
    status.databases = positions;
    status.priority = -3;
    status.may_lead = false;
    status.lease = lease_sighting{"ag-0_uid0", 4, "77", 1500ms};
    status.api_answers = true;
    status.endpoint_url = "TCP://ag-1:5022";
    status.certificate_hex = "3082";
    status.certificate_name = "mssql_ha_ag-1_1";
    status.label_role = "secondary";
    status.required = 1;
    status.members = {{"ag-0", "id0"}, {"ag-1", "id1"}};
    return status;
}

}  // namespace

TEST_CASE("every question is read back as it was written") {
    const std::vector<peer_question> questions{
        status_question{},
        prevote_question{"ag-0", "uid0", {1, 2}, 1, positions, true},
        vote_question{"ag-0", "uid0", 7, 12500ms, {1, 2}, 1, positions, true, true},
        primary_notice{"ag-0", "uid0", 7, {7, 3}, "TCP://ag-0:5022"},
        restart_endpoint_question{"ag-0"}};
    REQUIRE(questions.size() == std::variant_size_v<peer_question>);
    for (const auto& question : questions) {
        peer_envelope sent{"ag1", {"ag-0", "uid0"}, question};
        auto seen = read_question(kind_of(question), write_question(sent));
        INFO(kind_of(question));
        REQUIRE(seen.has_value());
        REQUIRE(*seen == sent);
    }
}

TEST_CASE("answers are read back as they were written") {
    peer_answer answer{full_status(), true, {"behind_log"}};
    REQUIRE(read_answer(write_answer(answer)).value() == answer);
    peer_answer bare;
    REQUIRE(read_answer(write_answer(bare)).value() == bare);
}

TEST_CASE("newer formats are refused, unknown kinds not found, the rest malformed") {
    auto text = write_question({"ag1", {"ag-0", "uid0"}, status_question{}});
    auto document = nlohmann::json::parse(text);
    document["format"] = 2;
    REQUIRE(read_question("status", document.dump()).error().kind == ha::errc::refused);
    REQUIRE(read_question("promise", text).error().kind == ha::errc::not_found);
    REQUIRE(read_question("vote", text).error().kind == ha::errc::malformed);
    REQUIRE(read_question("status", "{").error().kind == ha::errc::malformed);
    REQUIRE(read_answer("[]").error().kind == ha::errc::malformed);
    auto answer = nlohmann::json::parse(write_answer(peer_answer{}));
    answer["format"] = 2;
    REQUIRE(read_answer(answer.dump()).error().kind == ha::errc::refused);
    answer["format"] = 1;
    answer["status"]["role"] = "queen";
    REQUIRE(read_answer(answer.dump()).error().kind == ha::errc::malformed);
}
