// SPDX-License-Identifier: MIT
#include "agent/record/record_store.hpp"

#include "common/async/system_clock.hpp"
#include "test/support/catch.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace ha;
using namespace ha::agent;

namespace {

struct stage {
    std::string folder = std::filesystem::temp_directory_path().string() + "/ha_record_" +
                         std::to_string(getpid()) + "/deep";
    std::string path = folder + "/ag1.record";
    boost::asio::io_context io;
    system_clock clock;
    std::unique_ptr<record_store> store = make_file_record_store(clock, folder, "ag1");

    ~stage() { std::filesystem::remove_all(std::filesystem::path(folder).parent_path()); }

    template <class T>
    T run(boost::asio::awaitable<T> work) {
        auto answer = boost::asio::co_spawn(io, std::move(work), boost::asio::use_future);
        io.restart();
        io.run();
        return answer.get();
    }
    void write(const std::string& text) {
        std::filesystem::create_directories(folder);
        std::ofstream(path) << text;
    }
};

replica_record voted(term in) {
    replica_record record;
    record.group_id = "G";
    record.voted = in;
    return record;
}

}  // namespace

TEST_CASE("no file is no record, and no trouble") {
    stage set;
    auto loaded = set.run(set.store->load());
    REQUIRE_FALSE(loaded.intact);
    REQUIRE(loaded.trouble.empty());
}

TEST_CASE("a folder in the record's place is a trouble, not an empty record") {
    stage set;
    std::filesystem::create_directories(set.path);
    auto loaded = set.run(set.store->load());
    REQUIRE_FALSE(loaded.intact);
    REQUIRE(loaded.trouble == "cannot read " + set.path + ": Is a directory");
}

TEST_CASE("what was saved is loaded, also by the next process") {
    stage set;
    REQUIRE(set.run(set.store->save(voted(3))).has_value());
    REQUIRE(set.run(set.store->save(voted(4))).has_value());
    auto next = make_file_record_store(set.clock, set.folder, "ag1");
    auto loaded = set.run(next->load());
    REQUIRE(loaded.intact);
    REQUIRE(loaded.value == voted(4));
    REQUIRE_FALSE(std::filesystem::exists(set.path + ".new"));
}

TEST_CASE("a torn file is no record, said so, and may be written over") {
    stage set;
    set.write(R"({"format":1,"groupId")");
    auto loaded = set.run(set.store->load());
    REQUIRE_FALSE(loaded.intact);
    REQUIRE(loaded.trouble.find("torn") != std::string::npos);
    REQUIRE_FALSE(loaded.newer);
    REQUIRE(set.run(set.store->save(voted(1))).has_value());
    REQUIRE(set.run(set.store->load()).intact);
}

TEST_CASE("a file of a newer format is refused and never written over") {
    stage set;
    auto text = std::string("{\"format\":2}");
    auto sum = std::uint64_t{14695981039346656037ULL};
    for (char c : text) sum = (sum ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    char digits[17];
    std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(sum));
    set.write(text + "\n" + digits + "\n");
    auto loaded = set.run(set.store->load());
    REQUIRE_FALSE(loaded.intact);
    REQUIRE(loaded.newer);
    REQUIRE(loaded.trouble.find("format 2") != std::string::npos);
    auto saved = set.run(set.store->save(voted(1)));
    REQUIRE_FALSE(saved.has_value());
    REQUIRE(saved.error().kind == errc::refused);
}

TEST_CASE("a disk that takes nothing is told in words") {
    stage set;
    std::filesystem::create_directories(std::filesystem::path(set.folder).parent_path());
    std::ofstream(set.folder) << "a file where the folder should be";
    auto saved = set.run(set.store->save(voted(1)));
    REQUIRE_FALSE(saved.has_value());
    REQUIRE(saved.error().message.find(set.folder) != std::string::npos);
}
