// SPDX-License-Identifier: MIT
#include "test/mssqlsim/sqlcmd/table.hpp"

#include <algorithm>

namespace ha::sqlcmd {
namespace {

// UTF-8 as people count it.
std::size_t characters(std::string_view text) {
    auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
    return static_cast<std::size_t>(std::ranges::count_if(text, begins));
}

// Where character number `count` begins.
std::size_t place_of(std::string_view text, std::size_t count) {
    std::size_t at = 0;
    for (; at < text.size(); ++at) {
        bool begins = (static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U;
        if (begins && count-- == 0) break;
    }
    return at;
}

void trim(std::string& text) {
    text.erase(text.find_last_not_of(' ') + 1);
}

}  // namespace

table::table(std::vector<column> columns, const options& how)
    : columns_(std::move(columns)), how_(how) {
    for (auto& one : columns_) {
        if (one.width == 0) one.width = how_.long_width;
        if (how_.trim || how_.headers >= 0) one.width = std::max(one.width, characters(one.name));
    }
}

// assumption: a line longer than -w goes on in the next one, wherever that cuts it. The
// documentation says that it goes on, and not where.
std::string table::line(const std::vector<std::string>& cells, bool numbers_right) const {
    std::string made;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        auto cell = cells[i];
        const auto& of = columns_[i];
        if (of.width != 0) cell.resize(place_of(cell, of.width));
        std::string fill(of.width - std::min(of.width, characters(cell)), ' ');
        if (how_.trim)
            trim(cell);
        else
            cell = of.number && numbers_right ? fill + cell : cell + fill;
        if (i != 0) made += how_.separator;
        made += cell;
    }
    std::string wrapped;
    while (!how_.trim && characters(made) > how_.line_width) {
        auto cut = place_of(made, how_.line_width);
        wrapped += made.substr(0, cut) + "\n";
        made.erase(0, cut);
    }
    return wrapped + made + "\n";
}

std::string table::header() const {
    if (how_.headers < 0) return {};
    std::vector<std::string> names;
    std::vector<std::string> hyphens;
    for (const auto& one : columns_) {
        names.push_back(one.name);
        hyphens.emplace_back(how_.trim ? characters(one.name) : one.width, '-');
    }
    return line(names, false) + line(hyphens, false);
}

std::string table::row(const std::vector<std::optional<std::string>>& values) {
    bool again = how_.headers > 0 && rows_ > 0 && rows_ % how_.headers == 0;
    ++rows_;
    std::vector<std::string> cells;
    for (const auto& one : values) cells.push_back(one.value_or("NULL"));
    return (again ? "\n" + header() : "") + line(cells, true);
}

}  // namespace ha::sqlcmd
