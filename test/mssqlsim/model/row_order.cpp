// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/row_order.hpp"

#include <algorithm>

namespace ha::mssqlsim {

namespace {

bool is_same(const expression& a, const expression& b) {
    if (a.what != b.what || a.query || b.query || a.arguments.size() != b.arguments.size())
        return false;
    if (a.what == expression::kind::name) return same_name(a.parts.back(), b.parts.back());
    const bool same_self =
        a.text == b.text && a.constant == b.constant && a.type == b.type && a.negated == b.negated;
    return same_self &&
           std::equal(a.arguments.begin(), a.arguments.end(), b.arguments.begin(), is_same);
}

class projection {
public:
    projection(const select_query& query, const column_list& columns)
        : query_(query), columns_(columns) {
        for (const auto& item : query.items) has_star_ = has_star_ || item.star;
    }

    std::uint16_t place_of(const expression& what) const {
        if (what.what == expression::kind::literal) return numbered(what.constant);
        if (what.what == expression::kind::name && (what.parts.size() == 1 || has_star_))
            for (std::size_t i = 0; i < columns_.size(); ++i)
                if (same_name(columns_[i].name, what.parts.back()))
                    return static_cast<std::uint16_t>(i + 1);
        if (has_star_) return 0;  // items and columns are not the same in number
        for (std::size_t i = 0; i < query_.items.size(); ++i)
            if (is_same(query_.items[i].what, what)) return static_cast<std::uint16_t>(i + 1);
        return 0;
    }

    bool is_constant(std::uint16_t place) const {
        return place > 0 && !has_star_ && place <= query_.items.size() &&
               query_.items[place - 1U].what.what == expression::kind::literal;
    }

private:
    std::uint16_t numbered(const value& what) const {
        const auto* number = std::get_if<std::int64_t>(&what);
        const bool is_place = number != nullptr && *number >= 1 &&
                              *number <= static_cast<std::int64_t>(columns_.size());
        return is_place ? static_cast<std::uint16_t>(*number) : std::uint16_t{0};
    }

    const select_query& query_;
    const column_list& columns_;
    bool has_star_ = false;
};

}  // namespace

std::vector<std::uint16_t> order_of(const select_query& query, const column_list& columns) {
    std::vector<std::uint16_t> made;
    if (query.order_by.empty()) return made;
    const projection seen{query, columns};
    for (const auto& key : query.order_by) {
        const auto place = seen.place_of(key.what);
        if (!seen.is_constant(place)) made.push_back(place);
    }
    return made;
}

}  // namespace ha::mssqlsim
