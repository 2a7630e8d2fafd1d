// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/evaluate.hpp"

#include <algorithm>
#include <deque>
#include <set>

// SELECT: join by nested loops, filter, group, sort, project.

namespace ha::mssqlsim {

struct seen_table {
    const std::vector<std::string>* name = nullptr;  // in the query's tree
    shared_rows rows;
    std::vector<std::size_t> mentioned;  // columns that have a name which the query mentions
};

// What a query looked at and what came of it: as long as what it mentions looks the same, it comes
// to the same.
struct query_memory {
    std::vector<seen_table> tables;
    std::vector<column_list> sources;  // the columns of each
    row_set answer;
    bool repeatable = false;  // it looked at nothing but tables
};

namespace {

class query_run {
public:
    // `before`: what is remembered of the last run, if anything.
    query_run(const select_query& query,
              const scope* outer,
              environment& world,
              const query_memory* before = nullptr)
        : query_(query), world_(world), before_(before) {
        here_.outer = outer;
    }

    sql_result<row_set> run() {
        if (auto bad = open_sources()) return tl::unexpected(*bad);
        if (has_columns_of_before()) {
            made_.columns = before_->answer.columns;
            for (const auto& item : query_.items) projected_.push_back(&item.what);
        } else if (auto bad = describe_columns()) {
            return tl::unexpected(*bad);
        }
        if (auto bad = join_all()) return tl::unexpected(*bad);
        if (auto bad = filter()) return tl::unexpected(*bad);
        if (auto bad = project()) return tl::unexpected(*bad);
        if (auto bad = unite()) return tl::unexpected(*bad);
        sort_rows();
        if (query_.distinct) drop_duplicates();
        if (auto bad = cut()) return tl::unexpected(*bad);
        return std::move(made_);
    }

    std::vector<column_list> columns_of_sources() const {
        std::vector<column_list> made;
        for (const auto& one : sets_) made.push_back(one->columns);
        return made;
    }

private:
    using trouble = std::optional<sql_error>;

    trouble open_sources() {
        for (const auto& source : query_.sources) {
            if (source.derived) {
                auto rows = run_query(*source.derived, here_.outer, world_);
                if (!rows) return rows.error();
                sets_.push_back(std::make_shared<const row_set>(std::move(*rows)));
            } else {
                auto rows = world_.table(source.name);
                if (!rows) return rows.error();
                sets_.push_back(std::move(*rows));
            }
            here_.sources.push_back(bound_source{source.alias, sets_.back().get(), nullptr});
        }
        return {};
    }

    // The same columns of the sources make the same columns of the answer.
    bool has_columns_of_before() const {
        if (before_ == nullptr || before_->sources.size() != sets_.size()) return false;
        for (std::size_t i = 0; i < sets_.size(); ++i)
            if (!sets_[i]->columns.is_same_as(before_->sources[i])) return false;
        return std::none_of(
            query_.items.begin(), query_.items.end(), [](const auto& item) { return item.star; });
    }

