// SPDX-License-Identifier: MIT
#include "test/mssqlsim/sqlcmd/desk.hpp"

#include <charconv>
#include <iostream>
#include <sstream>

namespace ha::sqlcmd {
namespace {

constexpr int includes_max = 16;
constexpr int last_note = 10;  // severities up to it are no errors

}  // namespace

desk::desk(options how, std::ostream& out, std::ostream& errors)
    : how_(std::move(how)),
      standard_(out),
      errors_(errors),
      script_(how_.variables, how_.substitutes) {
    script_.stop_at_error(how_.stops_at_error);
}

std::ostream& desk::out() {
    return file_.is_open() ? file_ : standard_;
}

bool desk::give_up(const std::string& why) {
    errors_ << why << "\n";
    code_ = 1;
    return false;
}

bool desk::write_to(const std::string& file) {
    file_ = std::ofstream{file};
    return file_ ? true : give_up("Sqlcmd: Error: '" + file + "' cannot be written.");
}

void desk::tell(const message& what) {
    bool wrong = what.severity > last_note;
    worst_ = std::max(worst_, what.severity);
    auto& to = wrong && how_.errors_to_stderr ? errors_ : out();
    if (!what.from_server) {
        (wrong ? errors_ : out()) << "Sqlcmd: " << (wrong ? "Error: " : "Warning: ")
                                  << link_.driver() << " : " << what.text << ".\n";
        return;
    }
    if (wrong) {
        to << "Msg " << what.number << ", Level " << what.severity << ", State " << what.state
           << ", Server " << what.server;
        if (!what.procedure.empty()) to << ", Procedure " << what.procedure;
        to << ", Line " << what.line << "\n";
    }
    to << what.text << "\n";
}

listener desk::ears() {
    listener made;
    made.said = [this](const message& what) { tell(what); };
    made.set_begins = [this](std::vector<column> columns) {
        table_.emplace(std::move(columns), how_);
        out() << table_->header();
    };
    made.row = [this](std::vector<std::optional<std::string>> values) {
        if (!any_row_) first_cell_ = values.front();
        any_row_ = true;
        out() << table_->row(values);
    };
    made.counted = [this](std::int64_t rows) { out() << "\n(" << rows << " rows affected)\n"; };
    return made;
}

bool desk::run(const step& what) {
    if (how_.echo) out() << what.text;
    for (int i = 0; i < what.times; ++i) {
        worst_ = 0;
        any_row_ = false;
        first_cell_.reset();
        bool goes_on = link_.run(what.text, how_, ears());
        out() << std::flush;
        if (!goes_on) return give_up("Sqlcmd: Error: the connection is gone.");
        bool counts = worst_ > last_note && worst_ >= how_.severity;
        if (counts && how_.severity > 0) code_ = worst_;
        if (!counts || !script_.stops_at_error()) continue;
        code_ = 1;
        return false;
    }
    return true;
}

// Documentation: -100 when there was no result, -101 when no row came, -102 when the first cell is
// no number. A process's code is a byte of it.
bool desk::quit_with(const std::string& query) {
    if (!run({step::kind::run, query, 1})) return false;
    if (!table_)
        code_ = -100;
    else if (!any_row_)
        code_ = -101;
    else {
        auto text = first_cell_.value_or("");
        auto [end, trouble] = std::from_chars(text.data(), text.data() + text.size(), code_);
        if (trouble != std::errc{} || end != text.data() + text.size()) code_ = -102;
    }
    return false;
}

bool desk::include(const std::string& file, int depth) {
    std::ifstream lines{file};
    if (!lines || depth >= includes_max)
        return give_up("Sqlcmd: Error: Error occurred while opening or operating on file " + file +
                       ".");
    return take_all(lines, false, depth + 1);
}

bool desk::take(const step& next, int depth) {
    switch (next.what) {
        case step::kind::none: return true;
        case step::kind::run: return run(next);
        case step::kind::include: return include(next.text, depth);
        case step::kind::output: return write_to(next.text);
        case step::kind::quit: return false;
        case step::kind::quit_with: table_.reset(); return quit_with(next.text);
        case step::kind::refused: return give_up(next.text);
    }
    return false;
}

bool desk::take_all(std::istream& lines, bool last, int depth) {
    for (std::string line; std::getline(lines, line);) {
        if (line.ends_with('\r')) line.pop_back();
        if (!take(script_.take(line), depth)) return false;
    }
    return !last || take(script_.rest(), depth);
}

int desk::work(std::istream& typed) {
    if (!how_.output.empty() && !write_to(how_.output)) return code_;
    if (!link_.open(how_, ears())) return 1;
    std::istringstream query{how_.query};
    if (how_.has_query && !take_all(query, true, 0)) return code_;
    for (const auto& file : how_.inputs) {
        std::ifstream lines{file};
        if (!lines) {
            give_up("Sqlcmd: '" + file + "': Invalid filename.");
            return code_;
        }
        if (!take_all(lines, true, 0)) return code_;
    }
    if (how_.stays || (!how_.has_query && how_.inputs.empty())) take_all(typed, false, 0);
    return code_;
}

}  // namespace ha::sqlcmd
