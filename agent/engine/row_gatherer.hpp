// SPDX-License-Identifier: MIT
#pragma once

#include "agent/engine/session.hpp"

#include <deque>
#include <optional>

// Rows that arrive one by one, made into result sets again. The end of a set is announced late or
// never, so a pause ends one as well.

namespace ha::agent {

class row_gatherer {
public:
    // A part with rows goes on with the set; a part without rows ends it.
    void add(result_set part);

    // Nothing came for a while: what is there becomes a set.
    void pause();

    // Rows are there that are no set yet.
    bool started() const { return !gathered_.rows.empty(); }

    // The next set that is whole.
    std::optional<result_set> next();

private:
    result_set gathered_;
    bool part_was_given_ = false;  // a pause has already handed on rows of this set
    std::deque<result_set> whole_;
};

}  // namespace ha::agent
