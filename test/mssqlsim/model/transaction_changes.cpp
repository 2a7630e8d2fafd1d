// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/transaction_changes.hpp"

#include <iterator>
#include <utility>

namespace ha::mssqlsim {

void transaction_changes::cut(std::size_t size) {
    while (all_.size() > size) {
        if (taken_ == all_.size()) {
            rows_.take_back(all_.back());
            --taken_;
        }
        all_.pop_back();
    }
}

std::vector<row_change> transaction_changes::take() {
    std::vector<row_change> made{std::make_move_iterator(all_.begin()),
                                 std::make_move_iterator(all_.end())};
    *this = {};
    return made;
}

const row_layer& transaction_changes::rows() const {
    for (; taken_ < all_.size(); ++taken_) rows_.take(all_[taken_]);
    return rows_;
}

}  // namespace ha::mssqlsim
