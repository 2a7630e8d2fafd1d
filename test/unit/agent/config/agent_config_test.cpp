// SPDX-License-Identifier: MIT
#include "agent/config/agent_config.hpp"

#include "test/support/catch.hpp"
#include "test/support/golden.hpp"

using namespace ha;
using namespace ha::agent;
using namespace std::chrono_literals;

namespace {

using outcome = tl::expected<agent_config, std::vector<config::complaint>>;

outcome read_all(std::string file, std::map<std::string, std::string> flags = {}) {
    config::sources from{std::move(flags), {}, "supervisor.yaml", std::move(file)};
    auto given = config::read(agent_settings(), from);
    if (!given) return tl::unexpected(given.error());
    return read_agent_config(*given);
}

const std::string least = "pod:\n  name: ag-0\n  uid: uid0\n";

std::string only_complaint(const outcome& got) {
    REQUIRE_FALSE(got.has_value());
    INFO(config::in_words(got.error().front()));
    REQUIRE(got.error().size() == 1);
    return config::in_words(got.error().front());
}

bool has(const std::string& text, const std::string& part) {
    INFO(text);
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a pod's name and uid are all that a supervisor must be told") {
    auto got = read_all(least);
    REQUIRE(got.has_value());
    REQUIRE(got->self.holder() == "ag-0_uid0");
    REQUIRE(got->groups.empty());
    REQUIRE(got->chosen == settings{});
    REQUIRE(got->engine.agent_password_file == "/var/opt/mssql/ha/agent-password");
    REQUIRE(got->http_port == 8080);
}

TEST_CASE("what the operator writes is understood") {
    auto got = read_all(least +
                        "version: 1\nengine:\n  port: 1433\n  endpointPort: 5022\n"
                        "  saPasswordFile: /run/mssql-ha/sa/password\n  monitorPolicy: 4\n"
                        "http:\n  port: 8081\npeers:\n  port: 8444\n  caFolder: /ca\n"
                        "recordFolder: /data/ha\nprofile: fast\ngroups: ['AG1=mssql-ag', 'ag2']\n");
    REQUIRE(got.has_value());
    REQUIRE(got->groups == std::vector<group_name>{{"AG1", "mssql-ag"}, {"ag2", "ag2"}});
    REQUIRE(got->chosen.times == fast_profile());
    REQUIRE(got->chosen.monitor_policy == 4);
    REQUIRE(got->peer_ca_folder == "/ca");
}

TEST_CASE("single lengths of time change the profile, and the arithmetic is printed") {
    auto got = read_all(least, {{"--lease", "20s"}});
    REQUIRE(got->chosen.times.lease == 20s);
    REQUIRE(got->chosen.times.period == 3s);
    auto words = only_complaint(read_all(least, {{"--write-lease", "14s"}}));
    REQUIRE(has(words, "3 s + 14 s + 2 x 1 s = 19 s"));
}

TEST_CASE("what is wrong is said with its place and what to do") {
    auto nobody = read_all("");
    REQUIRE(nobody.error().size() == 2);
    REQUIRE(has(config::in_words(nobody.error()[0]), "POD_NAME"));
    REQUIRE(has(only_complaint(read_all(least + "groups: ['AG1']\n")), "AG1=NAME"));
    auto address = only_complaint(read_all(least + "engine:\n  address: localhost\n"));
    REQUIRE(has(address, "supervisor.yaml:5:12"));
    REQUIRE(has(address, "never looked up"));
    REQUIRE(
        has(only_complaint(read_all(least, {{"--process-filter", "root=/x"}})), "argument=TEXT"));
    REQUIRE(has(only_complaint(read_all(least, {{"--peers-port", "8080"}})), "http.port"));
    REQUIRE(has(only_complaint(read_all(least + "version: 2\n")), "version"));
}

TEST_CASE("filters of processes") {
    auto argument = read_all(least, {{"--process-filter", "argument=--root=/x"}});
    REQUIRE(argument->engine.process_argument == "--root=/x");
    auto variable = read_all(least, {{"--process-filter", "environment=HA_POD=ag-0"}});
    REQUIRE(variable->engine.process_variable == "HA_POD=ag-0");
}

TEST_CASE("no two settings share a flag, a variable or a name") {
    std::map<std::string_view, int> seen;
    for (const auto& one : agent_settings()) {
        REQUIRE(++seen[one.name] == 1);
        if (!one.flag.empty()) REQUIRE(++seen[one.flag] == 1);
        if (!one.environment.empty()) REQUIRE(++seen[one.environment] == 1);
    }
}

TEST_CASE("the page of settings is the one in the documents") {
    auto page = config::page(agent_settings(), "The supervisor's settings");
    CHECK(test::differs_from_golden("../../docs/settings.md", page) == "");
}
