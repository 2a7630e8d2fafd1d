// SPDX-License-Identifier: MIT
#include "test/mssqlsim/server/answer_writer.hpp"

#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/tds/client_bytes.hpp"

using namespace ha::mssqlsim;
using ha::test::to_hex;

namespace {

const result_rows one_row{51, {{"x", {column_kind::tinyint}}}, {{std::int64_t{7}}}};
const std::string one_row_bytes =
    "810100"
    "00000000"
    "0900"
    "2601"
    "017800"
    "d1"
    "0107";

statement_done selected(bool in_procedure = false) {
    return {51, 1, false, in_procedure, 0xC1};
}

request_done ended(bool procedure = false) {
    return {51, false, procedure, false, false};
}

std::string all(answer_writer& writer, std::size_t pieces = 1) {
    std::string out;
    auto taken = writer.take();
    REQUIRE(taken.size() == pieces);
    REQUIRE(taken.back().end_of_message);
    for (const auto& one : taken) out += to_hex(one.tokens);
    return out;
}

}  // namespace

TEST_CASE("the end of a batch's last statement is the end of the answer") {
    answer_writer writer("S");
    writer.add(one_row);
    writer.add(selected());
    writer.add(one_row);
    writer.add(selected());
    writer.add(ended());
    REQUIRE(all(writer) == one_row_bytes + "fd1100c1000100000000000000" + one_row_bytes +
                               "fd1000c1000100000000000000");
}

TEST_CASE("a batch without statements ends too") {
    answer_writer writer("S");
    writer.add(ended());
    REQUIRE(all(writer) == "fd0000fd000000000000000000");
}

TEST_CASE("a procedure's answer has its status, its output parameters, and its own end") {
    answer_writer writer("S");
    writer.begin({0, 3}, false);
    writer.add(one_row);
    writer.add(selected(true));
    writer.add(return_status{51, 0});
    writer.add(return_value{51, "@h", {column_kind::integer}, std::int64_t{5}});
    writer.add(return_value{51, "", {column_kind::tinyint}, {}});
    writer.add(ended(true));
    REQUIRE(all(writer) == one_row_bytes +
                               "ff1100c1000100000000000000"
                               "7900000000"
                               "ac0000"
                               "0240006800"
                               "01"
                               "00000000"
                               "0000"
                               "2604"
                               "0405000000"
                               "ac0300"
                               "00"
                               "01"
                               "00000000"
                               "0000"
                               "2601"
                               "00"
                               "fe0000e0000000000000000000");
}

TEST_CASE("several calls of one message make one answer") {
    answer_writer writer("S");
    writer.begin({}, true);
    writer.add(ended(true));
    REQUIRE_FALSE(writer.take().back().end_of_message);
    writer.begin({}, false);
    writer.add(ended(true));
    REQUIRE(all(writer) == "fe0000e0000000000000000000");
}

TEST_CASE("a cancelled request is answered by two messages") {
    answer_writer writer("S");
    writer.add(one_row);
    writer.add(request_done{51, true, false, false, false});
    writer.add(request_done{51, false, false, true, false});
    auto taken = writer.take();
    REQUIRE(taken.size() == 2);
    REQUIRE(taken[0].end_of_message);
    REQUIRE(to_hex(taken[0].tokens) == one_row_bytes + "fd0200fd000000000000000000");
    REQUIRE(to_hex(taken[1].tokens) == "fd2000fd000000000000000000");
}

TEST_CASE("rows of a stream go out before the request ends") {
    answer_writer writer("S");
    writer.add(one_row);
    writer.add(selected(true));
    auto taken = writer.take();
    REQUIRE(taken.size() == 1);
    REQUIRE_FALSE(taken[0].end_of_message);
    REQUIRE(to_hex(taken[0].tokens) == one_row_bytes + "ff1100c1000100000000000000");
}

TEST_CASE("an error stands before the end of its statement") {
    answer_writer writer("S");
    writer.add(one_row);
    writer.add(selected());
    writer.add(said{51, {2, 1, 16, "", "", 1}});
    writer.add(statement_done{51, {}, true, false, 0});
    writer.add(request_done{51, false, false, false, true});
    REQUIRE(all(writer) == one_row_bytes +
                               "fd1100c1000100000000000000"
                               "aa1000"
                               "02000000"
                               "01"
                               "10"
                               "0000"
                               "015300"
                               "00"
                               "01000000"
                               "fd060000000000000000000000");
}
