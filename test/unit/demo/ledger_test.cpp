// SPDX-License-Identifier: MIT
#include "test/demo/ledger.hpp"

#include "test/support/catch.hpp"

#include <filesystem>
#include <unistd.h>

using namespace ha;
using namespace ha::test::demo;
using namespace std::chrono_literals;

namespace {

instant at(duration since) {
    return instant{} + 1h + since;
}

// A write that took five milliseconds.
attempt write(std::int64_t key, std::string address, duration sent, fate what) {
    return {key, "route", std::move(address), at(sent), at(sent + 5ms), what};
}

}  // namespace

TEST_CASE("only acknowledged keys can be lost") {
    ledger book;
    book.add(write(1, "a", 0ms, fate::acknowledged));
    book.add(write(2, "a", 10ms, fate::unknown));
    book.add(write(3, "a", 20ms, fate::refused));
    book.add(write(4, "b", 30ms, fate::acknowledged));
    REQUIRE(book.lost({1, 4}).empty());
    REQUIRE(book.lost({1, 2, 3}) == std::vector<std::int64_t>{4});
    auto all = book.count("route");
    REQUIRE(all.acknowledged == 2);
    REQUIRE(all.unknown == 1);
    REQUIRE(all.refused == 1);
    REQUIRE(book.count("direct").acknowledged == 0);
}

TEST_CASE("the first write after an instant is one that was sent after it") {
    ledger book;
    book.add(write(1, "a", 0ms, fate::acknowledged));
    book.add(write(2, "b", 100ms, fate::refused));
    book.add(write(3, "b", 200ms, fate::acknowledged));
    REQUIRE(book.first_after("route", at(1ms))->key == 3);
    REQUIRE_FALSE(book.first_after("route", at(200ms)));
    REQUIRE_FALSE(book.first_after("direct", at(0ms)));
}

TEST_CASE("the longest gap counts from and to the ends of the span") {
    ledger book;
    book.add(write(1, "a", 95ms, fate::acknowledged));
    book.add(write(2, "a", 195ms, fate::refused));
    book.add(write(3, "a", 395ms, fate::acknowledged));
    REQUIRE(book.longest_gap("route", at(0ms), at(450ms)) == 300ms);
    REQUIRE(book.longest_gap("route", at(0ms), at(1s)) == 600ms);
    REQUIRE(book.longest_gap("direct", at(0ms), at(1s)) == 1s);
}

TEST_CASE("a book on disk survives its writer") {
    auto file =
        std::filesystem::temp_directory_path() / ("ha-ledger-test-" + std::to_string(getpid()));
    {
        ledger book;
        REQUIRE_FALSE(book.keep_in(file));
        book.add(write(1, "a", 0ms, fate::acknowledged));
        book.add(write(2, "a", 10ms, fate::unknown));
        book.add(write(3, "a", 20ms, fate::acknowledged));
    }
    ledger again;
    REQUIRE(again.keep_in(file));
    REQUIRE(again.lost({2, 3}) == std::vector<std::int64_t>{1});
    REQUIRE(again.next_key() > 100);  // more were on their way when it ended
    std::filesystem::remove(file);
}

TEST_CASE("a connection finds what it was acknowledged, and maybe more") {
    auto next = [](std::int64_t key, int connection, std::int64_t found) {
        auto one = write(key, "a", std::chrono::milliseconds{key * 10}, fate::acknowledged);
        one.connection = connection;
        one.found = found;
        return one;
    };
    ledger book;
    book.add(next(1, 0, 0));
    book.add(next(2, 1, 0));
    book.add(next(4, 0, 3));  // 3 had no answer
    book.add(next(5, 1, 2));
    REQUIRE(book.forgotten().empty());
    book.add(next(6, 0, 3));
    book.add(next(7, 1, -1));
    REQUIRE(book.forgotten() ==
            std::vector<std::string>{"connection 0 was acknowledged 4 and then found 3 at a",
                                     "connection 1 was acknowledged 5 and then found -1 at a"});
}

TEST_CASE("two instances that acknowledge by turns are seen, a failover and back is not") {
    ledger book;
    book.begin_tenure("a", at(-10s));
    book.begin_tenure("b", at(10ms));
    book.add(write(1, "a", 0ms, fate::acknowledged));
    book.add(write(2, "b", 20ms, fate::acknowledged));
    book.add(write(3, "b", 40ms, fate::acknowledged));
    REQUIRE(book.second_primaries().empty());
    book.add(write(4, "a", 60ms, fate::acknowledged));
    REQUIRE(book.second_primaries().size() == 1);

    ledger home;
    home.begin_tenure("a", at(-10s));
    home.begin_tenure("b", at(10ms));
    home.begin_tenure("a", at(50ms));
    home.add(write(1, "a", 0ms, fate::acknowledged));
    home.add(write(2, "b", 20ms, fate::acknowledged));
    home.add(write(3, "a", 60ms, fate::acknowledged));
    REQUIRE(home.second_primaries().empty());
}

TEST_CASE("an instance that never had the Lease acknowledges nothing") {
    ledger book;
    book.begin_tenure("a", at(-10s));
    book.add(write(1, "a", 0ms, fate::acknowledged));
    book.add(write(2, "b", 10ms, fate::refused));
    REQUIRE(book.second_primaries().empty());
    book.add(write(3, "b", 20ms, fate::acknowledged));
    REQUIRE(book.second_primaries().size() == 1);
}
