// SPDX-License-Identifier: MIT
#include "test/mssqlsim/server/control.hpp"

#include "test/mssqlsim/server/admin.hpp"
#include "test/support/catch.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>

using namespace ha::mssqlsim;

TEST_CASE("every command is listed with what it does, and stands so in the README") {
    const auto* source = std::getenv("HA_SOURCE_DIR");
    REQUIRE(source != nullptr);
    std::ifstream file(std::string(source) + "/test/mssqlsim/README.md");
    const std::string page{std::istreambuf_iterator<char>(file), {}};
    const auto all = admin_commands();
    REQUIRE(all.size() > 10);
    for (const auto& one : all) {
        INFO(one.form);
        CHECK_FALSE(one.effect.empty());
        CHECK(page.find("| `" + one.form + "` | " + one.effect + " |") != std::string::npos);
        CHECK(control_help().find(one.form + "  ") != std::string::npos);
    }
}
