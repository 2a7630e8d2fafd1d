// SPDX-License-Identifier: MIT
#include "test/crash/powerloss/memory_disk.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

namespace ha::crash {

namespace {

using kind = operation::kind;

std::string folder_of(const std::string& path) {
    return std::filesystem::path(path).parent_path().string();
}

void write(std::string& to, const operation& what) {
    if (what.what == kind::cut) return to.resize(what.size);
    if (to.size() < what.size) to.resize(what.size);
    to.replace(what.size, what.bytes.size(), what.bytes);
}

}  // namespace

class memory_file final : public mssqlsim::disk_file {
public:
    memory_file(memory_disk& on, std::size_t number) : on_(on), number_(number) {}

    result<std::string> read_all() const override { return on_.files_[number_].live; }
    result<void> append(std::string_view bytes) override {
        on_.perform(
            {kind::append, {}, {}, number_, on_.files_[number_].live.size(), std::string(bytes)});
        return {};
    }
    result<void> cut(std::uint64_t size) override {
        if (on_.files_[number_].live.size() != size)
            on_.perform({kind::cut, {}, {}, number_, size, {}});
        return {};
    }
    result<void> sync() override {
        on_.perform({kind::sync, {}, {}, number_, 0, {}});
        return {};
    }

private:
    memory_disk& on_;
    std::size_t number_;
};

const char* word_of(loss how) {
    switch (how) {
        case loss::dropped: return "dropped";
        case loss::kept: return "kept";
        case loss::prefix: return "prefix";
        case loss::torn: return "torn";
        case loss::reordered: return "reordered";
    }
    return "";
}

result<std::unique_ptr<mssqlsim::disk_file>> memory_disk::open(const std::string& path) {
    if (!live_.contains(path)) {
        if (!live_.contains(folder_of(path)))
            return failure(errc::failed, "opening " + path + ": no such folder");
        perform({kind::make_file, path, {}, files_.size(), 0, {}});
    }
    return std::make_unique<memory_file>(*this, live_.at(path));
}

bool memory_disk::exists(const std::string& path) const {
    return path == "/" || live_.contains(path);
}

result<void> memory_disk::rename(const std::string& from, const std::string& to) {
    perform({kind::rename, from, to, live_.at(from), 0, {}});
    return {};
}

result<void> memory_disk::make_folder(const std::string& path) {
    perform({kind::make_folder, path, {}, folder, 0, {}});
    return {};
}

result<void> memory_disk::sync_folder(const std::string& path) {
    perform({kind::sync_folder, path, {}, 0, 0, {}});
    return {};
}

void memory_disk::perform(operation what) {
    if (ignores_syncs_ && (what.what == kind::sync || what.what == kind::sync_folder)) return;
    apply(what);
    journal_.push_back(std::move(what));
}

void memory_disk::apply_name(names& to, const operation& what) {
    if (what.what == kind::rename) {
        to.erase(what.path);
        to[what.other] = what.file;
    } else {
        to[what.path] = what.file;
    }
}

void memory_disk::apply(const operation& what) {
    switch (what.what) {
        case kind::make_file: files_.emplace_back(); [[fallthrough]];
        case kind::make_folder:
        case kind::rename:
            apply_name(live_, what);
            pending_names_[folder_of(what.path)].push_back(what);
            break;
        case kind::append:
        case kind::cut:
            write(files_[what.file].live, what);
            files_[what.file].pending.push_back(what);
            break;
        case kind::sync: {
            auto& file = files_[what.file];
            for (const auto& one : file.pending) write(file.durable, one);
            file.pending.clear();
            break;
        }
        case kind::sync_folder:
            for (const auto& one : pending_names_[what.path]) apply_name(durable_, one);
            pending_names_.erase(what.path);
            break;
    }
}

memory_disk memory_disk::after(std::size_t operations) const {
    memory_disk out;
    for (std::size_t i = 0; i < operations; ++i) out.apply(journal_[i]);
    return out;
}

// What stays of one file. A torn one has its newest size: file systems keep sizes and bytes apart.
std::string memory_disk::cut_by(const contents& file, loss how, std::mt19937_64& random) {
    auto out = file.durable;
    if (file.pending.empty() || how == loss::dropped) return out;
    if (how == loss::kept) return file.live;
    if (how == loss::reordered) {
        for (const auto& one : file.pending)
            if (random() % 2 == 0) write(out, one);
        return out;
    }
    if (how == loss::prefix) {
        auto whole = random() % file.pending.size();
        for (std::size_t i = 0; i < whole; ++i) write(out, file.pending[i]);
        auto part = file.pending[whole];
        if (part.what == kind::cut) return out;
        part.bytes.resize(random() % (part.bytes.size() + 1));
        write(out, part);
        return out;
    }
    out.resize(file.live.size());
    for (std::uint64_t at = 0; at < out.size(); at += sector) {
        auto size = std::min<std::uint64_t>(sector, out.size() - at);
        if (random() % 2 == 0) out.replace(at, size, file.live, at, size);
    }
    return out;
}

memory_disk memory_disk::without_power(loss how,
                                       std::uint64_t seed,
                                       const std::function<bool(const std::string&)>& lost) const {
    std::mt19937_64 random(seed);
    auto out = *this;
    out.journal_.clear();
    out.ignores_syncs_ = false;
    // Folders keep the order of what was done to their names.
    for (auto& [path, waiting] : out.pending_names_) {
        std::vector<operation> mine;
        for (const auto& one : waiting)
            if (lost(one.path)) mine.push_back(one);
        std::erase_if(waiting, [&](const auto& one) { return lost(one.path); });
        auto count = mine.size();
        if (how == loss::dropped) count = 0;
        if (how != loss::dropped && how != loss::kept) count = random() % (count + 1);
        for (std::size_t i = 0; i < count; ++i) apply_name(out.durable_, mine[i]);
    }
    std::erase_if(out.live_, [&](const auto& one) {
        return lost(one.first) && !out.durable_.contains(one.first);
    });
    for (const auto& [path, number] : out.durable_)
        if (lost(path)) out.live_[path] = number;
    // A name whose folder is gone leads nowhere. Folders come before what is in them.
    for (auto at = out.live_.begin(); at != out.live_.end();)
        at = out.exists(folder_of(at->first)) ? std::next(at) : out.live_.erase(at);
    std::erase_if(out.durable_, [&](const auto& one) {
        return lost(one.first) && !out.live_.contains(one.first);
    });
    std::set<std::size_t> numbers;  // of files, under the names that they had and have
    for (const auto* all : {&live_, &std::as_const(out.live_)})
        for (const auto& [path, number] : *all)
            if (number != folder && lost(path)) numbers.insert(number);
    for (auto number : numbers) {
        auto& file = out.files_[number];
        file.live = file.durable = cut_by(files_[number], how, random);
        file.pending.clear();
    }
    return out;
}

}  // namespace ha::crash
