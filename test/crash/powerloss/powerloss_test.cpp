// SPDX-License-Identifier: MIT
#include "test/crash/powerloss/judge.hpp"
#include "test/support/catch.hpp"

using namespace ha;
using namespace ha::crash;

namespace {

bool everywhere(const std::string&) {
    return true;
}

std::string text_of(memory_disk& on, const std::string& path) {
    if (!on.exists(path)) return "none";
    return on.open(path).value()->read_all().value();
}

// A synced file with a tail that is not.
memory_disk two_writes() {
    memory_disk out;
    REQUIRE(mssqlsim::make_folders(out, "/a").has_value());
    REQUIRE(mssqlsim::append_to_file(out, "/a/f", "first").has_value());
    REQUIRE(out.open("/a/f").value()->append("second").has_value());
    return out;
}

run_plan short_plan() {
    return {3, 8, false};
}

}  // namespace

TEST_CASE("a disk without power keeps what was synced, and of the rest what it likes") {
    auto disk = two_writes();
    auto dropped = disk.without_power(loss::dropped, 1, everywhere);
    REQUIRE(text_of(dropped, "/a/f") == "first");
    auto kept = disk.without_power(loss::kept, 1, everywhere);
    REQUIRE(text_of(kept, "/a/f") == "firstsecond");
    bool cut_inside = false;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        auto prefix = disk.without_power(loss::prefix, seed, everywhere);
        auto text = text_of(prefix, "/a/f");
        REQUIRE(std::string("firstsecond").starts_with(text));
        REQUIRE(text.size() >= 5);
        cut_inside = cut_inside || (text.size() > 5 && text.size() < 11);
    }
    REQUIRE(cut_inside);
}

TEST_CASE("a name that its folder does not keep is lost, with all that is in the file") {
    memory_disk disk;
    REQUIRE(disk.make_folder("/a").has_value());
    REQUIRE(disk.sync_folder("/").has_value());
    auto file = disk.open("/a/f").value();
    REQUIRE(file->append("text").has_value());
    REQUIRE(file->sync().has_value());
    auto unnamed = disk.without_power(loss::dropped, 1, everywhere);
    REQUIRE(text_of(unnamed, "/a/f") == "none");
    REQUIRE(disk.sync_folder("/a").has_value());
    auto named = disk.without_power(loss::dropped, 1, everywhere);
    REQUIRE(text_of(named, "/a/f") == "text");
}

TEST_CASE("a replaced file is the old one or the new one, whatever is lost") {
    memory_disk disk;
    REQUIRE(disk.make_folder("/a").has_value());
    REQUIRE(disk.sync_folder("/").has_value());
    REQUIRE(mssqlsim::replace_file(disk, "/a/f", "old").has_value());
    auto begin = disk.journal().size();
    REQUIRE(mssqlsim::replace_file(disk, "/a/f", "new").has_value());
    for (auto at = begin; at <= disk.journal().size(); ++at)
        for (auto how : {loss::dropped, loss::prefix, loss::torn, loss::reordered, loss::kept})
            for (std::uint64_t seed = 0; seed < 4; ++seed) {
                auto left = disk.after(at).without_power(how, seed, everywhere);
                auto text = text_of(left, "/a/f");
                REQUIRE((text == "old" || text == "new"));
                if (at == disk.journal().size()) REQUIRE(text == "new");
            }
}

TEST_CASE("the same seed is the same run") {
    auto first = record(short_plan());
    auto second = record(short_plan());
    REQUIRE(first.troubles.empty());
    REQUIRE(first.commits > 0);
    REQUIRE(first.written == second.written);
    REQUIRE(first.disk.journal().size() == second.disk.journal().size());
}

TEST_CASE("a loss of power breaks no promise, wherever in the run it comes") {
    auto run = record(short_plan());
    for (std::size_t at = 0; at <= run.disk.journal().size(); at += 17)
        for (auto how : {loss::dropped, loss::torn}) {
            auto found = judge(run, {at, how, at, 7});
            INFO(describe(run, {at, how, at, 7}));
            REQUIRE(found == std::vector<std::string>{});
        }
}

TEST_CASE("without fsync the judge finds lost commits") {
    auto plan = short_plan();
    plan.without_sync = true;
    auto run = record(plan);
    auto found = judge(run, {run.disk.journal().size(), loss::dropped, 1, 7});
    REQUIRE_FALSE(found.empty());
}
