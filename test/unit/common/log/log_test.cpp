// SPDX-License-Identifier: MIT
#include "common/log/sinks.hpp"
#include "test/support/catch.hpp"
#include "test/support/golden.hpp"
#include "test/support/sim_clock.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <unistd.h>

using namespace ha;
using namespace std::chrono_literals;

namespace {

std::string text_of(const std::filesystem::path& file) {
    std::ifstream in{file};
    return {std::istreambuf_iterator<char>(in), {}};
}

struct stage {
    boost::asio::io_context io{1};
    test::sim_clock clock{io};
    log::memory_sink lines;
    log::logger log{lines, clock};

    nlohmann::json last() const { return nlohmann::json::parse(lines.lines().back().text); }
};

}  // namespace

TEST_CASE("a line is JSON with the clock's time, the event and its fields in order") {
    stage s;
    s.log.write("lease_acquired", {{"term", 7}, {"valid", true}, {"left_s", duration{1500ms}}});
    CHECK(
        s.lines.lines().back().text ==
        R"({"time":"2026-01-01T01:00:00.000Z","up_s":3600.000,"level":"info",)"
        R"("event":"lease_acquired","text":"This replica holds the Lease of its group, in `term`.",)"
        R"("term":7,"valid":true,"left_s":1.5})");
    CHECK(s.lines.lines().back().event == "lease_acquired");
    CHECK(s.lines.lines().back().severity == log::level::info);
}

TEST_CASE("common fields come first, and lower levels stay silent") {
    stage s;
    auto mine = s.log.with({{"group", "ag1"}, {"replica", "sql-0"}});
    mine.write("lease_seen");
    CHECK(s.lines.lines().empty());
    mine.write("action_started", {{"rows", std::vector<std::string>{"a", "b"}}});
    CHECK(s.last()["group"] == "ag1");
    CHECK(s.last()["rows"] == nlohmann::json::parse(R"(["a","b"])"));
    log::logger chatty{s.lines, s.clock, log::level::debug};
    chatty.write("lease_seen");
    CHECK(s.last()["event"] == "lease_seen");
}

TEST_CASE("secrets are never written") {
    stage s;
    secret password{"hunter2"};
    s.log.write("peer_up", {{"password", password}});
    CHECK(s.last()["password"] == "***");
    CHECK(s.lines.lines().back().text.find("hunter2") == std::string::npos);
}

TEST_CASE("bytes that are no UTF-8, quotes and newlines cannot break a line") {
    stage s;
    s.log.write("action_failed", {{"message", std::string{"a\"\n\xff"}}});
    CHECK(s.last()["message"] == "a\"\n\xEF\xBF\xBD");
    CHECK(s.lines.lines().back().text.find('\n') == std::string::npos);
}

TEST_CASE("a line has a longest length, and texts are cut between characters") {
    stage s;
    std::string umlauts;
    for (int i = 0; i < 3000; ++i) umlauts += "\xC3\xA4";
    s.log.write("action_failed", {{"message", "x" + umlauts}});
    auto kept = s.last()["message"].get<std::string>();
    CHECK(kept.size() == 2047 + 3);
    CHECK(kept.ends_with("\xA4..."));
    CHECK_FALSE(s.last().contains("cut"));

    std::vector<std::string> many(100, std::string(1000, 'y'));
    s.log.write("action_started", {{"rows", many}, {"term", 7}});
    CHECK(s.lines.lines().back().text.size() < log::line_bytes_max);
    CHECK(s.last()["cut"] == true);
    CHECK(s.last()["term"] == 7);
}

TEST_CASE("the page of events is the one in the documents") {
    CHECK(test::differs_from_golden("../../docs/log-events.md", log::vocabulary_page()) == "");
}

TEST_CASE("a warning or an error says what to do") {
    for (const auto& one : log::vocabulary) {
        INFO(one.name);
        CHECK(one.sentence.ends_with('.'));
        bool serious = one.severity >= log::level::warning;
        CHECK(one.advice.ends_with('.') == serious);
    }
}

TEST_CASE("an event that nothing writes is not in the vocabulary") {
    std::string all;
    for (const auto* part : {"agent", "common", "operator"}) {
        std::filesystem::recursive_directory_iterator files{test::source_path(part)};
        for (const auto& file : files)
            if (file.path().extension() == ".cpp") all += text_of(file.path());
    }
    for (const auto& one : log::vocabulary) {
        INFO(one.name);
        CHECK(all.find('"' + std::string{one.name}) != std::string::npos);
    }
}

TEST_CASE("a reader that does not read costs lines, never time") {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    // The pipe is full before the first line, so that no line can get out.
    fcntl(ends[1], F_SETFL, O_NONBLOCK);
    std::string filling(65536, 'f');
    while (write(ends[1], filling.data(), filling.size()) > 0) {}
    {
        log::descriptor_sink out{ends[1], 4096};
        log::line one{log::level::info, "action_started", std::string(1000, 'z')};
        for (int i = 0; i < 100; ++i) out.take(one);
        CHECK_FALSE(out.flush(1ms));

        fcntl(ends[0], F_SETFL, O_NONBLOCK);
        std::string got;
        char block[65536];
        bool empty = false;
        while (!empty) {
            bool flushed = out.flush(1ms);
            ssize_t count = 0;
            while ((count = read(ends[0], block, sizeof block)) > 0)
                got.append(block, static_cast<std::size_t>(count));
            empty = flushed;
        }
        CHECK(got.find("zzz\n{\"level\":\"warning\",\"event\":\"log_lines_dropped\"") !=
              std::string::npos);
        auto lines = std::count(got.begin(), got.end(), '\n');
        CHECK(lines >= 4);
        CHECK(lines <= 7);
    }
    close(ends[0]);
    close(ends[1]);
}
