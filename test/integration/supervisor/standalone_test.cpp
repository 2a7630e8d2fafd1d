// SPDX-License-Identifier: MIT
#include "common/http/client.hpp"
#include "test/integration/mssqlsim/server_process.hpp"
#include "test/integration/supervisor/bench.hpp"

// The supervisor of an instance in no group, with an engine that has no HADR.

using namespace ha;
using namespace ha::test;
using namespace std::chrono_literals;

namespace {

struct lonely : supervisor_bench {
    explicit lonely(unsigned number) : supervisor_bench(loopback_address(number)) {
        auto at = [this](const char* name) { return (folder() / name).string(); };
        write("supervisor.yaml",
              "pod: {name: one-0, uid: uid0}\nkubernetes: {folder: " + at("account") +
                  "}\nrecordFolder: " + at("record") + "\nhttp: {address: " + address() +
                  "}\nengine: {address: " + address() + ", saPasswordFile: " + at("sa-password") +
                  "}\n");
    }

    // "200 ..." with the words, or why there is no answer.
    std::string ask(const std::string& path) {
        auto client = http::make_client(clock(), access().plain(), {address(), 8080, ""});
        http::request question;
        question.target = path;
        auto came = run(client->send(question, 5s));
        if (!came) return came.error().what.message;
        return std::to_string(came->response.status) + " " + came->response.body;
    }

    bool comes(const std::string& path, const std::string& words) {
        auto answers = [&] { return ask(path).find(words) != std::string::npos; };
        return eventually(60s, answers);
    }
};

}  // namespace

TEST_CASE(
    "a SQL Edge, which has no diagnostics, is judged by its answers alone, and that is said") {
    lonely here{204};
    scratch_folder root;
    server_process engine{{"one-0", here.address(), root.file("root"), 0, {"--edge"}}};
    here.start({});
    REQUIRE(here.comes("/livez?verbose", "there is no sp_server_diagnostics"));
    CHECK(here.ask("/livez").starts_with("200 "));
    CHECK(here.comes("/readyz", "200 "));
    CHECK(here.ask("/explain").find("no sp_server_diagnostics") != std::string::npos);
    CHECK_FALSE(here.wait_for("engine_health_changed", "no sp_server_diagnostics").empty());
}

TEST_CASE("in no group, the probes tell how the engine is, and there is no CA and no peers' port") {
    lonely here{203};
    scratch_folder root;
    {
        server_process engine{{"one-0", here.address(), root.file("root"), 0, {}}};
        here.start({});
        REQUIRE(here.comes("/readyz", "200 "));
        CHECK(here.ask("/readyz?verbose").find("[+] role: standalone") != std::string::npos);
        CHECK(here.ask("/livez").starts_with("200 "));
        CHECK(here.ask("/explain").find("standalone: in no group") != std::string::npos);
    }
    // It is not there any more: first unready, and after ten seconds of silence for the kubelet.
    CHECK(here.comes("/readyz", "503 "));
    CHECK(here.comes("/livez", "503 "));
    server_process again{{"one-0", here.address(), root.file("root"), 0, {}}};
    CHECK(here.comes("/readyz", "200 "));
    CHECK(here.comes("/livez", "200 "));
}
