// SPDX-License-Identifier: MIT
#include "test/support/api_record.hpp"

#include "test/support/catch.hpp"
#include "test/support/golden.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sys/wait.h>
#include <unistd.h>

using namespace ha;

namespace {

std::string line_of(const char* method, const char* target, const char* type = nullptr) {
    http::request what{method, target, {}, {}};
    if (type != nullptr) what.headers["content-type"] = type;
    return test::coverage_line(what, 200);
}

// What tools/check_api_record.py says of a record with this text: its exit code.
int verdict_on(const std::string& text) {
    auto name = (std::filesystem::temp_directory_path() / "ha-record-XXXXXX").string();
    int file = ::mkstemp(name.data());
    REQUIRE(file >= 0);
    ::close(file);
    std::ofstream{name} << text;
    auto command = test::source_path("tools/check_api_record.py") + " " + name + " >/dev/null 2>&1";
    int status = std::system(command.c_str());
    std::filesystem::remove(name);
    REQUIRE(WIFEXITED(status));
    return WEXITSTATUS(status);
}

}  // namespace

TEST_CASE("a request as the contract counts it") {
    const std::string leases = "/apis/coordination.k8s.io/v1/namespaces/d/leases";
    CHECK(line_of("GET", (leases + "/ag1").c_str()) == "get leases.coordination.k8s.io - 200");
    CHECK(line_of("GET", leases.c_str()) == "list leases.coordination.k8s.io - 200");
    CHECK(line_of("GET", (leases + "?watch=true").c_str()) ==
          "watch leases.coordination.k8s.io - 200");
    CHECK(line_of("PATCH", "/api/v1/namespaces/d/pods/a/status", "application/merge-patch+json") ==
          "patch pods/status application/merge-patch+json 200");
    CHECK(line_of("DELETE", "/api/v1/namespaces/d") == "delete namespaces - 200");
    CHECK(line_of("GET", "/readyz?verbose") == "list /readyz - 200");
}

TEST_CASE("a record is red when it has what the contract has not, or nothing at all") {
    CHECK(verdict_on("get leases.coordination.k8s.io - 200\n") == 0);
    CHECK(verdict_on(
              "get leases.coordination.k8s.io - 200\nget leases.coordination.k8s.io - 299\n") != 0);
    CHECK(verdict_on("") != 0);
    // Any custom resource stands for the contract's own.
    CHECK(verdict_on("get sqlservers.mssql.microsoft.com - 200\n") == 0);
    CHECK(verdict_on("get inventions.storage.k8s.io - 200\n") != 0);
}
