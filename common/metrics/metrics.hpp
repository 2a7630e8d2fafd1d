// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Numbers for Prometheus. A program has one table of families; the exposition and the page of
// documentation are made from it.

namespace ha::metrics {

enum class kind { counter, gauge, histogram };

struct family {
    std::string_view name;  // with the unit; a counter's ends in _total
    kind type = kind::gauge;
    std::string_view help;       // one sentence
    std::string_view labels{};   // names, "replica|database"; few values each, or memory grows
    std::string_view buckets{};  // of a histogram: upper bounds, "0.1|0.5|1"
    std::string_view advice{};   // for the page alone: when to worry, and where to look then
};

inline constexpr std::string_view content_type = "text/plain; version=0.0.4; charset=utf-8";

// Label values, in the order of the table's names.
using labels = std::initializer_list<std::string_view>;

// Holds the numbers. A name that is not in the table, the wrong kind, or the wrong number of labels
// ends the process: it is the program's mistake. Families without labels show up from the start,
// with zero. One thread.
class registry {
public:
    explicit registry(std::span<const family> table);
    ~registry();
    registry(const registry&) = delete;
    registry& operator=(const registry&) = delete;

    void add(std::string_view counter, labels of = {}, double amount = 1);
    // For counts that are kept elsewhere: raises the counter to the total, never lowers it.
    void raise(std::string_view counter, double total, labels of = {});
    void set(std::string_view gauge, double number, labels of = {});
    void observe(std::string_view histogram, double number, labels of = {});

    // Forgets one series of a gauge: what is not known any more must not be shown.
    void forget(std::string_view gauge, labels of);

    // The exposition, with content_type.
    std::string text() const;

private:
    struct parts;
    std::unique_ptr<parts> parts_;
};

// What is wrong with a table, for its test: names, units, sentences, buckets. Empty when all is
// well.
std::vector<std::string> faults(std::span<const family> table);

// A page for people: every family in a table.
std::string page(std::span<const family> table, std::string_view title);

}  // namespace ha::metrics
