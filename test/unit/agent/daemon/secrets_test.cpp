// SPDX-License-Identifier: MIT
#include "agent/daemon/secrets.hpp"

#include "agent/daemon/parts.hpp"
#include "common/async/system_clock.hpp"
#include "common/transport/certificates.hpp"
#include "test/support/catch.hpp"

#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace ha;
using namespace ha::agent;
using namespace std::chrono_literals;

namespace {

struct stage {
    std::string folder =
        std::filesystem::temp_directory_path().string() + "/ha_daemon_" + std::to_string(getpid());
    stage() { std::filesystem::create_directories(folder); }
    ~stage() { std::filesystem::remove_all(folder); }
    void write(const std::string& name, const std::string& text) const {
        std::ofstream(folder + "/" + name) << text;
    }
};

}  // namespace

TEST_CASE("a password is the file's text without its line end") {
    stage set;
    set.write("one", "pa ss\r\n");
    REQUIRE(read_password(set.folder + "/one").value() == "pa ss");
    set.write("empty", "\n");
    REQUIRE(read_password(set.folder + "/empty").error().message.find("is empty") !=
            std::string::npos);
    REQUIRE(read_password(set.folder + "/none").error().message.find("No such file") !=
            std::string::npos);
    REQUIRE(read_password(set.folder).error().message ==
            "cannot read the password file " + set.folder + ": Is a directory");
}

TEST_CASE("a password that is made is kept, for us alone") {
    stage set;
    auto path = set.folder + "/deep/agent-password";
    auto made = read_or_make_password(path);
    REQUIRE(made.has_value());
    REQUIRE(made->size() >= 32);
    REQUIRE(read_or_make_password(path).value() == *made);
    struct stat about{};
    REQUIRE(stat(path.c_str(), &about) == 0);
    REQUIRE((about.st_mode & 0777) == 0600);
    REQUIRE(random_digits(8) != random_digits(8));
}

TEST_CASE("of two supervisors on one folder the second is told so") {
    stage set;
    REQUIRE(take_lock(set.folder).has_value());
    auto second = take_lock(set.folder);
    REQUIRE_FALSE(second.has_value());
    REQUIRE(second.error().message.find("another supervisor") != std::string::npos);
}

TEST_CASE("the CA of the peers is read from its folder, and its faults are named") {
    stage set;
    system_clock clock;
    agent_config how;
    how.self = {"ag-0", "uid0"};
    how.peer_ca_folder = set.folder;
    auto none = peer_credentials(clock, how);
    REQUIRE(none.error().message ==
            "cannot read " + set.folder +
                "/ca.crt: No such file or directory; mount the Secret of the group's CA there "
                "(peers.caFolder)");
    auto now = clock.wall_time();
    auto one = transport::make_authority("one", {now - 1h, now + 1h}).value();
    auto other = transport::make_authority("other", {now - 1h, now + 1h}).value();
    set.write("ca.crt", one.certificate);
    set.write("ca.key", other.key);
    auto mixed = peer_credentials(clock, how);
    REQUIRE_FALSE(mixed.has_value());
    REQUIRE(mixed.error().message.find(set.folder) != std::string::npos);
    set.write("ca.key", one.key);
    auto good = peer_credentials(clock, how);
    REQUIRE(good.has_value());
    auto shown = (*good)->current().value();
    auto facts = transport::read_certificate(shown->certificate).value();
    REQUIRE(facts.dns_names == std::vector<std::string>{"ag-0", "uid0.pod.mssql-ha"});
}
