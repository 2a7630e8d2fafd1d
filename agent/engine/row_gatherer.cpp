// SPDX-License-Identifier: MIT
#include "agent/engine/row_gatherer.hpp"

#include <iterator>
#include <utility>

namespace ha::agent {

void row_gatherer::add(result_set part) {
    if (!part.rows.empty()) {
        gathered_.columns = std::move(part.columns);
        gathered_.rows.insert(gathered_.rows.end(),
                              std::make_move_iterator(part.rows.begin()),
                              std::make_move_iterator(part.rows.end()));
        return;
    }
    // A set that was empty from its begin is a set; the end of one that was given is none.
    if (!started() && !part_was_given_) gathered_.columns = std::move(part.columns);
    if (started() || !part_was_given_) whole_.push_back(std::exchange(gathered_, {}));
    part_was_given_ = false;
}

void row_gatherer::pause() {
    if (!started()) return;
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
