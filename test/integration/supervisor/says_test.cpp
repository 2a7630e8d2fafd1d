// SPDX-License-Identifier: MIT
#include "test/integration/mssqlsim/server_process.hpp"
#include "test/integration/supervisor/bench.hpp"
#include "test/support/golden.hpp"

#include <nlohmann/json.hpp>

// What the program says of what is wrong, in the words that docs/what-it-says.md shows.

using namespace ha;
using namespace ha::test;

namespace {

bool has(const std::string& text, const std::string& part) {
    INFO(text);
    return text.find(part) != std::string::npos;
}

std::string block(const std::string& title, const std::string& words, const std::string& said) {
    return "\n## " + title + "\n\n" + words + "\n\n```\n$ mssql-ha-supervisor " + said + "```\n";
}

struct page {
    supervisor_bench bench{loopback_address(201)};
    std::string text =
        "# What it says when ...\n\n"
        "Written by an integration test from what the program really printed; not to be edited. "
        "`--check-config` judges the\nsettings alone; `--preflight` tries all that a supervisor "
        "needs and prints a line for each: `[+]` is well, `[-]`\nis not, and says what to do. Both "
        "change nothing.\n";

    std::string add(const std::string& title, const std::string& words, const std::string& flag) {
        auto said = bench.neutral(bench.said_by({flag}));
        text += block(title, words, flag + " --config /ha/supervisor.yaml\n" + said);
        return said;
    }
};

}  // namespace

TEST_CASE("what the program says of each thing that can be wrong is the page in the documents") {
    page all;
    auto& bench = all.bench;
    scratch_folder root;
    {
        server_process engine{{"ag-0", bench.address(), root.file("root"), 0, {"--hadr"}}};
        auto well = all.add("All is well", "For comparison.", "--preflight");
        CHECK(has(well, "exit code 0\n"));

        bench.write("sa-password", "not the password");
        auto password = all.add("The password is wrong",
                                "The file `engine.saPasswordFile` does not have sa's password.",
                                "--preflight");
        CHECK(has(password, "[-] login: the engine refuses the login sa (18456"));
        bench.write("sa-password", sa_password);

        auto drivers = bench.variables()["ODBCSYSINI"];
        bench.variables()["ODBCSYSINI"] = "/nonexistent";
        auto driver = all.add(
            "The ODBC driver is missing", "No driver in odbcinst.ini can be used.", "--preflight");
        CHECK(has(driver, "[-] driver: "));
        bench.variables()["ODBCSYSINI"] = drivers;

        bench.end_token();
        auto token = all.add("The token has expired",
                             "The service account's token is one that the API server does not "
                             "know any more.",
                             "--preflight");
        CHECK(has(token, "401 Unauthorized: our token or certificate has expired"));
        bench.give_token("the-second-token");

        auto right = bench.read("account/ca.crt");
        bench.write("account/ca.crt", bench.read("group-ca/ca.crt"));
        auto ca = all.add("The CA is the wrong one",
                          "`ca.crt` of the service account is not that of this API server.",
                          "--preflight");
        CHECK(has(ca, "is not signed by a CA that we trust"));
        CHECK(has(ca, "must be the CA of this API server"));
        bench.write("account/ca.crt", right);
    }
    auto closed = all.add("The engine's port is closed", "Nobody listens there.", "--preflight");
    CHECK(has(closed, "[-] engine: "));

    bench.write_settings(
        "engine: {address: sql.example.com, monitorPolicy: 7, port: 1433, pasword: x}\n"
        "times: {lease: 15}\n");
    auto config = all.add("The settings are wrong",
                          "Every complaint has its line and column in the file.",
                          "--check-config");
    CHECK(has(config, "exit code 2\n"));
    CHECK(differs_from_golden("../../docs/what-it-says.md", all.text) == "");
}

TEST_CASE("a token that expires under a running supervisor is told, read again, and all goes on") {
    supervisor_bench bench{loopback_address(202)};
    bench.start({"--log-level", "debug"});
    REQUIRE(has(bench.wait_for("process_started"), "process_started"));
    bench.end_token();
    bench.restart_api();
    auto told = bench.wait_for("401 Unauthorized", "\"event\":\"api_down\"");
    CHECK(has(told, "\"event\":\"api_down\""));
    CHECK(has(told, "our token or certificate has expired"));
    CHECK(has(told, "the pod must be made anew"));
    // What the kubelet does: another token in the same file.
    bench.give_token("the-second-token");
    CHECK(has(bench.wait_for("\"event\":\"api_up\""), "api_up"));
}
