// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/columns.hpp"
#include "test/mssqlsim/tsql/date_time.hpp"
#include "test/mssqlsim/tsql/money.hpp"
#include "test/mssqlsim/tsql/query_run.hpp"
#include "test/mssqlsim/tsql/query_sources.hpp"
#include "test/mssqlsim/tsql/windows.hpp"
#include "test/mssqlsim/tsql/xml.hpp"

#include <algorithm>
#include <deque>

// SELECT, when its sources are joined and filtered: group, project, sort.

namespace ha::mssqlsim {

namespace {

class query_run {
public:
    query_run(const select_query& query,
              const scope* outer,
              environment& world,
              const query_memory* before = nullptr)
        : query_(query), world_(world), before_(before), sources_(query, outer, world) {}

    query_outcome run() {
        query_outcome end;
        end.trouble = describe_all();
        if (!end.trouble) {
            end.trouble = fill();
            if (!end.trouble && query_.as_xml) end.trouble = write_xml(*query_.as_xml, made_);
            end.described = !end.trouble || end.trouble->how_far != sql_error::reach::scope;
        }
        for (const auto& one : sources_.sets()) end.sources.push_back(one->columns);
        end.answer = std::move(made_);
        return end;
    }

private:
    using trouble = std::optional<sql_error>;

    trouble describe_all() {
        if (auto bad = sources_.open()) return bad;
        if (!has_columns_of_before()) {
            const auto bad = refuses_unknown_names();
            return bad ? bad : describe_columns();
        }
        made_.columns = before_->answer.columns;
        for (const auto& item : query_.items) projected_.push_back(&item.what);
        return {};
    }

    // Rows that come before an error are told, unless all had to be there before the first.
    trouble fill() {
        if (auto bad = sources_.join()) return bad;
        const auto unfiltered = sources_.filter();
        auto bad = project();
        if (!bad) bad = unfiltered;
        if (bad && !streams()) made_.rows.clear();
        if (bad) return bad;
        if (!query_.parts.empty()) return whole_of_parts();
        sort_rows();
        if (query_.distinct) drop_duplicates(made_.rows);
        if (auto worse = cut()) return worse;
        return cut_window();
    }

    // What the first SELECT says of its own rows is done before the others come.
    trouble whole_of_parts() {
        if (query_.distinct) drop_duplicates(made_.rows);
        if (auto bad = cut()) return bad;
        for (const auto& part : query_.parts)
            if (auto bad = unite(part)) return bad;
        order_keys_.clear();
        for (const auto& one : made_.rows)
            if (auto bad = order_whole(one)) return bad;
        sort_rows();
        return cut_window();
    }

    bool streams() const {
        return query_.order_by.empty() && query_.group_by.empty() && !query_.distinct &&
               !query_.top && !has_aggregates() && query_.parts.empty() && !query_.offset &&
               !query_.has_windows && !query_.as_xml;
    }

    bool has_aggregates() const {
        return query_.having.has_value() ||
               std::any_of(query_.items.begin(), query_.items.end(), [](const auto& item) {
                   return !item.star && has_aggregate(item.what);
               });
    }

    // The same columns of the sources make the same columns of the answer.
    bool has_columns_of_before() const {
        const auto& sets = sources_.sets();
        if (before_ == nullptr || before_->sources.size() != sets.size() || query_.as_xml)
            return false;
        for (std::size_t i = 0; i < sets.size(); ++i)
            if (!sets[i]->columns.is_same_as(before_->sources[i])) return false;
        return std::none_of(
            query_.items.begin(), query_.items.end(), [](const auto& item) { return item.star; });
    }

    trouble refuses_unknown_names() const {
        for (const auto& one : query_.sources)
            if (one.on)
                if (auto bad = refuses_names(*one.on, here_)) return bad;
        if (query_.where)
            if (auto bad = refuses_names(*query_.where, here_)) return bad;
        for (const auto& one : query_.group_by)
            if (auto bad = refuses_names(one, here_)) return bad;
        for (const auto& one : query_.items)
            if (!one.star)
                if (auto bad = refuses_names(one.what, here_)) return bad;
        return {};
    }

    trouble describe_columns() {
        std::vector<column> made;
        for (const auto& item : query_.items) {
            if (item.star) {
                if (auto bad = describe_star(item, made)) return bad;
                continue;
            }
            column next = described_column(item.what, here_, world_);
            next.name = item.alias;
            if (next.name.empty() && item.what.what == expression::kind::name)
                next.name = item.what.parts.back();
            made.push_back(std::move(next));
            projected_.push_back(&item.what);
        }
        made_.columns = std::move(made);
        return {};
    }