    trouble describe_columns() {
        std::vector<column> made;
        for (const auto& item : query_.items) {
            if (item.star) {
                if (auto bad = describe_star(item, made)) return bad;
                continue;
            }
            column next{item.alias, describe(item.what, here_, world_), true};
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
            for (const auto& one : source.set->columns) {
                made.push_back(one);
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

    trouble join_all() {
        joined_.push_back(joined_row(sets_.size(), nullptr));
        for (std::size_t i = 0; i < sets_.size(); ++i) {
            std::vector<joined_row> next;
            for (const auto& left : joined_)
                if (auto bad = join_one(left, i, next)) return bad;
            joined_ = std::move(next);
        }
        return {};
    }

    trouble join_one(const joined_row& left, std::size_t i, std::vector<joined_row>& next) {
        const table_source& source = query_.sources[i];
        bool matched = false;
        look_at(left);
        for (const auto& candidate : sets_[i]->rows) {
            if (source.on) {
                here_.sources[i].current = &candidate;
                const auto yes = holds(*source.on, here_, world_);
                if (!yes) return yes.error();
                if (!*yes) continue;
            }
            matched = true;
            next.push_back(left);
            next.back()[i] = &candidate;
        }
        if (!matched && source.how == table_source::join::left) next.push_back(left);
        return {};
    }

    void look_at(const joined_row& whole) {
        for (std::size_t i = 0; i < whole.size(); ++i) here_.sources[i].current = whole[i];
    }

    trouble filter() {
        if (!query_.where) return {};
        std::vector<joined_row> kept;
        for (auto& whole : joined_) {
            look_at(whole);
            const auto yes = holds(*query_.where, here_, world_);
            if (!yes) return yes.error();
            if (*yes) kept.push_back(std::move(whole));
        }
        joined_ = std::move(kept);
        return {};
    }

    static bool has_aggregate(const expression& what) {
        if (what.what == expression::kind::aggregate) return true;
        return std::any_of(what.arguments.begin(), what.arguments.end(), has_aggregate);
    }

    trouble project() {
        const bool aggregates =
            std::any_of(query_.items.begin(), query_.items.end(), [](const auto& item) {
                return !item.star && has_aggregate(item.what);
            });
        if (!aggregates && query_.group_by.empty()) {
            for (const auto& whole : joined_) {
                look_at(whole);
                if (auto bad = project_row()) return bad;
            }
            return {};
        }
        std::vector<std::vector<joined_row>> groups;
        if (auto bad = make_groups(groups)) return bad;
        for (const auto& group : groups) {
            look_at(group.empty() ? joined_row(sets_.size(), nullptr) : group.front());
            here_.group = &group;
            if (auto bad = project_row()) return bad;
            here_.group = nullptr;
        }
        return {};
    }

    trouble make_groups(std::vector<std::vector<joined_row>>& groups) {
        if (query_.group_by.empty()) {
            groups.push_back(joined_);
            return {};
        }
        std::vector<row> keys;
        for (const auto& whole : joined_) {
            look_at(whole);
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
            // Exact numbers are calculated as floats.
            const auto& type = made_.columns[next.size()].type;
            if (type.kind == column_kind::numeric && std::holds_alternative<double>(*v))
                v = convert(*v, type);
            next.push_back(std::move(*v));
        }
        row keys;
        for (const auto& order : query_.order_by) {
            auto v = order_value(order.what, next);
            if (!v) return v.error();
            keys.push_back(std::move(*v));
        }
        made_.rows.push_back(std::move(next));
        order_keys_.push_back(std::move(keys));
        return {};
    }

    // An ordinal, a column of the result, or any expression.
    sql_result<value> order_value(const expression& what, const row& projected) {
        if (what.what == expression::kind::literal)
            if (const auto* ordinal = std::get_if<std::int64_t>(&what.constant))
                if (*ordinal >= 1 && *ordinal <= static_cast<std::int64_t>(projected.size()))
                    return projected[static_cast<std::size_t>(*ordinal) - 1];
        if (what.what == expression::kind::name && what.parts.size() == 1)
            for (std::size_t i = 0; i < made_.columns.size(); ++i)
                if (same_name(made_.columns[i].name, what.parts.front())) return projected[i];
        return evaluate(what, here_, world_);
    }

    trouble unite() {
        if (!query_.union_all) return {};
        auto more = run_query(*query_.union_all, here_.outer, world_);
        if (!more) return more.error();
        if (more->columns.size() != made_.columns.size())
            return sql_error{205,
                             "All queries combined using a UNION, INTERSECT or EXCEPT operator "
                             "must have an equal number of expressions in their target lists.",
                             16,
                             1,
                             sql_error::reach::scope,
                             0,
                             {}};
        for (auto& one : more->rows) {
            order_keys_.emplace_back();
            made_.rows.push_back(std::move(one));
        }
        return {};
    }

    bool before(std::size_t a, std::size_t b) const {
        for (std::size_t i = 0; i < query_.order_by.size(); ++i) {
            const value& x = order_keys_[a].at(i);
            const value& y = order_keys_[b].at(i);
            int order = 0;  // nulls come first
            if (is_null(x) || is_null(y))
                order = int{is_null(y)} - int{is_null(x)};
            else
                order = compare(x, y).value_or(0);
            if (order != 0) return query_.order_by[i].descending ? order > 0 : order < 0;
        }
        return false;
    }

    void sort_rows() {
        if (query_.order_by.empty() || query_.union_all) return;
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

    void drop_duplicates() {
        std::vector<row> kept;
        for (auto& one : made_.rows)
            if (std::find(kept.begin(), kept.end(), one) == kept.end())
                kept.push_back(std::move(one));
        made_.rows = std::move(kept);
    }

    trouble cut() {
        if (!query_.top) return {};
        const auto count = evaluate(*query_.top, here_, world_);
        if (!count) return count.error();
        const auto* most = std::get_if<std::int64_t>(&*count);
        if (most != nullptr && *most >= 0 && static_cast<std::size_t>(*most) < made_.rows.size())
            made_.rows.resize(static_cast<std::size_t>(*most));
        return {};
    }

    const select_query& query_;
    environment& world_;
    const query_memory* before_;
    scope here_;
    std::vector<shared_rows> sets_;
    std::vector<joined_row> joined_;
    std::vector<const expression*> projected_;
    std::deque<expression> star_columns_;  // those among them that a star stands for
    std::vector<row> order_keys_;
    row_set made_;
};

}  // namespace

namespace {

// Notes which tables a query looks at, and whether at anything else.
class witness final : public environment {
public:
    explicit witness(environment& world) : world_(world) {}

    sql_result<value> variable(const std::string& name) override {
        tables_only = false;
        return world_.variable(name);
    }
    column_type type_of_variable(const std::string& name) override {
        same_columns = false;
        return world_.type_of_variable(name);
    }
    sql_result<value> system_variable(const std::string& name) override {
        tables_only = false;
        return world_.system_variable(name);
    }
    sql_result<value> call(const std::string& function, const row& arguments) override {
        tables_only = false;
        return world_.call(function, arguments);
    }
    // Nothing changes while a query runs.
    sql_result<shared_rows> table(const std::vector<std::string>& name) override {
        for (const auto& known : tables)
            if (*known.name == name) return known.rows;
        auto rows = world_.table(name);
        if (rows) tables.push_back({&name, *rows, {}});
        return rows;
    }

    bool tables_only = true;
    bool same_columns = true;  // those of the same tables make the same of the answer
    std::vector<seen_table> tables;

private:
    environment& world_;
};

// The columns that a query may look at, by their names alone; with a star all of them.
class mentioned_names {
public:
    explicit mentioned_names(const select_query& query) { look(query); }

    std::vector<std::size_t> among(const column_list& columns) const {
        std::vector<std::size_t> found;
        for (std::size_t i = 0; i < columns.size(); ++i)
            if (all_ || names_.contains(columns[i].name)) found.push_back(i);
        return found;
    }

private:
    void look(const select_query& query) {
        if (query.top) look(*query.top);
        for (const auto& item : query.items) {
            all_ = all_ || item.star;
            look(item.what);
        }
        for (const auto& source : query.sources) {
            if (source.derived) look(*source.derived);
            if (source.on) look(*source.on);
        }
        if (query.where) look(*query.where);
        for (const auto& part : query.group_by) look(part);
        for (const auto& order : query.order_by) look(order.what);
        if (query.union_all) look(*query.union_all);
    }

    void look(const expression& what) {
        if (what.what == expression::kind::name) names_.insert(what.parts.back());
        for (const auto& one : what.arguments) look(one);
        if (what.query) look(*what.query);
    }

    std::set<std::string_view, less_name> names_;
    bool all_ = false;  // a star
};

// In tables with the columns of before there are the same as before.
void note_mentioned(const select_query& query,
                    const query_memory* before,
                    std::vector<seen_table>& tables) {
    std::optional<mentioned_names> names;
    for (std::size_t i = 0; i < tables.size(); ++i) {
        auto& now = tables[i];
        const auto* then =
            before != nullptr && i < before->tables.size() ? &before->tables[i] : nullptr;
        if (then != nullptr && now.rows->columns.is_same_as(then->rows->columns)) {
            now.mentioned = then->mentioned;
            continue;
        }
        if (!names) names.emplace(query);
        now.mentioned = names->among(now.rows->columns);
    }
}

bool looks_the_same(const seen_table& before, const row_set& now) {
    const row_set& then = *before.rows;
    if (&now == &then) return true;
    if (!now.columns.is_same_as(then.columns) || now.rows.size() != then.rows.size()) return false;
    for (std::size_t i = 0; i < now.rows.size(); ++i)
        for (const std::size_t at : before.mentioned)
            if (now.rows[i][at] != then.rows[i][at]) return false;
    return true;
}

bool is_current(query_memory& memory, environment& world) {
    return memory.repeatable &&
           std::all_of(memory.tables.begin(), memory.tables.end(), [&](auto& one) {
               auto rows = world.table(*one.name);
               if (!rows || !looks_the_same(one, **rows)) return false;
               one.rows = std::move(*rows);
               return true;
           });
}

}  // namespace

sql_result<row_set> run_query(const select_query& query, const scope* outer, environment& world) {
    const bool inner = outer != nullptr && (outer->outer != nullptr || !outer->sources.empty());
    if (inner) return query_run{query, outer, world}.run();
    if (query.memory && is_current(*query.memory, world)) return query.memory->answer;
    witness seen{world};
    query_run once{query, outer, seen, query.memory.get()};
    auto made = once.run();
    const auto before = std::move(query.memory);
    if (!made || !seen.same_columns) return made;
    note_mentioned(query, before.get(), seen.tables);
    query.memory = std::make_shared<query_memory>(
        query_memory{std::move(seen.tables), once.columns_of_sources(), *made, seen.tables_only});
    return made;
}

}  // namespace ha::mssqlsim
