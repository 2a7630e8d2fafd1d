// SPDX-License-Identifier: MIT
#pragma once

#include "common/time.hpp"

#include <cstdint>
#include <fstream>
#include <map>
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
    std::string writer;  // route, or direct
    // That was asked; of an acknowledged one the name of the instance, by its own answer.
    std::string address;
    instant sent{};
    instant received{};
    fate what{};
    int connection = 0;
    // The connection's last key as the instance showed it before this one; -1: it showed none.
    std::int64_t found = 0;
};

struct counts {
    std::size_t acknowledged = 0;
    std::size_t refused = 0;
    std::size_t unknown = 0;
};

class ledger {
public:
    std::int64_t next_key() { return ++last_key_; }
    // Acknowledged keys go to the end of the file, too, so that they survive their writer. Those
    // that are there already count as acknowledged, and say that there are any.
    bool keep_in(const std::string& file);
    void add(attempt one);
    // The Lease went to the instance of this name, or was renewed under a new term.
    void begin_tenure(const std::string& address, instant when);

    counts count(const std::string& writer) const;
    counts count_since(const std::string& writer, instant when) const;  // by their answers
    std::vector<attempt> acknowledged() const;                          // by time of their sending
    // The first acknowledged write of that writer that was sent after the instant; not one at the
    // address `besides`.
    std::optional<attempt> first_after(const std::string& writer,
                                       instant when,
                                       const std::string& besides = {}) const;
    // The last one that this address acknowledged to anybody.
    std::optional<attempt> last_at(const std::string& address) const;
    // The longest time between two acknowledgements of the writer, in this span.
    duration longest_gap(const std::string& writer, instant from, instant until) const;

    // Acknowledged keys that are not among those found.
    std::vector<std::int64_t> lost(const std::set<std::int64_t>& found) const;

    // Connections that did not find what they had been acknowledged. A sentence each.
    std::vector<std::string> forgotten() const;

    // Writes acknowledged by one that cannot have been the primary: by an address that never had
    // the Lease, or by two in turns without the Lease having come back in between. A sentence each.
    std::vector<std::string> second_primaries() const;

private:
    std::int64_t last_key_ = 0;
    std::vector<attempt> all_;  // by the time of their answers
    std::vector<std::int64_t> earlier_;
    std::ofstream file_;
    std::multimap<std::string, instant> tenures_;
};

}  // namespace ha::test::demo
