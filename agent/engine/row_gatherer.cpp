// SPDX-License-Identifier: MIT
#include "agent/engine/row_gatherer.hpp"

#include <iterator>
#include <utility>

namespace ha::agent {

void row_gatherer::add(odbc::piece part) {
    gathered_.columns = std::move(part.columns);
    if (!row_was_given_)
        row_.insert(row_.end(),
                    std::make_move_iterator(part.cells.begin()),
                    std::make_move_iterator(part.cells.end()));
    if (part.ends_row) end_row();
    if (part.ends_set) end_set();
}

void row_gatherer::end_row() {
    if (!row_was_given_) gathered_.rows.push_back(std::exchange(row_, {}));
    row_was_given_ = false;
}

// A set that was empty from its begin is a set; the end of one that was given is none.
void row_gatherer::end_set() {
    if (!gathered_.rows.empty() || !part_was_given_) whole_.push_back(std::exchange(gathered_, {}));
    part_was_given_ = false;
}

void row_gatherer::pause() {
    if (!started()) return;
    if (!row_.empty()) {
        row_.resize(gathered_.columns.size());
        end_row();
        row_was_given_ = true;
    }
    whole_.push_back(std::exchange(gathered_, {}));
    part_was_given_ = true;
}

std::optional<result_set> row_gatherer::next() {
    if (whole_.empty()) return std::nullopt;
    auto first = std::move(whole_.front());
    whole_.pop_front();
    return first;
}

}  // namespace ha::agent
