// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/messages.hpp"
#include "test/mssqlsim/model/records.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

// One database: its log in memory, and how far it is hardened here and applied to the store.

namespace ha::mssqlsim {

// The identity column of a table, and the last value that it was given.
struct identity_counter {
    std::size_t column = 0;
    bool descends = false;
    std::optional<std::int64_t> last = {};
    void note(const value& given);
};

// Nothing: the table has no identity column.
std::optional<identity_counter> counter_of(const table_definition& table);

struct database_state {
    database_record about;
    std::vector<transaction_record> log;  // that of LSN n is at n - 1
    std::vector<log_position> positions;  // of each, in the instance's log
    std::vector<std::int64_t> written;    // bytes up to and with each
    std::vector<fork_point> forks;
    std::int64_t hardened = 0;
    std::int64_t redone = 0;
    std::string fork;                                    // of transactions that begin here
    std::map<std::string, std::int64_t> next_row;        // by table in lower case
    std::map<std::string, identity_counter> identities;  // likewise, of tables that have one

    std::int64_t end() const { return static_cast<std::int64_t>(log.size()); }
    void add(const transaction_record& next, log_position position);
    // The disk has everything up to this position; true if that is news.
    bool harden(log_position position);
    void cut(std::int64_t lsn);
    // What is in the log of this table, and not in the store yet.
    std::vector<const row_change*> not_redone(const std::string& table) const;
    // Of the log above this LSN.
    std::int64_t bytes_above(std::int64_t lsn) const;
    // The last LSN that this log and another one, known by its forks and its end, have in common.
    std::int64_t common_with(const std::vector<fork_point>& others, std::int64_t others_end) const;
};

}  // namespace ha::mssqlsim
