// SPDX-License-Identifier: MIT
#include "test/mssqlsim/storage/crc32c.hpp"
#include "test/mssqlsim/storage/log_file.hpp"
#include "test/mssqlsim/storage/log_writer.hpp"
#include "test/mssqlsim/storage/root_folder.hpp"
#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/storage/scratch_folder.hpp"

#include <filesystem>
#include <fstream>
#include <future>

using namespace ha;
using namespace ha::mssqlsim;
using ha::test::scratch_folder;

namespace {

using records = std::vector<std::string>;

const records first{"one", "", std::string("t\0o", 3)};
const records second{std::string(5000, 'x')};

records all() {
    auto out = first;
    out.insert(out.end(), second.begin(), second.end());
    return out;
}

void write_both(const std::string& path) {
    auto opened = log_file::open(path);
    REQUIRE(opened.has_value());
    REQUIRE(opened->records.empty());
    REQUIRE(opened->log.append(first).has_value());
    REQUIRE(opened->log.append(second).has_value());
}

void change_byte(const std::string& path, std::uint64_t at) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(at));
    auto byte = static_cast<char>(file.get() ^ 0x40);
    file.seekp(static_cast<std::streamoff>(at));
    file.put(byte);
}

}  // namespace

TEST_CASE("the checksum is CRC-32C") {
    REQUIRE(crc32c("123456789") == 0xE3069283);
    REQUIRE(crc32c("") == 0);
}

TEST_CASE("what was appended is read again") {
    scratch_folder folder;
    write_both(folder.file("log"));
    auto opened = log_file::open(folder.file("log"));
    REQUIRE(opened.has_value());
    REQUIRE(opened->records == all());
    REQUIRE(opened->notes.empty());
}

TEST_CASE("a torn end is cut off wherever the crash left it, and the log goes on from there") {
    scratch_folder folder;
    auto path = folder.file("log");
    write_both(path);
    auto whole = std::filesystem::file_size(path);
    auto second_batch = whole - 5000 - 4 - 12;
    for (auto size : {second_batch + 1, second_batch + 11, second_batch + 2000, whole - 1}) {
        std::filesystem::remove(path);
        write_both(path);
        std::filesystem::resize_file(path, size);
        auto opened = log_file::open(path);
        REQUIRE(opened.has_value());
        REQUIRE(opened->records == first);
        REQUIRE(opened->notes.size() == 1);
        REQUIRE(opened->log.append({"after"}).has_value());
        auto again = log_file::open(path);
        REQUIRE(again->notes.empty());
        REQUIRE(again->records.size() == first.size() + 1);
    }
}

TEST_CASE("damage before the end is a refusal that names the place") {
    scratch_folder folder;
    auto path = folder.file("log");
    write_both(path);
    change_byte(path, 16 + 12 + 5);
    auto opened = log_file::open(path);
    REQUIRE(opened.error().kind == errc::malformed);
    REQUIRE(opened.error().message.find("offset 16") != std::string::npos);
}

TEST_CASE("a foreign file and a newer format are refused") {
    scratch_folder folder;
    auto path = folder.file("log");
    write_both(path);
    change_byte(path, 8);
    REQUIRE(log_file::open(path).error().kind == errc::malformed);
    std::ofstream(path, std::ios::trunc) << "something else entirely";
    REQUIRE(log_file::open(path).error().message.find("not a log") != std::string::npos);
}

TEST_CASE("a file that was made and never begun is begun") {
    scratch_folder folder;
    auto path = folder.file("log");
    std::ofstream(path) << "HASQL";
    auto opened = log_file::open(path);
    REQUIRE(opened.has_value());
    REQUIRE(opened->notes.size() == 1);
    REQUIRE(opened->log.append(first).has_value());
    REQUIRE(log_file::open(path)->records == first);
}

TEST_CASE("a header that a loss of power left as noughts is begun anew, a longer file is not") {
    scratch_folder folder;
    auto path = folder.file("log");
    std::ofstream(path) << std::string(16, '\0');
    REQUIRE(log_file::open(path)->log.append(first).has_value());
    REQUIRE(log_file::open(path)->records == first);
    std::ofstream(path, std::ios::trunc) << std::string(17, '\0');
    REQUIRE(log_file::open(path).error().kind == errc::malformed);
}

TEST_CASE("a writer that tells early has not written what it told") {
    scratch_folder folder;
    auto path = folder.file("log");
    std::promise<std::uint64_t> told;
    {
        auto opened = log_file::open(path);
        log_writer writer(std::move(opened->log), 0, [&told](result<std::uint64_t> position) {
            told.set_value(position.value_or(0));
        });
        writer.tell_early(true);
        writer.append({"a"});
        REQUIRE(told.get_future().get() == 1);
    }
    REQUIRE(log_file::open(path)->records.empty());
}

TEST_CASE("the writer tells what is durable, and ends with all of it written") {
    scratch_folder folder;
    auto path = folder.file("log");
    std::promise<std::uint64_t> third;
    {
        auto opened = log_file::open(path);
        log_writer writer(std::move(opened->log), 0, [&third](result<std::uint64_t> told) {
            if (told == std::uint64_t{3}) third.set_value(*told);
        });
        writer.append({"a", "b", "c"});
        REQUIRE(third.get_future().get() == 3);
        writer.append({"d"});
    }
    REQUIRE(log_file::open(path)->records == records{"a", "b", "c", "d"});
}

TEST_CASE("a root folder has one owner at a time") {
    scratch_folder folder;
    {
        auto owner = root_folder::open(folder.file("root"));
        REQUIRE(owner.has_value());
        auto other = root_folder::open(folder.file("root"));
        REQUIRE(other.error().kind == errc::refused);
    }
    REQUIRE(root_folder::open(folder.file("root")).has_value());
    REQUIRE(root_folder::open("/proc/no/such").error().kind == errc::failed);
}