    trouble describe_star(const select_item& item, std::vector<column>& made) {
        bool found = false;
        for (const auto& source : here_.sources) {
            if (!item.star_of.empty() && !same_name(item.star_of, source.alias)) continue;
            found = true;
            for (std::size_t i = 0; i < source.set->columns.size(); ++i) {
                const auto& one = made.emplace_back(described_column(source, i));
                auto& named = star_columns_.emplace_back();
                named.what = expression::kind::name;
                named.parts = {std::string{source.alias}, one.name};
                projected_.push_back(&named);
            }
        }
        if (!found)
            return sql_error{
                107,
                "The column prefix '" + item.star_of +
                    "' does not match with a table name or alias name used in the query.",
                15,
                1,
                sql_error::reach::scope,
                0,
                {}};
        return {};
    }

    static bool has_aggregate(const expression& what) {
        if (what.what == expression::kind::aggregate) return true;
        if (what.window)
            for (const auto& one : what.window->order_by)
                if (has_aggregate(one.what)) return true;
        return std::any_of(what.arguments.begin(), what.arguments.end(), has_aggregate);
    }

    trouble project() {
        const bool grouped = has_aggregates() || !query_.group_by.empty();
        std::vector<std::vector<joined_row>> groups;
        if (grouped)
            if (auto bad = keep_groups(groups)) return bad;
        const auto stand_at = [&](std::size_t at) -> const scope& {
            if (grouped) {
                const auto& group = groups[at];
                sources_.look_at_first_of(group);
                here_.group = &group;
            } else {
                sources_.look_at(sources_.rows()[at]);
            }
            return here_;
        };
        const std::size_t count = grouped ? groups.size() : sources_.rows().size();
        window_values windows;
        if (query_.has_windows) {
            if (auto bad = look_through_windows(query_, count, stand_at, world_, windows))
                return bad;
            here_.windows = &windows;
        }
        for (std::size_t at = 0; at < count; ++at) {
            stand_at(at);
            windows.row = at;
            if (auto bad = project_row()) return bad;
        }
        here_.group = nullptr;
        here_.windows = nullptr;
        return {};
    }

    // Those that HAVING keeps.
    trouble keep_groups(std::vector<std::vector<joined_row>>& groups) {
        if (auto bad = make_groups(groups)) return bad;
        if (!query_.having) return {};
        std::vector<std::vector<joined_row>> kept;
        for (auto& group : groups) {
            sources_.look_at_first_of(group);
            here_.group = &group;
            const auto yes = holds(*query_.having, here_, world_);
            here_.group = nullptr;
            if (!yes) return yes.error();
            if (*yes) kept.push_back(std::move(group));
        }
        groups = std::move(kept);
        return {};
    }

    trouble make_groups(std::vector<std::vector<joined_row>>& groups) {
        if (query_.group_by.empty()) {
            groups.push_back(sources_.rows());
            return {};
        }
        std::vector<row> keys;
        for (const auto& whole : sources_.rows()) {
            sources_.look_at(whole);
            row key;
            for (const auto& part : query_.group_by) {
                auto v = evaluate(part, here_, world_);
                if (!v) return v.error();
                key.push_back(std::move(*v));
            }
            const auto known = std::find(keys.begin(), keys.end(), key);
            if (known == keys.end()) groups.emplace_back();
            const auto index = static_cast<std::size_t>(known - keys.begin());
            if (known == keys.end()) keys.push_back(std::move(key));
            groups[index].push_back(whole);
        }
        return {};
    }

    trouble project_row() {
        row next;
        next.reserve(projected_.size());
        for (const auto* what : projected_) {
            auto v = evaluate(*what, here_, world_);
            if (!v) return v.error();
            // Exact numbers are calculated with all of their digits.
            const auto& type = made_.columns[next.size()].type;
            const bool has_point =
                std::holds_alternative<double>(*v) || std::holds_alternative<exact_number>(*v);
            const bool becomes_date = is_calendar(type.kind) && !is_calendar(*v) && !is_null(*v);
            const bool is_number = type.kind == column_kind::numeric || is_money(type.kind);
            if ((is_number && has_point) || becomes_date) v = convert(*v, type);
            if (!v) return v.error();
            next.push_back(std::move(*v));
        }
        row keys;
        if (query_.parts.empty())
            for (const auto& order : query_.order_by) {
                const value* known = of_answer(order.what, next);
                auto v = known != nullptr ? sql_result<value>{*known}
                                          : evaluate(order.what, here_, world_);
                if (!v) return v.error();
                keys.push_back(std::move(*v));
            }
        made_.rows.push_back(std::move(next));
        order_keys_.push_back(std::move(keys));
        return {};
    }

