// SPDX-License-Identifier: MIT
#pragma once

#include "agent/engine/session.hpp"
#include "common/odbc/types.hpp"

#include <deque>
#include <optional>

// Pieces of rows that arrive one by one, made into result sets again. The end of a set, and even of
// its last row, is announced late or never, so a pause ends one as well.

namespace ha::agent {

class row_gatherer {
public:
    void add(odbc::piece part);

    // Nothing came for a while: what is there becomes a set, with null for cells not there yet.
    void pause();

    // Something is there that is no set yet.
    bool started() const { return !gathered_.rows.empty() || !row_.empty(); }

    // The next set that is whole.
    std::optional<result_set> next();

private:
    void end_row();
    void end_set();

    result_set gathered_;
    std::vector<sql_value> row_;
    bool row_was_given_ = false;   // a pause has handed on this row: its late cells go nowhere
    bool part_was_given_ = false;  // a pause has handed on rows of this set
    std::deque<result_set> whole_;
};

}  // namespace ha::agent
