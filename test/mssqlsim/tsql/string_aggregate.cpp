// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/string_tables.hpp"
#include "test/mssqlsim/tsql/windows.hpp"

#include <algorithm>

namespace ha::mssqlsim {

namespace {

struct piece {
    value text;
    row keys;  // of WITHIN GROUP
};

bool comes_before(const piece& a, const piece& b, const std::vector<order_item>& order) {
    for (std::size_t i = 0; i < order.size(); ++i) {
        const int found = order_of(a.keys[i], b.keys[i]);
        if (found != 0) return order[i].descending ? found > 0 : found < 0;
    }
    return false;
}

// Ties go by place.
std::vector<const piece*> sorted(const std::vector<piece>& all,
                                 const std::vector<order_item>& order) {
    std::vector<const piece*> made;
    made.reserve(all.size());
    for (const auto& one : all) made.push_back(&one);
    std::sort(made.begin(), made.end(), [&](const piece* a, const piece* b) {
        return comes_before(*a, *b, order) || (a < b && !comes_before(*b, *a, order));
    });
    return made;
}

sql_result<std::vector<piece>> pieces_of(const expression& what,
                                         const scope& here,
                                         environment& world) {
    std::vector<piece> made;
    scope inner = here;
    inner.group = nullptr;
    for (const auto& joined : *here.group) {
        for (std::size_t i = 0; i < joined.size(); ++i) inner.sources[i].current = joined[i];
        piece next;
        auto text = evaluate(what.arguments.front(), inner, world);
        if (!text) return tl::unexpected(text.error());
        if (is_null(*text)) continue;
        next.text = std::move(*text);
        if (what.window)
            for (const auto& one : what.window->order_by) {
                auto key = evaluate(one.what, inner, world);
                if (!key) return tl::unexpected(key.error());
                next.keys.push_back(std::move(*key));
            }
        made.push_back(std::move(next));
    }
    return made;
}

bool is_unlimited(column_kind kind) {
    return kind == column_kind::nvarchar_max || kind == column_kind::varchar_max;
}

// Two bytes each, and four beyond the basic plane.
std::size_t wide_bytes(std::string_view text) {
    std::size_t count = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xC0U) != 0x80U) count += byte >= 0xF0U ? 4 : 2;
    }
    return count;
}

}  // namespace

column_type type_of_joined(const column_type& from) {
    if (is_unlimited(from.kind)) return from;
    const bool narrow = from.kind == column_kind::varchar || from.kind == column_kind::character;
    return narrow ? column_type{column_kind::varchar, 8000, 25, 0}
                  : column_type{column_kind::nvarchar, 4000, 25, 0};
}

sql_result<value> joined_text(const expression& what, const scope& here, environment& world) {
    constexpr std::size_t bytes_max = 8000;
    if (what.arguments.size() != 2)
        return tl::unexpected(sql_error{174,
                                        "The STRING_AGG function requires 2 argument(s).",
                                        15,
                                        1,
                                        sql_error::reach::scope,
                                        0,
                                        {}});
    const auto all = pieces_of(what, here, world);
    if (!all) return tl::unexpected(all.error());
    if (all->empty()) return value{};
    const auto separator = evaluate(what.arguments[1], here, world);
    if (!separator) return separator;
    const std::string between = is_null(*separator) ? std::string{} : text_of(*separator);
    static const std::vector<order_item> no_order;
    std::string made;
    bool first = true;
    for (const auto* one : sorted(*all, what.window ? what.window->order_by : no_order)) {
        if (!first) made += between;
        made += text_of(one->text);
        first = false;
    }
    const auto type = type_of_joined(describe(what.arguments.front(), here, world));
    const bool wide = type.kind == column_kind::nvarchar;
    if (!is_unlimited(type.kind) && (wide ? wide_bytes(made) : made.size()) > bytes_max)
        return sql_failure(
            9829,
            "STRING_AGG aggregation result exceeded the limit of 8000 bytes. Use LOB "
            "types to avoid result truncation.");
    return value{std::move(made)};
}

}  // namespace ha::mssqlsim
