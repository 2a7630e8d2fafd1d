// SPDX-License-Identifier: MIT
#pragma once

#include "common/result.hpp"

#include <map>
#include <string>
#include <string_view>

// What is typed, line by line: batches, and commands of sqlcmd's own (documentation: "sqlcmd
// commands").

namespace ha::sqlcmd {

std::string lowered(std::string_view text);

struct step {
    enum class kind {
        none,     // the line belongs to a batch that goes on
        run,      // `text` is a batch, to be sent `times` times
        include,  // `text` is a file
        output,   // `text` is a file: what comes is written there
        quit,
        quit_with,  // `text` is a query, whose first cell is the exit code
        refused,    // `text` says why
    } what = kind::none;
    std::string text;
    int times = 1;
};

// Gathers lines until GO.
class script {
public:
    explicit script(std::map<std::string, std::string> variables, bool substitutes)
        : variables_(std::move(variables)), substitutes_(substitutes) {}

    step take(const std::string& line);
    // What is left when no more lines come; runs without GO.
    step rest();

    bool stops_at_error() const { return stops_; }
    void stop_at_error(bool on) { stops_ = on; }

private:
    step command(std::string_view name, std::string rest);
    step exit(std::string rest);
    step set_variable(const std::string& rest);
    // $(name) by its value. Errors: malformed, one without a value.
    result<std::string> filled(const std::string& text) const;

    std::map<std::string, std::string> variables_;
    bool substitutes_;
    bool stops_ = false;
    std::string batch_;
};

}  // namespace ha::sqlcmd