    // An ordinal, or a column of the result; nothing if it is another expression.
    const value* of_answer(const expression& what, const row& projected) const {
        if (what.what == expression::kind::literal)
            if (const auto* ordinal = std::get_if<std::int64_t>(&what.constant))
                if (*ordinal >= 1 && *ordinal <= static_cast<std::int64_t>(projected.size()))
                    return &projected[static_cast<std::size_t>(*ordinal) - 1];
        if (what.what == expression::kind::name && what.parts.size() == 1)
            for (std::size_t i = 0; i < made_.columns.size(); ++i)
                if (same_name(made_.columns[i].name, what.parts.front())) return &projected[i];
        return nullptr;
    }

    // Where a row of a UNION came from is not known any more.
    trouble order_whole(const row& one) {
        row keys;
        for (const auto& order : query_.order_by) {
            const value* known = of_answer(order.what, one);
            if (known == nullptr) return not_selected();
            keys.push_back(*known);
        }
        order_keys_.push_back(std::move(keys));
        return {};
    }

    trouble unite(const set_part& part) {
        auto more = run_query(*part.query, here_.outer, world_);
        if (!more) return more.error();
        std::vector<bool> untyped;
        for (const auto* what : projected_) untyped.push_back(is_null_literal(*what));
        auto columns = united(made_.columns, more->columns, untyped);
        if (!columns) return columns.error();
        made_.columns = std::move(*columns);
        combine(part.how, made_.rows, std::move(more->rows));
        return {};
    }

    bool before(std::size_t a, std::size_t b) const {
        for (std::size_t i = 0; i < query_.order_by.size(); ++i) {
            const int order = order_of(order_keys_[a].at(i), order_keys_[b].at(i));
            if (order != 0) return query_.order_by[i].descending ? order > 0 : order < 0;
        }
        return false;
    }

    void sort_rows() {
        if (query_.order_by.empty()) return;
        std::vector<std::size_t> places(made_.rows.size());
        for (std::size_t i = 0; i < places.size(); ++i) places[i] = i;
        // Ties go by place, which makes it stable; std::stable_sort itself warns under clang 19
        // with g++ 12's library.
        std::sort(places.begin(), places.end(), [this](std::size_t a, std::size_t b) {
            return before(a, b) || (a < b && !before(b, a));
        });
        std::vector<row> sorted;
        sorted.reserve(places.size());
        for (const std::size_t at : places) sorted.push_back(std::move(made_.rows[at]));
        made_.rows = std::move(sorted);
    }

    // How many rows an expression says; all there are if it says no number.
    sql_result<std::size_t> rows_of(const expression& what) {
        const auto count = evaluate(what, here_, world_);
        if (!count) return tl::unexpected(count.error());
        const auto* most = std::get_if<std::int64_t>(&*count);
        if (most == nullptr || *most < 0) return made_.rows.size();
        return static_cast<std::size_t>(*most);
    }

    trouble cut() {
        if (!query_.top) return {};
        auto most = rows_of(*query_.top);
        if (!most) return most.error();
        if (query_.top_percent) *most = (made_.rows.size() * *most + 99) / 100;
        if (*most < made_.rows.size()) made_.rows.resize(*most);
        return {};
    }

    trouble cut_window() {
        if (!query_.offset) return {};
        const auto skipped = rows_of(*query_.offset);
        if (!skipped) return skipped.error();
        const auto end = std::min(*skipped, made_.rows.size());
        made_.rows.erase(made_.rows.begin(), made_.rows.begin() + static_cast<std::ptrdiff_t>(end));
        if (!query_.fetch) return {};
        const auto most = rows_of(*query_.fetch);
        if (!most) return most.error();
        if (*most < made_.rows.size()) made_.rows.resize(*most);
        return {};
    }

    const select_query& query_;
    environment& world_;
    const query_memory* before_;
    query_sources sources_;
    scope& here_ = sources_.here();
    std::vector<const expression*> projected_;
    std::deque<expression> star_columns_;  // those among them that a star stands for
    std::vector<row> order_keys_;
    row_set made_;
};

}  // namespace

query_outcome run_once(const select_query& query,
                       const scope* outer,
                       environment& world,
                       const query_memory* before) {
    return query_run{query, outer, world, before}.run();
}

}  // namespace ha::mssqlsim
