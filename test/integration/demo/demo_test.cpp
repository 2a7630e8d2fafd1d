// SPDX-License-Identifier: MIT
#include "test/support/catch.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <sys/wait.h>

// The demo as a program: what it prints, and that it fails where it must.

namespace {

struct finished {
    int status = -1;
    std::string said;
    bool says(const std::string& words) const { return said.find(words) != std::string::npos; }
};

finished play(const std::string& flags) {
    std::string source = std::getenv("HA_SOURCE_DIR");
    auto command = std::string{HA_DEMO} + " --build " + HA_BUILD + " " + flags + " " + source +
                   "/manifests/samples/ag-three-synchronous.yaml 2>&1";
    finished made;
    auto* from = ::popen(command.c_str(), "r");
    std::array<char, 4096> block{};
    for (auto got = block.size(); got > 0;) {
        got = std::fread(block.data(), 1, block.size(), from);
        made.said.append(block.data(), got);
    }
    auto status = ::pclose(from);
    if (WIFEXITED(status)) made.status = WEXITSTATUS(status);
    return made;
}

}  // namespace

TEST_CASE("a kill and switchovers lose nothing but the row that was dropped on purpose") {
    auto seen = play("--kills 1 --switchovers 2 --drop-a-row");
    INFO(seen.said);
    REQUIRE(seen.status == 1);
    REQUIRE(seen.says("was removed on purpose"));
    REQUIRE(seen.says(" 1 lost\n"));
    REQUIRE(seen.says("demo: 1 acknowledged writes are lost"));
    REQUIRE(seen.says("acknowledged where no primary can have been: 0\n"));
    REQUIRE_FALSE(seen.says("FAULT"));
}

TEST_CASE("with the fence removed, the second writer finds two primaries") {
    auto seen = play("--kills 0 --switchovers 0 --freezes 1 --remove-the-fence");
    INFO(seen.said);
    REQUIRE(seen.status == 1);
    REQUIRE(seen.says("demo: two primaries at once: "));
    REQUIRE_FALSE(seen.says("FAULT"));
}
