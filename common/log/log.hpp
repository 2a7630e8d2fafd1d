// SPDX-License-Identifier: MIT
#pragma once

#include "common/async/clock.hpp"
#include "common/log/secret.hpp"
#include "common/log/vocabulary.hpp"

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

// The log: one JSON object a line, one line an event. Time comes from our clock, lines go to a
// sink, so that the simulation reads the log of a run as a value.

namespace ha::log {

// What a field can hold. Durations are written in seconds with a name that ends in _s.
class field_value {
public:
    field_value(bool truth) : held_(truth) {}
    field_value(int number) : held_(std::int64_t{number}) {}
    field_value(long number) : held_(std::int64_t{number}) {}
    field_value(long long number) : held_(static_cast<std::int64_t>(number)) {}
    field_value(unsigned number) : held_(std::int64_t{number}) {}
    field_value(unsigned long number) : held_(static_cast<std::uint64_t>(number)) {}
    field_value(unsigned long long number) : held_(static_cast<std::uint64_t>(number)) {}
    field_value(double number) : held_(number) {}
    field_value(const char* text) : held_(std::string{text}) {}
    field_value(std::string_view text) : held_(std::string{text}) {}
    field_value(std::string text) : held_(std::move(text)) {}
    field_value(std::vector<std::string> texts) : held_(std::move(texts)) {}
    field_value(const secret&) : held_(std::string{"***"}) {}
    field_value(duration span) : held_(std::chrono::duration<double>(span).count()) {}

    using any = std::
        variant<bool, std::int64_t, std::uint64_t, double, std::string, std::vector<std::string>>;
    const any& get() const { return held_; }

private:
    any held_;
};

struct field {
    std::string_view name;
    field_value content;
};

// One line, without its newline.
struct line {
    level severity{};
    std::string_view event;
    std::string text;
};

// Where lines go. Never blocks and never fails for the caller.
class sink {
public:
    virtual ~sink() = default;
    virtual void take(const line& one) = 0;
};

// No line is longer than this, newline included: longer texts are cut, and fields that do not fit
// are left out, which "cut":true says.
inline constexpr std::size_t line_bytes_max = 8192;
inline constexpr std::size_t text_bytes_max = 2048;

class logger {
public:
    // Both must outlive the logger. Events below `least` are not written.
    logger(sink& lines, const clock_source& clock, level least = level::info)
        : lines_(&lines), clock_(&clock), least_(least) {}

    // A logger that writes these fields into every line, before the event's own.
    logger with(std::initializer_list<field> fields) const;

    void write(event what, std::initializer_list<field> fields = {}) const {
        write(what, std::span<const field>{fields.begin(), fields.size()});
    }
    void write(event what, std::span<const field> fields) const;

    bool writes(level severity) const { return severity >= least_; }

private:
    sink* lines_;
    const clock_source* clock_;
    level least_;
    std::vector<std::pair<std::string, field_value>> common_;
};

// One line as text: {"time":...,"up_s":...,"level":...,"event":...,"text":...,fields}. `up_s` is
// the boot clock, by which lines of several processes on one machine can be put in order.
struct stamp {
    std::chrono::system_clock::time_point wall;
    instant at;
};
std::string format(const stamp& when, const event_kind& kind, std::span<const field> fields);

// A page for people: every event in a table.
std::string vocabulary_page();

}  // namespace ha::log
