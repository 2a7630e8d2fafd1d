// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/database_state.hpp"

#include "test/mssqlsim/tsql/value.hpp"

#include <algorithm>

namespace ha::mssqlsim {

void database_state::add(const transaction_record& next, log_position position) {
    log.push_back(next);
    positions.push_back(position);
    if (forks.empty() || forks.back().fork != next.fork) forks.push_back({next.fork, next.lsn});
    for (const auto& change : next.changes) {
        auto& row_number = next_row[lower(change.table)];
        row_number = std::max(row_number, change.row_number + 1);
    }
}

bool database_state::harden(log_position position) {
    const std::int64_t before = hardened;
    while (hardened < end() && positions[static_cast<std::size_t>(hardened)] <= position)
        ++hardened;
    return hardened != before;
}

void database_state::cut(std::int64_t lsn) {
    if (lsn >= end()) return;
    log.resize(static_cast<std::size_t>(lsn));
    positions.resize(log.size());
    while (!forks.empty() && forks.back().first_lsn > lsn) forks.pop_back();
    hardened = std::min(hardened, lsn);
    redone = std::min(redone, lsn);
}

std::int64_t database_state::common_with(const std::vector<fork_point>& others,
                                         std::int64_t others_end) const {
    std::int64_t common = 0;
    for (std::size_t i = 0; i < std::min(forks.size(), others.size()); ++i) {
        if (forks[i] != others[i]) break;
        const std::int64_t mine = i + 1 < forks.size() ? forks[i + 1].first_lsn - 1 : end();
        const std::int64_t theirs =
            i + 1 < others.size() ? others[i + 1].first_lsn - 1 : others_end;
        common = std::min(mine, theirs);
        if (mine != theirs) break;
    }
    return common;
}

}  // namespace ha::mssqlsim
