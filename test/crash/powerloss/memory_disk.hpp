// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/storage/disk.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

// A disk in memory that remembers each operation, and of each file and folder what was synced. From
// it other disks are made: as the loss of power at any moment could leave it.

namespace ha::crash {

struct operation {
    enum class kind { make_file, make_folder, rename, append, cut, sync, sync_folder };
    kind what{};
    std::string path;
    std::string other;       // rename: to
    std::size_t file = 0;    // its number; of a name made: that of the file behind it
    std::uint64_t size = 0;  // cut: to
    std::string bytes;
};

// What of the unsynced a machine without power keeps.
enum class loss {
    dropped,    // nothing
    kept,       // all of it
    prefix,     // the first of it, up to a byte
    torn,       // sizes all, bytes only of some sectors: others are as they were, or nought
    reordered,  // some writes and not those before them
};
const char* word_of(loss how);

class memory_disk final : public mssqlsim::disk {
public:
    static constexpr std::uint64_t sector = 512;

    memory_disk() = default;

    result<std::unique_ptr<mssqlsim::disk_file>> open(const std::string& path) override;
    bool exists(const std::string& path) const override;
    result<void> rename(const std::string& from, const std::string& to) override;
    result<void> make_folder(const std::string& path) override;
    result<void> sync_folder(const std::string& path) override;

    const std::vector<operation>& journal() const { return journal_; }
    // For the proof that the judge sees something: syncs are answered and not done.
    void ignore_syncs() { ignores_syncs_ = true; }

    // This disk after its first operations, the power being there all the time. Of a disk that
    // began empty.
    memory_disk after(std::size_t operations) const;
    // Without power now: of what was not synced `how` says what stays. Of paths that `lost` does
    // not hold for, the machine had power: all stays, and what was not synced still is not.
    memory_disk without_power(loss how,
                              std::uint64_t seed,
                              const std::function<bool(const std::string&)>& lost) const;

private:
    friend class memory_file;
    struct contents {
        std::string live;
        std::string durable;
        std::vector<operation> pending;  // since the last sync
    };
    using names = std::map<std::string, std::size_t>;  // path to file; of a folder: npos
    static constexpr std::size_t folder = static_cast<std::size_t>(-1);

    void perform(operation what);
    void apply(const operation& what);
    static void apply_name(names& to, const operation& what);
    static std::string cut_by(const contents& file, loss how, std::mt19937_64& random);

    std::vector<contents> files_;
    names live_;
    names durable_;
    std::map<std::string, std::vector<operation>> pending_names_;  // by folder
    std::vector<operation> journal_;
    bool ignores_syncs_ = false;
};

}  // namespace ha::crash
