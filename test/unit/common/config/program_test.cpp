// SPDX-License-Identifier: MIT
#include "common/config/program.hpp"

#include "common/files/read_file.hpp"
#include "test/support/catch.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace ha;
using namespace ha::config;

namespace {

constexpr setting table[] = {
    {"config", "--config", "", kind::text, "", "The file of settings."},
    {"policy", "--policy", "", kind::whole, "3", "The monitor policy.", "0", "5"},
};
constexpr std::string_view switches[] = {"--help", "--version"};
constexpr program its_own{"tool", "1", "usage\n", table, switches};

struct stage {
    std::string folder = std::filesystem::temp_directory_path().string() + "/ha_program_XXXXXX";
    stage() { REQUIRE(::mkdtemp(folder.data()) != nullptr); }
    ~stage() { std::filesystem::remove_all(folder); }

    // What begin() writes to standard error goes into a file meanwhile.
    std::string said(const std::string& config, beginning& begun) const {
        auto path = folder + "/said";
        const int kept = ::dup(STDERR_FILENO);
        REQUIRE(kept >= 0);
        REQUIRE(std::freopen(path.c_str(), "w", stderr) != nullptr);
        begun = begin(its_own, {"--config", config});
        std::fflush(stderr);
        ::dup2(kept, STDERR_FILENO);
        ::close(kept);
        return read_file(path).value();
    }
};

}  // namespace

TEST_CASE("a program begins with the settings of its file") {
    stage set;
    std::ofstream(set.folder + "/tool.yaml") << "policy: 5\n";
    beginning begun;
    CHECK(set.said(set.folder + "/tool.yaml", begun).empty());
    REQUIRE(begun.given);
    CHECK(begun.given->whole("policy") == 5);
}

TEST_CASE("a file of settings that cannot be read is a wrong setting, and why is said") {
    stage set;
    beginning begun;
    CHECK(set.said(set.folder, begun) ==
          "tool: --config: cannot read " + set.folder + ": Is a directory\n");
    CHECK(begun.exit_code == exit_wrong_settings);
    CHECK_FALSE(begun.given);
    CHECK(set.said(set.folder + "/none", begun) ==
          "tool: --config: cannot read " + set.folder + "/none: No such file or directory\n");
    CHECK(begun.exit_code == exit_wrong_settings);
}
