// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/row_layer.hpp"

#include <cstddef>
#include <deque>
#include <vector>

// What a transaction changed and did not commit, in its order: more comes at the end, a savepoint
// cuts it there, a commit takes all of it. None is ever another one.

namespace ha::mssqlsim {

class transaction_changes {
public:
    transaction_changes() = default;
    transaction_changes(const transaction_changes&) = delete;
    transaction_changes& operator=(const transaction_changes&) = delete;
    // What they are moved to has its changes where they were.
    transaction_changes(transaction_changes&&) = default;
    transaction_changes& operator=(transaction_changes&&) = default;
    ~transaction_changes() = default;

    void add(row_change change) { all_.push_back(std::move(change)); }
    // Only the first so many ever were.
    void cut(std::size_t size);
    // None are left.
    std::vector<row_change> take();

    bool empty() const { return all_.empty(); }
    std::size_t size() const { return all_.size(); }
    const row_change& front() const { return all_.front(); }
    auto begin() const { return all_.begin(); }
    auto end() const { return all_.end(); }

    // As they left the rows: until the next is added or cut.
    const row_layer& rows() const;

private:
    std::deque<row_change> all_;  // which stay where they are
    // Of the first so many: the others are taken when it is asked for, so that a statement that
    // commits by itself costs nothing here.
    mutable row_layer rows_;
    mutable std::size_t taken_ = 0;
};

}  // namespace ha::mssqlsim
