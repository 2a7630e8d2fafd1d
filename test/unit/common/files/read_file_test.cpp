// SPDX-License-Identifier: MIT
#include "common/files/read_file.hpp"

#include "test/support/catch.hpp"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

using namespace ha;

namespace {

struct stage {
    std::string folder = std::filesystem::temp_directory_path().string() + "/ha_files_XXXXXX";
    stage() { REQUIRE(::mkdtemp(folder.data()) != nullptr); }
    ~stage() { std::filesystem::remove_all(folder); }
    std::string write(const std::string& name, const std::string& text) const {
        std::ofstream(folder + "/" + name, std::ios::binary) << text;
        return folder + "/" + name;
    }
};

// While it lives, the process has the rights of nobody in particular: root may read everything.
class without_rights {
public:
    without_rights() {
        if (::geteuid() != 0) return;
        constexpr uid_t nobody = 65534;
        REQUIRE(::seteuid(nobody) == 0);
        was_root_ = true;
    }
    ~without_rights() {
        if (was_root_ && ::seteuid(0) != 0) std::abort();
    }
    without_rights(const without_rights&) = delete;
    without_rights& operator=(const without_rights&) = delete;

private:
    bool was_root_ = false;
};

}  // namespace

TEST_CASE("a file is read whole: nothing of it, any byte, more than a block") {
    stage set;
    CHECK(read_file(set.write("empty", "")).value().empty());
    std::string bytes("a\0b\r\n\xff", 6);
    CHECK(read_file(set.write("bytes", bytes)).value() == bytes);
    std::string large;
    for (int line = 0; line < 300000; ++line) large += std::to_string(line) + "\n";
    CHECK(read_file(set.write("large", large)).value() == large);
}

TEST_CASE("a file of /proc is read, although its folder says it has no bytes") {
    struct stat seen{};
    REQUIRE(::stat("/proc/self/status", &seen) == 0);
    REQUIRE(seen.st_size == 0);
    CHECK_THAT(read_file("/proc/self/status").value(), Catch::StartsWith("Name:"));
}

TEST_CASE("a file that is not there is not_found, and named with what it is to its reader") {
    stage set;
    auto path = set.folder + "/none";
    auto plain = read_file(path);
    REQUIRE_FALSE(plain.has_value());
    CHECK(plain.error() ==
          error{errc::not_found, "cannot read " + path + ": No such file or directory"});
    CHECK(read_file(path, "the password file").error().message ==
          "cannot read the password file " + path + ": No such file or directory");
}

TEST_CASE("a folder is no file, and what lies below a file is no missing one") {
    stage set;
    auto folder = read_file(set.folder);
    REQUIRE_FALSE(folder.has_value());
    CHECK(folder.error() == error{errc::failed, "cannot read " + set.folder + ": Is a directory"});
    auto below = read_file(set.write("file", "text") + "/below");
    REQUIRE_FALSE(below.has_value());
    CHECK(below.error().kind == errc::failed);
    CHECK_THAT(below.error().message, Catch::Contains("file/below: Not a directory"));
}

TEST_CASE("without rights a file is not taken for a missing one") {
    stage set;
    auto path = set.write("secret", "text");
    std::filesystem::permissions(set.folder, std::filesystem::perms{0755});
    std::filesystem::permissions(path, std::filesystem::perms::none);
    auto read = [&] {
        without_rights here;
        return read_file(path);
    }();
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error() == error{errc::failed, "cannot read " + path + ": Permission denied"});
}

// A process that ends between open and read; a file that somebody removes on a network's disk.
TEST_CASE("what vanishes while it is read has failed: a part of it was there") {
    for (int number : {ESRCH, ESTALE}) {
        auto gone = unreadable("/proc/7/comm", "", number);
        CHECK(gone ==
              error{errc::failed, "cannot read /proc/7/comm: it vanished while it was read"});
    }
}
