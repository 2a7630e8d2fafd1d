// SPDX-License-Identifier: MIT
#include "common/config/config.hpp"

#include "test/support/catch.hpp"

using namespace ha;
using namespace ha::config;
using namespace std::chrono_literals;

namespace {

constexpr setting table[] = {
    {"times.lease",
     "--lease",
     "HA_LEASE",
     kind::span,
     "15s",
     "How long a Lease stands.",
     "5s",
     "5m"},
    {"engine.port", "--engine-port", "HA_PORT", kind::port, "1433", "The engine's port."},
    {"engine.processes",
     "--processes",
     "",
     kind::choice,
     "detect",
     "Where it is.",
     "",
     "",
     "detect|shared|none"},
    {"policy", "--policy", "", kind::whole, "3", "The monitor policy.", "0", "5"},
    {"dry", "--dry", "HA_DRY", kind::boolean, "false", "Changes nothing."},
    {"groups", "--groups", "HA_GROUPS", kind::texts, "", "The groups of this pod."},
    {"folder", "", "", kind::text, "/var/opt/mssql/ha", "Where the record lies."},
};

sources file(std::string text) {
    return {{}, {}, "agent.yaml", std::move(text)};
}

std::vector<std::string> complaints(const sources& from) {
    auto got = read(table, from);
    REQUIRE_FALSE(got);
    std::vector<std::string> all;
    for (const auto& one : got.error()) all.push_back(in_words(one));
    return all;
}

}  // namespace

TEST_CASE("without a word from outside every setting has its default") {
    auto got = read(table, {});
    REQUIRE(got);
    CHECK(got->span("times.lease") == 15s);
    CHECK(got->port("engine.port") == 1433);
    CHECK(got->text("engine.processes") == "detect");
    CHECK(got->whole("policy") == 3);
    CHECK_FALSE(got->boolean("dry"));
    CHECK(got->texts("groups").empty());
    CHECK(got->source("policy") == "default");
}

TEST_CASE("a flag wins over the environment, that over the file, that over the default") {
    auto from = file(
        "times:\n  lease: 20s\nengine:\n  port: 1\n  processes: none\n"
        "groups: [a, b]\nfolder: /f\n");
    from.environment = [](std::string_view name) -> std::optional<std::string> {
        if (name == "HA_LEASE") return "30s";
        if (name == "HA_PORT") return "2";
        return std::nullopt;
    };
    from.flags = {{"--lease", "1m30s"}};
    auto got = read(table, from);
    REQUIRE(got);
    CHECK(got->span("times.lease") == 90s);
    CHECK(got->source("times.lease") == "flag --lease");
    CHECK(got->port("engine.port") == 2);
    CHECK(got->source("engine.port") == "environment HA_PORT");
    CHECK(got->text("engine.processes") == "none");
    CHECK(got->source("engine.processes") == "agent.yaml:5:14");
    CHECK(got->texts("groups") == std::vector<std::string>{"a", "b"});
    CHECK(got->text("folder") == "/f");
    CHECK(got->in_words().find("times.lease = 1m30s  (flag --lease)\n") != std::string::npos);
}

TEST_CASE("all that is wrong is said at once, with line and column, and what would be right") {
    auto from = file(
        "times:\n"
        "  lease: 15\n"
        "  laese: 15s\n"
        "engine:\n"
        "  port: 70000\n"
        "  processes: some\n"
        "policy: 010\n"
        "dry: yes\n"
        "groups: a\n"
        "folder:\n"
        "dry: true\n");
    from.flags = {{"--lease", "1s"}};
    CHECK(complaints(from) ==
          std::vector<std::string>{
              "agent.yaml:11:1: dry: given twice, first in line 8",
              "agent.yaml:2:10: times.lease: '15' is no length of time: write a number with its "
              "unit, as in 15s, 500ms or 2m",
              "agent.yaml:3:3: times.laese: unknown key; did you mean times.lease?",
              "agent.yaml:5:9: engine.port: '70000' is out of range: from 1 to 65535",
              "agent.yaml:6:14: engine.processes: 'some' is none of detect, shared, none",
              "agent.yaml:7:9: policy: '010' is no whole number: write digits only, as in 10",
              "agent.yaml:8:6: dry: 'yes' is neither true nor false",
              "agent.yaml:9:9: groups: expected a list",
              "agent.yaml:10:1: folder: has no value; leave the key out",
              "flag --lease: times.lease: '1s' is out of range: from 5s to 5m",
          });
}

