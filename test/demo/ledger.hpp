// SPDX-License-Identifier: MIT
#pragma once

#include "common/time.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

// What was written, where, when, and what became of it: the book that the demo's judgement stands
// on.

namespace ha::test::demo {

enum class fate {
    acknowledged,
    refused,  // an answer, or no connection: it did not happen
    unknown,  // no answer: it may have happened
};

struct attempt {
    std::int64_t key = 0;
    std::string writer;   // route, or direct
    std::string address;  // of the instance that was asked
    instant sent{};
    instant received{};
    fate what{};
};

struct counts {
    std::size_t acknowledged = 0;
    std::size_t refused = 0;
    std::size_t unknown = 0;
};

class ledger {
public:
    std::int64_t next_key() { return ++last_key_; }
    void add(attempt one);

    counts count(const std::string& writer) const;
    std::vector<attempt> acknowledged() const;  // by time of their sending
    // The first acknowledged write of that writer that was sent after the instant.
    std::optional<attempt> first_after(const std::string& writer, instant when) const;
    // The longest time between two acknowledgements of the writer, in this span.
    duration longest_gap(const std::string& writer, instant from, instant until) const;

    // Acknowledged keys that are not among those found.
    std::vector<std::int64_t> lost(const std::set<std::int64_t>& found) const;

    // Two instances acknowledging by turns within a second: one sentence each. A role cannot go
    // away and come back that fast, so both took themselves for the primary.
    std::vector<std::string> two_at_once() const;

private:
    std::int64_t last_key_ = 0;
    std::vector<attempt> all_;
};

}  // namespace ha::test::demo
