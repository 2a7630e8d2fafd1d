// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/tsql/evaluate.hpp"

#include <deque>
#include <optional>
#include <vector>

// What a SELECT reads: its sources, joined by nested loops, and of that what WHERE keeps.

namespace ha::mssqlsim {

class query_sources {
public:
    // The query and the world must outlive this.
    query_sources(const select_query& query, const scope* outer, environment& world);
    query_sources(const query_sources&) = delete;
    query_sources& operator=(const query_sources&) = delete;

    // Binds the sources; whatever refuses one of them.
    std::optional<sql_error> open();
    std::optional<sql_error> join();
    // Rows before the one that WHERE failed for are kept.
    std::optional<sql_error> filter();

    // Beside which row expressions are evaluated in here(); beside none for an empty group.
    void look_at(const joined_row& whole);
    void look_at_first_of(const std::vector<joined_row>& group);

    const std::vector<shared_rows>& sets() const { return sets_; }
    const std::vector<joined_row>& rows() const { return joined_; }
    scope& here() { return here_; }

private:
    void note_missing();
    std::optional<sql_error> join_one(const joined_row& left,
                                      std::size_t i,
                                      std::vector<joined_row>& next,
                                      std::vector<bool>& met);

    const select_query& query_;
    environment& world_;
    scope here_;
    std::vector<shared_rows> sets_;
    std::deque<row_set> applied_;  // what applied sources had beside each row
    std::vector<joined_row> joined_;
};

}  // namespace ha::mssqlsim
