// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <variant>
#include <vector>

// What goes into a driver and comes out of it.

namespace ha::odbc {

// Whole numbers and bits come as integers, binary as bytes, all else (decimals and times too) as
// text in the driver's form.
using value = std::variant<std::monostate, std::int64_t, std::string, std::vector<std::uint8_t>>;

struct rows {
    std::vector<std::string> columns;
    std::vector<std::vector<value>> values;
};

// A part of a result set, as soon as the driver has it: some cells of a row, or the set's end.
struct piece {
    std::vector<std::string> columns;
    std::vector<value> cells;
    bool ends_row = false;
    bool ends_set = false;  // then there are no cells
};

// One record of the driver. `number` is the server's (or the driver's own) and decides; the text
// is for people, without the driver's names in brackets before it.
struct diagnostic {
    std::int32_t number = 0;
    std::string sqlstate;
    std::string text;
    bool operator==(const diagnostic&) const = default;
};

struct reply {
    std::vector<rows> sets;
    std::vector<diagnostic> notes;  // what the server said of severity up to 10
};

struct trouble {
    enum class kind {
        driver_missing,  // nothing was tried: the driver is not there or cannot be loaded
        unreachable,     // no login was answered
        refused,         // the server answered with an error; the first diagnostic is the one
        lost,            // sent, and the answer did not come or did not come whole
    } what{};
    std::vector<diagnostic> diagnostics;
};

// "18456 (28000): Login failed ..." for people; the records in one line.
std::string in_words(const std::vector<diagnostic>& all);

// Interrupts what runs on a connection, from another thread. It may block as long as the driver
// does: never to be called by one who decides.
class canceller {
public:
    void cancel();

private:
    friend class statement_guard;
    std::mutex guard_;
    void* statement_ = nullptr;
};

}  // namespace ha::odbc
