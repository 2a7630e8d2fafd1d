// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/tally.hpp"

#include "test/mssqlsim/tsql/arithmetic.hpp"
#include "test/mssqlsim/tsql/conversion_errors.hpp"
#include "test/mssqlsim/tsql/evaluate.hpp"
#include "test/mssqlsim/tsql/string_tables.hpp"

#include <algorithm>

namespace ha::mssqlsim {

sql_result<bool> count_in(tally& so_far, const std::string& function, value v) {
    if (is_null(v)) return true;
    ++so_far.count;
    if (function == "SUM" || function == "AVG") {
        auto made = is_null(so_far.sum) ? sql_result<value>{v} : calculate("+", so_far.sum, v);
        if (!made) return tl::unexpected(made.error());
        so_far.sum = std::move(*made);
    } else if (function == "MIN" || function == "MAX") {
        const auto order = is_null(so_far.best) ? sql_result<int>{0} : compare(v, so_far.best);
        if (!order) return tl::unexpected(order.error());
        if (is_null(so_far.best) || (function == "MIN" ? *order < 0 : *order > 0))
            so_far.best = std::move(v);
    }
    return true;
}

sql_result<value> result_of(const tally& counted, const std::string& function) {
    if (function.starts_with("COUNT")) return value{counted.count};
    if (function == "SUM") return counted.sum;
    if (function == "AVG")
        return counted.count == 0 ? sql_result<value>{value{}}
                                  : calculate("/", counted.sum, value{counted.count});
    return counted.best;
}

sql_result<value> aggregate(const expression& what, const scope& here, environment& world) {
    if (here.group == nullptr)
        return tl::unexpected(sql_error{
            147,
            "An aggregate may not appear in the WHERE clause unless it is in a subquery contained "
            "in a HAVING clause or a select list, and the column being aggregated is an outer "
            "reference.",
            15,
            1,
            sql_error::reach::scope,
            0,
            {}});
    if (what.arguments.empty()) return value{static_cast<std::int64_t>(here.group->size())};
    if (what.text == "STRING_AGG") return joined_text(what, here, world);
    tally so_far;
    bool leaves_out = false;
    std::vector<value> counted;
    scope inner = here;
    inner.group = nullptr;
    for (const auto& joined : *here.group) {
        for (std::size_t i = 0; i < joined.size(); ++i) inner.sources[i].current = joined[i];
        auto v = evaluate(what.arguments.front(), inner, world);
        if (!v) return v;
        leaves_out = leaves_out || is_null(*v);
        if (what.negated) {  // DISTINCT: what was counted is not counted again
            const auto is_same = [&](const value& other) {
                return !is_null(*v) && compare(*v, other).value_or(1) == 0;
            };
            if (std::any_of(counted.begin(), counted.end(), is_same)) continue;
            if (!is_null(*v)) counted.push_back(*v);
        }
        if (auto done = count_in(so_far, what.text, std::move(*v)); !done)
            return tl::unexpected(done.error());
    }
    if (leaves_out) world.leave_out_null();
    auto made = result_of(so_far, what.text);
    const auto* number = made ? std::get_if<std::int64_t>(&*made) : nullptr;
    if (number != nullptr && what.text == "SUM")
        if (auto bad = refuses_sum(*number, what, here, world)) return tl::unexpected(*bad);
    return made;
}

}  // namespace ha::mssqlsim
