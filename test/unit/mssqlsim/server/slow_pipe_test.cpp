// SPDX-License-Identifier: MIT
#include "test/mssqlsim/server/slow_pipe.hpp"

#include "test/mssqlsim/server/next_start.hpp"
#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/storage/scratch_folder.hpp"

using namespace ha;
using namespace ha::mssqlsim;
using namespace std::chrono_literals;

TEST_CASE("what goes into a slow pipe comes out later, in its order") {
    slow_pipe pipe;
    const instant start{100s};
    pipe.put("one", {50ms, 0}, start);
    pipe.put("two", {50ms, 0}, start + 10ms);
    CHECK(pipe.take(start + 49ms).empty());
    CHECK(pipe.next() == start + 50ms);
    CHECK(pipe.take(start + 50ms) == "one");
    pipe.put("three", {}, start + 55ms);  // nothing is slow any more, and nothing overtakes
    CHECK(pipe.take(start + 59ms).empty());
    CHECK(pipe.take(start + 60ms) == "twothree");
    CHECK(pipe.is_empty());
    CHECK(pipe.next() == instant::max());
}

TEST_CASE("a narrow pipe takes its time for each byte") {
    slow_pipe pipe;
    const instant start{100s};
    const link_speed narrow{0ms, 100};  // kilobytes a second
    pipe.put(std::string(51'200, 'a'), narrow, start);
    pipe.put(std::string(51'200, 'b'), narrow, start);
    CHECK(pipe.next() == start + 500ms);
    CHECK(pipe.take(start + 999ms).size() == 51'200);
    CHECK(pipe.take(start + 1s).size() == 51'200);
    pipe.put("x", narrow, start + 10s);  // what was idle is not saved up
    CHECK(pipe.next() > start + 10s);
    CHECK(pipe.next() < start + 10s + 1ms);
}

TEST_CASE("what was said about the next start is for that one") {
    ha::test::scratch_folder folder;
    const auto root = folder.file(".");
    CHECK(take_next_start(root) == 0ms);
    REQUIRE(slow_next_start(root, 1500ms).has_value());
    CHECK(take_next_start(root) == 1500ms);
    CHECK(take_next_start(root) == 0ms);
    CHECK(slow_next_start(folder.file("not/there"), 1s).error().message.find("cannot write ") == 0);
}
