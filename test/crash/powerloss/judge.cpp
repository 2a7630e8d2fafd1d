// SPDX-License-Identifier: MIT
#include "test/crash/powerloss/judge.hpp"

#include <algorithm>
#include <memory>

namespace ha::crash {

using namespace mssqlsim;

namespace {

using complaints = std::vector<std::string>;

std::function<bool(const std::string&)> below(unsigned machines) {
    return [machines](const std::string& path) {
        for (std::size_t i = 0; i < group_size; ++i)
            if ((machines >> i & 1U) != 0 && (path + "/").starts_with(root_of(i) + "/"))
                return true;
        return false;
    };
}

// What had been promised by then, the strongest of each kind.
struct owed {
    std::array<std::size_t, group_size> records{};
    std::map<pair_number, version> pairs;
    std::array<std::string, group_size> backups;
    bool formed = false;
};

owed owed_at(const recorded_run& run, std::size_t boundary) {
    owed out;
    for (const auto& one : run.promises) {
        if (one.operations > boundary) break;
        switch (one.what) {
            case promise::kind::hardened: out.records[one.node] = one.count; break;
            case promise::kind::committed: out.pairs[one.pair] = one.of; break;
            case promise::kind::formed: out.formed = true; break;
            case promise::kind::backed_up: out.backups[one.node] += one.text; break;
        }
    }
    return out;
}

// One life of the group on such a disk.
class life {
public:
    life(memory_disk& on, complaints& to)
        : disks_(std::make_shared<kept_disks>(on)),
          group_(reading::a, nullptr, group_size, std::static_pointer_cast<harness_disks>(disks_)),
          complaints_(to) {
        complaints_.insert(complaints_.end(), disks_->troubles().begin(), disks_->troubles().end());
    }

    bool started() const { return disks_->troubles().empty(); }

    // Records are those that were written, in their order, as many as were promised at least.
    void check_records(const recorded_run& run, const owed& due) {
        for (std::size_t i = 0; i < group_size; ++i) {
            const auto& found = disks_->written(i);
            const auto& wanted = run.written[i];
            if (found.size() < due.records[i])
                complain(cluster_harness::name(i) + " has " + std::to_string(found.size()) +
                         " records, " + std::to_string(due.records[i]) + " were promised");
            auto size = static_cast<std::ptrdiff_t>(std::min(found.size(), wanted.size()));
            if (found.size() > wanted.size() ||
                !std::equal(found.begin(), found.begin() + size, wanted.begin()))
                complain(cluster_harness::name(i) + " has records that were never written");
        }
    }

    void form() {
        primary_ = regroup(group_);
        if (!primary_) complain("the group does not form again");
    }

    void check_pairs(const std::map<pair_number, version>& least,
                     const std::map<pair_number, version>& most) {
        if (!primary_) return;
        auto found = read_pairs(group_, *primary_);
        if (!found) return complain("the rows cannot be read");
        for (const auto& [which, of] : *found) {
            auto asked = most.find(which);
            if (of < 0) complain("half of transaction " + std::to_string(which) + " is there");
            if (asked == most.end() || of > asked->second)
                complain("pair " + std::to_string(which) + " is of a version nobody asked for");
        }
        for (const auto& [which, of] : least) {
            auto at = found->find(which);
            if (at == found->end())
                complain("acknowledged pair " + std::to_string(which) + " is lost");
            else if (at->second >= 0 && at->second < of)
                complain("acknowledged version " + std::to_string(of) + " of pair " +
                         std::to_string(which) + " is lost");
        }
    }

    void write(const std::string& text) {
        auto told = group_.run(primary_.value_or(0), text);
        if (!told.complete || told.error() != 0) complain("refused: " + text);
    }

    // Of instances that are no group yet.
    void check_database(const std::string& name) {
        auto told =
            group_.run(0, "SELECT COUNT(*) FROM sys.databases WHERE name = N'" + name + "'");
        if (told.cell() != value{std::int64_t{1}}) complain("database " + name + " is lost");
    }

private:
    void complain(const std::string& what) { complaints_.push_back(what); }

    std::shared_ptr<kept_disks> disks_;
    cluster_harness group_;
    complaints& complaints_;
    std::optional<std::size_t> primary_;
};

void check_backups(memory_disk& on, const owed& due, complaints& to) {
    for (std::size_t i = 0; i < group_size; ++i) {
        if (due.backups[i].empty()) continue;
        auto path = kept_disks::backup_path(i);
        auto there = on.exists(path) ? on.open(path).value()->read_all().value() : "";
        if (!there.starts_with(due.backups[i]))
            to.push_back("a backup that was answered is not in " + path);
    }
}

// A pair that no run has.
constexpr pair_number after_it = 1'000'000;

void judge_group(memory_disk& left, const recorded_run& run, owed due, complaints& out) {
    auto most = run.asked;
    {
        life first(left, out);
        if (!first.started()) return;
        first.check_records(run, due);
        first.form();
        first.check_pairs(due.pairs, most);
        if (!out.empty()) return;
        first.write(insert_pair(after_it));
        most[after_it] = due.pairs[after_it] = 1;
    }
    auto again = left.without_power(loss::dropped, 0, below(7));
    life second(again, out);
    if (!second.started()) return;
    second.form();
    second.check_pairs(due.pairs, most);
}

void judge_instances(memory_disk& left, const recorded_run& run, const owed& due, complaints& out) {
    {
        life first(left, out);
        if (!first.started()) return;
        first.check_records(run, due);
        first.write("CREATE DATABASE afterwards");
        if (!out.empty()) return;
    }
    auto again = left.without_power(loss::dropped, 0, below(7));
    life second(again, out);
    if (second.started()) second.check_database("afterwards");
}

std::string words_of(const operation& what) {
    using kind = operation::kind;
    switch (what.what) {
        case kind::make_file: return "making " + what.path;
        case kind::make_folder: return "making folder " + what.path;
        case kind::rename: return "renaming " + what.path;
        case kind::append: return "appending " + std::to_string(what.bytes.size()) + " bytes";
        case kind::cut: return "cutting a file";
        case kind::sync: return "syncing a file";
        case kind::sync_folder: return "syncing folder " + what.path;
    }
    return {};
}

}  // namespace

std::string describe(const recorded_run& run, const outage& what) {
    auto last = what.boundary == 0 ? "nothing" : words_of(run.disk.journal()[what.boundary - 1]);
    return "boundary " + std::to_string(what.boundary) + " (after " + last + "), unsynced " +
           word_of(what.how) + ", machines " + std::to_string(what.without) + ", seed " +
           std::to_string(what.seed);
}

std::vector<std::string> judge(const recorded_run& run, const outage& what) {
    complaints out;
    auto due = owed_at(run, what.boundary);
    auto left =
        run.disk.after(what.boundary).without_power(what.how, what.seed, below(what.without));
    check_backups(left, due, out);
    if (due.formed)
        judge_group(left, run, due, out);
    else
        judge_instances(left, run, due, out);
    return out;
}

}  // namespace ha::crash