TEST_CASE("a file that is no YAML, or no map, says where") {
    auto broken = complaints(file("times:\n  lease: [15s\n"));
    REQUIRE(broken.size() == 1);
    CHECK(broken[0].starts_with("agent.yaml:3:1: this is no YAML: "));
    CHECK(complaints(file("- a\n- b\n")) ==
          std::vector<std::string>{"agent.yaml:1:1: expected keys with values"});
    CHECK(complaints(file("groups: [a, [b]]\n")) ==
          std::vector<std::string>{
              "agent.yaml:1:13: groups: the items of this list must be plain values"});
    CHECK(complaints(file("policy: 1\n---\npolicy: 2\n"))[0].ends_with(
        "a second document: only one is read"));
    CHECK(read(table, file("# nothing but words\n")));
}

TEST_CASE("a file that blows itself up by aliases is cut short") {
    std::string text = "a0: &a0 {x: 1, y: 2}\n";
    for (int i = 1; i < 18; ++i) {
        auto before = "*a" + std::to_string(i - 1);
        text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " {l: " + before +
                ", r: " + before + "}\n";
    }
    auto all = complaints(file(text));
    CHECK(all[0].ends_with("the file is too large or too deep"));
}

TEST_CASE("flags are taken apart by the table") {
    constexpr std::string_view own[] = {"--help"};
    std::vector<std::string> words{"--lease",
                                   "20s",
                                   "--dry",
                                   "--policy=5",
                                   "run",
                                   "--help",
                                   "--groups",
                                   "a,b",
                                   "--",
                                   "--lease"};
    auto got = parse_flags(table, own, words);
    CHECK(got.complaints.empty());
    CHECK(got.given ==
          std::map<std::string, std::string>{
              {"--lease", "20s"}, {"--dry", "true"}, {"--policy", "5"}, {"--groups", "a,b"}});
    CHECK(got.rest == std::vector<std::string>{"run", "--lease"});
    CHECK(got.switches == std::vector<std::string>{"--help"});

    std::vector<std::string> wrong{"--laese=1s", "--policy", "1", "--policy=2", "--groups"};
    auto bad = parse_flags(table, own, wrong);
    CHECK(bad.complaints ==
          std::vector<complaint>{{"flag --laese", "there is no such flag; did you mean --lease?"},
                                 {"flag --policy", "given twice"},
                                 {"flag --groups", "needs a value"}});
}

TEST_CASE("lengths of time are read and written") {
    CHECK(parse_span("1m30s") == 90s);
    CHECK(parse_span("500ms") == 500ms);
    CHECK(parse_span("0s") == 0s);
    for (const char* wrong : {"", "15", "s", "-1s", "1.5s", "15 s", "1x", "99999999999h", "01s"})
        CHECK_FALSE(parse_span(wrong));
    CHECK(to_text(90s) == "1m30s");
    CHECK(to_text(1500ms) == "1s500ms");
    CHECK(to_text(0s) == "0s");
}

TEST_CASE("help and page are made from the table") {
    CHECK(help(std::span{table}.subspan(0, 1)) ==
          "  --lease TIME\n"
          "      How long a Lease stands. Default: 15s. Allowed: 5s to 5m. File: times.lease. "
          "Environment:\n      HA_LEASE.\n");
    auto text = page(table, "Settings");
    for (const auto& one : table)
        CHECK(text.find("| `" + std::string{one.name} + "` |") != std::string::npos);
    CHECK(text.find("| detect\\|shared\\|none |") != std::string::npos);
}
