// SPDX-License-Identifier: MIT
#pragma once

#include "test/crash/powerloss/memory_disk.hpp"
#include "test/mssqlsim/storage/log_file.hpp"
#include "test/unit/mssqlsim/model/cluster_harness.hpp"

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <vector>

// The disks of a group's three machines, one folder each on a disk in memory, written with the
// double's own storage. Tells what was promised, and what it found when an instance started.

namespace ha::crash {

using mssqlsim::cluster_harness;

inline constexpr std::size_t group_size = cluster_harness::size;

// A machine's folder: /ag-0.
std::string root_of(std::size_t node);

class kept_disks final : public mssqlsim::harness_disks {
public:
    struct listeners {
        std::function<void(std::size_t node)> hardened;  // all of written(node) is
        std::function<void(std::size_t node, const std::string& text)> backed_up;
        std::function<void(const mssqlsim::reply& to)> answered;
    };

    explicit kept_disks(memory_disk& on, listeners tell = {}) : on_(on), tell_(std::move(tell)) {}

    mssqlsim::durable_state read(std::size_t node, mssqlsim::durable_state kept) override;
    void write(std::size_t node, const std::vector<mssqlsim::log_record>& records) override;
    void back_up(std::size_t node, const mssqlsim::write_backup& what) override;
    void answered(const mssqlsim::reply& to) override;

    // Encoded, as they are in the log.
    const std::vector<std::string>& written(std::size_t node) const { return written_[node]; }
    // What kept an instance from starting, or was found wrong when one did.
    const std::vector<std::string>& troubles() const { return troubles_; }
    static std::string backup_path(std::size_t node) { return root_of(node) + "/data/shop.bak"; }

private:
    result<mssqlsim::opened_log> open(std::size_t node);
    void complain(std::size_t node, const std::string& what);

    memory_disk& on_;
    listeners tell_;
    std::array<std::optional<mssqlsim::log_file>, group_size> logs_;
    std::array<std::vector<std::string>, group_size> written_;
    std::vector<std::string> troubles_;
    int pairs_made_ = 0;
};

}  // namespace ha::crash
