// SPDX-License-Identifier: MIT
#include "agent/core/voting.hpp"

#include "test/support/catch.hpp"
#include "test/unit/agent/core/story.hpp"

using namespace ha;
using namespace ha::test;

namespace {

claim with(configuration numbered, std::vector<std::pair<std::string, std::string>> logs) {
    claim made{numbered, {}};
    for (auto& [name, position] : logs)
        made.databases.push_back({name, log_position(position), synchronization::unknown});
    return made;
}

vote_question question(term wanted) {
    vote_question asked;
    asked.candidate = "db-2";
    asked.candidate_uid = "uid-2";
    asked.wanted = wanted;
    asked.time_left = 14s;
    asked.numbered = configuration{4, 17};
    asked.line = 4;
    asked.databases = {{"sales", log_position("100"), synchronization::synchronized}};
    return asked;
}

}  // namespace

TEST_CASE("a lower configuration is behind, whatever the logs say") {
    auto high = with({5, 1}, {{"a", "1"}});
    auto low = with({4, 99}, {{"a", "1000"}});
    CHECK(compare(low, high) == standing::behind_configuration);
    CHECK(compare(high, low) == standing::level);
}

TEST_CASE("at equal configurations the log decides, and only where it is clear") {
    configuration same{4, 17};
    auto base = with(same, {{"a", "100"}, {"b", "100"}});
    CHECK(compare(base, base) == standing::level);
    CHECK(compare(base, with(same, {{"a", "101"}, {"b", "100"}})) == standing::behind_log);
    CHECK(compare(base, with(same, {{"a", "101"}, {"b", "99"}})) == standing::level);
    CHECK(compare(base, with(same, {{"a", "101"}, {"b", ""}})) == standing::level);
    CHECK(compare(with(same, {{"a", "100"}}), base) == standing::behind_log);
    CHECK(compare(base, with(same, {{"a", "101"}})) == standing::level);
}

TEST_CASE("positions are compared as numbers of any length") {
    CHECK(log_position("9") < log_position("10"));
    CHECK(log_position("0099") == log_position("99"));
    CHECK(log_position("34000000045600001") > log_position("34000000045500999"));
    CHECK_FALSE(log_position("12x").known());
}

TEST_CASE("a voter votes once in a term") {
    story told;
    told.engine_shows(role::resolving);
    CHECK(vote_refusals(told.seen, question(5)).empty());
    told.seen.record.value.voted = 5;
    told.seen.record.value.voted_for = "uid-0";
    CHECK(vote_refusals(told.seen, question(5)) == std::vector<std::string>{"voted_otherwise"});
    told.seen.record.value.voted_for = "uid-2";
    CHECK(vote_refusals(told.seen, question(5)).empty());
    CHECK(vote_refusals(told.seen, question(4)) == std::vector<std::string>{"term_too_low"});
}

TEST_CASE("a voter that read a higher term says no") {
    story told;
    told.engine_shows(role::resolving);
    told.lease_of("db-0_uid-0", 7);
    CHECK(vote_refusals(told.seen, question(6)) == std::vector<std::string>{"term_too_low"});
}

TEST_CASE("a primary in force gives no vote for its own term or an older one") {
    story told;
    told.become_primary();
    auto asked = question(5);
    asked.numbered = configuration{9, 99};
    auto no = vote_refusals(told.seen, asked);
    CHECK(std::find(no.begin(), no.end(), "is_primary") != no.end());
}

TEST_CASE("a pre-vote is refused where a working primary is seen") {
    story told;
    auto asked = own_prevote(told.seen);
    CHECK(prevote_refusals(told.seen, asked) == std::vector<std::string>{"primary_lives"});
    release_note note;
    told.lease_of("", 4, note);
    CHECK(prevote_refusals(told.seen, asked).empty());
    told.engine_shows(role::resolving);
    told.lease_of("db-0_uid-0", 4);
    CHECK(prevote_refusals(told.seen, asked) == std::vector<std::string>{"primary_lives"});
    absorb(told.seen, event::peer_silent{"db-0", told.seen.now});
    CHECK(prevote_refusals(told.seen, asked).empty());
}

TEST_CASE("a named candidate's shorter log is excused, its older configuration is not") {
    story told;
    told.engine_shows(role::resolving);
    auto asked = question(5);
    asked.databases[0].hardened = log_position("90");
    CHECK(sealed_refusals(told.seen, asked) == std::vector<std::string>{"behind_log"});
    asked.named = true;
    CHECK(sealed_refusals(told.seen, asked).empty());
    asked.numbered = configuration{4, 16};
    CHECK(sealed_refusals(told.seen, asked) == std::vector<std::string>{"behind_configuration"});
}

TEST_CASE("the voter's order: disk, OFFLINE, a new look, and only then the answer") {
    story told;
    told.lease_of("db-2_uid-2", 5);
    told.peer_shows("db-0", role::resolving);
    absorb(told.seen, event::vote_asked{7, question(5)});
    auto save = told.find<save_record>();
    REQUIRE(save);
    CHECK(save->value.voted == 5);
    CHECK(save->value.voted_for == "uid-2");
    CHECK_FALSE(told.find<answer_vote>());
    absorb(told.seen, event::record_saved{save->value});
    REQUIRE(told.find<take_offline>());
    told.pass(5ms);
    absorb(told.seen,
           event::command_ended{
               command::offline, event::command_ended::how::done, 0, false, told.seen.now});
    CHECK_FALSE(told.find<answer_vote>());
    told.pass(5ms);
    told.engine_shows(role::resolving);
    auto said = told.find<answer_vote>();
    REQUIRE(said);
    CHECK(said->yes);
    CHECK(said->number == 7);
}

TEST_CASE("a no after the seal stays a no: the second comparison decides") {
    story told;
    told.lease_of("db-2_uid-2", 5);
    told.peer_shows("db-0", role::resolving);
    absorb(told.seen, event::vote_asked{7, question(5)});
    auto save = told.find<save_record>();
    REQUIRE(save);
    absorb(told.seen, event::record_saved{save->value});
    REQUIRE(told.find<take_offline>());
    told.pass(5ms);
    absorb(told.seen,
           event::command_ended{
               command::offline, event::command_ended::how::done, 0, false, told.seen.now});
    told.pass(5ms);
    told.seen.record.value.numbered.number = 18;  // a commit that arrived before the seal
    told.engine_shows(role::resolving);
    auto said = told.find<answer_vote>();
    REQUIRE(said);
    CHECK_FALSE(said->yes);
    CHECK(said->reasons == std::vector<std::string>{"behind_configuration"});
}

TEST_CASE("a seal that cannot be had gives no vote") {
    story told;
    told.lease_of("db-2_uid-2", 5);
    told.peer_shows("db-0", role::resolving);
    absorb(told.seen, event::vote_asked{7, question(5)});
    auto save = told.find<save_record>();
    REQUIRE(save);
    absorb(told.seen, event::record_saved{save->value});
    REQUIRE(told.find<take_offline>());
    absorb(told.seen,
           event::command_ended{
               command::offline, event::command_ended::how::not_sent, 0, false, told.seen.now});
    told.pass(6s);
    auto said = told.find<answer_vote>();
    REQUIRE(said);
    CHECK_FALSE(said->yes);
}
