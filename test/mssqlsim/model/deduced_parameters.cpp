// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/deduced_parameters.hpp"

#include "test/mssqlsim/model/global_tables.hpp"
#include "test/mssqlsim/model/looking_environment.hpp"
#include "test/mssqlsim/model/not_modelled.hpp"
#include "test/mssqlsim/model/session_tables.hpp"
#include "test/mssqlsim/model/table_catalogue.hpp"
#include "test/mssqlsim/tsql/lexer.hpp"

#include <algorithm>
#include <optional>

// The rules are documented with sp_describe_undeclared_parameters: beside = and where a value is
// assigned, inserted or cast, the type is the other side's (simple deduction); beside other
// operators it is the other side's in its widest form (general deduction).

namespace ha::mssqlsim {

namespace {

using kind = expression::kind;
using trouble = std::optional<sql_error>;

constexpr column_type whole{column_kind::integer, 4, 25, 0};
constexpr column_type big{column_kind::bigint, 8, 25, 0};

// General deduction looks at the widest type of each family alone.
column_type widest(column_type type) {
    switch (type.kind) {
        case column_kind::nvarchar:
        case column_kind::nchar: return {column_kind::nvarchar, 4000, 25, 0};
        case column_kind::varchar:
        case column_kind::character: return {column_kind::varchar, 8000, 25, 0};
        case column_kind::varbinary: return {column_kind::varbinary, 8000, 25, 0};
        case column_kind::numeric: return {column_kind::numeric, 0, 38, 19};
        case column_kind::time:
        case column_kind::datetime2:
        case column_kind::datetimeoffset: type.scale = 7; return type;
        default: return type;
    }
}

// Whole numbers in the order of their precedence; nothing for other types.
int rank_of_whole(column_kind one) {
    switch (one) {
        case column_kind::bit: return 1;
        case column_kind::tinyint: return 2;
        case column_kind::smallint: return 3;
        case column_kind::integer: return 4;
        case column_kind::bigint: return 5;
        default: return 0;
    }
}

sql_error cannot_tell(const std::string& name) {
    return error_of(11502,
                    "The type for parameter '" + name + "' cannot be deduced in this context.");
}

sql_error any_would_do(const std::string& name) {
    return error_of(11506,
                    "The parameter type for '" + name +
                        "' cannot be uniquely deduced; two possibilities are 'sql_variant' and "
                        "'xml'.");
}

sql_error both_untyped(const std::string& one, const std::string& other) {
    return error_of(11503,
                    "The parameter type cannot be deduced because a single expression contains two "
                    "untyped parameters, '" +
                        one + "' and '" + other + "'.");
}

sql_error used_twice(const std::string& name) {
    return error_of(11508,
                    "The undeclared parameter '" + name +
                        "' is used more than once in the batch being analyzed.");
}

bool is_comparison(const std::string& op) {
    return op == "=" || op == "<>" || op == "<" || op == ">" || op == "<=" || op == ">=" ||
           op == "LIKE";
}

class deducer {
public:
    deducer(engine& owner, session_state& session)
        : owner_(owner), session_(session), world_(owner, session) {}

    void declare(const std::string& name, const column_type& type) { world_.declare(name, type); }

    trouble look_at(const statements& all) {
        for (const auto& one : all)
            if (auto bad = std::visit([this](const auto& what) { return look(what); }, one.what))
                return bad;
        return {};
    }

    std::vector<deduced_parameter> found;

private:
    // --- expressions

    bool is_free(const expression& what) const {
        return what.what == kind::variable && !world_.is_declared(what.text);
    }

    // The first undeclared parameter on which the type of an expression depends, if any does.
    const expression* free_in(const expression& what) const {
        if (is_free(what)) return &what;
        if (what.what == kind::cast || what.what == kind::call || what.what == kind::aggregate ||
            what.what == kind::window)
            return nullptr;
        for (const auto& one : what.arguments)
            if (const auto* found_one = free_in(one)) return found_one;
        return nullptr;
    }

    void note(const std::string& name, const column_type& type, bool assigned = false) {
        const auto same = [&](const auto& one) { return same_name(one.name, name); };
        if (std::any_of(found.begin(), found.end(), same)) return;
        found.push_back({name, type, !assigned, assigned});
    }

    column_type type_of(const expression& what, const scope& here) {
        return describe(what, here, world_);
    }

    // `target`: what the expression becomes, where that is known.
    trouble look(const expression& what,
                 const scope& here,
                 const std::optional<column_type>& target = {}) {
        if (is_free(what)) {
            if (!target) return any_would_do(what.text);
            note(what.text, *target);
            return {};
        }
        if (what.query)
            if (auto bad = look(*what.query, &here)) return bad;
        switch (what.what) {
            case kind::operation: return operation(what, here, target);
            case kind::cast: return look(what.arguments.at(0), here, what.type);
            case kind::in_query:
            case kind::in_list: return in_list(what, here);
            case kind::between: return between(what, here);
            case kind::choice: return choice(what, here, target);
            case kind::call: return call(what, here, target);
            case kind::negate: return look(what.arguments.at(0), here, target);
            default: return each_of(what, here);
        }
    }

    trouble each_of(const expression& what, const scope& here) {
        const bool takes_any = what.what == kind::is_null;
        for (const auto& one : what.arguments) {
            if (is_free(one) && !takes_any) return cannot_tell(one.text);
            if (auto bad = look(one, here)) return bad;
        }
        return {};
    }

    trouble operation(const expression& what,
                      const scope& here,
                      const std::optional<column_type>& target) {
        const auto& left = what.arguments.at(0);
        const auto& right = what.arguments.at(1);
        if (what.text == "AND" || what.text == "OR") {
            auto bad = look(left, here);
            return bad ? bad : look(right, here);
        }
        const auto* left_free = free_in(left);
        const auto* right_free = free_in(right);
        if (left_free != nullptr && right_free != nullptr)
            return both_untyped(left_free->text, right_free->text);
        if (left_free == nullptr && right_free == nullptr) {
            auto bad = look(left, here);
            return bad ? bad : look(right, here);
        }
        const auto& open = left_free != nullptr ? left : right;
        const auto& known = left_free != nullptr ? right : left;
        if (auto bad = look(known, here)) return bad;
        const auto type = type_of(known, here);
        const bool simple = what.text == "=" || what.text == "<>";
        if (is_comparison(what.text)) return look(open, here, simple ? type : widest(type));
        return look(open, here, beside(type, target));
    }

    // Of whole numbers that one which needs no conversion, the greater if two need one.
    static column_type beside(const column_type& known, const std::optional<column_type>& target) {
        const int own = rank_of_whole(known.kind);
        if (own != 0 && target && rank_of_whole(target->kind) > own) return *target;
        return widest(known);
    }

    // Each of the list is compared with what is tested.
    trouble in_list(const expression& what, const scope& here) {
        const auto& tested = what.arguments.at(0);
        std::optional<column_type> type;
        if (free_in(tested) == nullptr) {
            type = type_of(tested, here);
        } else if (what.query) {
            const auto rows = run_query(*what.query, &here, world_);
            if (rows && !rows->columns.empty()) type = rows->columns.front().type;
        }
        for (std::size_t i = 1; !type && i < what.arguments.size(); ++i)
            if (free_in(what.arguments[i]) == nullptr) type = type_of(what.arguments[i], here);
        if (!type && what.arguments.size() > 1)
            return both_untyped(free_in(tested)->text, free_in(what.arguments[1])->text);
        for (const auto& one : what.arguments)
            if (auto bad = look(one, here, type)) return bad;
        return {};
    }

    trouble between(const expression& what, const scope& here) {
        std::optional<column_type> type;
        for (const auto& one : what.arguments)
            if (!type && free_in(one) == nullptr) type = widest(type_of(one, here));
        if (!type)
            return both_untyped(free_in(what.arguments.at(0))->text,
                                free_in(what.arguments.at(1))->text);
        for (const auto& one : what.arguments)
            if (auto bad = look(one, here, type)) return bad;
        return {};
    }

    // Conditions and results by turns, then what ELSE says.
    trouble choice(const expression& what,
                   const scope& here,
                   const std::optional<column_type>& target) {
        const auto is_result = [&](std::size_t at) {
            return at % 2 == 1 || (what.has_else && at + 1 == what.arguments.size());
        };
        std::optional<column_type> type;
        for (std::size_t i = 0; !type && i < what.arguments.size(); ++i)
            if (is_result(i) && free_in(what.arguments[i]) == nullptr)
                type = widest(type_of(what.arguments[i], here));
        if (!type) type = target;
        for (std::size_t i = 0; i < what.arguments.size(); ++i) {
            const auto& one = what.arguments[i];
            if (auto bad = is_result(i) ? look(one, here, type) : look(one, here)) return bad;
        }
        return {};
    }

    trouble call(const expression& what,
                 const scope& here,
                 const std::optional<column_type>& target) {
        std::optional<column_type> type;
        if (what.text == "ISNULL" || what.text == "COALESCE" || what.text == "NULLIF") {
            for (const auto& one : what.arguments)
                if (!type && free_in(one) == nullptr) type = widest(type_of(one, here));
            if (!type) type = target;
        }
        for (std::size_t i = 0; i < what.arguments.size(); ++i) {
            const auto& one = what.arguments[i];
            const bool counts = what.text == "DATEADD" && i == 1;
            if (is_free(one) && !type && !counts) return cannot_tell(one.text);
            if (auto bad = look(one, here, counts ? std::optional{whole} : type)) return bad;
        }
        return {};
    }

    // --- queries

    trouble look(const select_query& query, const scope* outer) {
        std::vector<shared_rows> sets;
        scope here;
        here.outer = outer;
        for (const auto& source : query.sources) {
            if (source.derived)
                if (auto bad = look(*source.derived, source.applied ? &here : outer)) return bad;
            auto rows = columns_of(source, here, outer);
            if (!rows) return rows.error();
            sets.push_back(std::move(*rows));
            here.sources.push_back(bound_source{source.alias, sets.back().get(), nullptr});
            for (const auto& one : source.arguments)
                if (auto bad = look(one, here)) return bad;
        }
        if (query.top)
            if (auto bad = look(*query.top, here, big)) return bad;
        for (const auto& item : query.items)
            if (auto bad = look(item, here)) return bad;
        for (const auto& source : query.sources)
            if (source.on)
                if (auto bad = look(*source.on, here)) return bad;
        for (const auto& one : {&query.where, &query.having})
            if (*one)
                if (auto bad = look(**one, here)) return bad;
        for (const auto& one : query.group_by)
            if (auto bad = look(one, here)) return bad;
        for (const auto& part : query.parts)
            if (auto bad = look(*part.query, outer)) return bad;
        for (const auto& one : query.order_by)
            if (is_free(one.what)) return cannot_tell(one.what.text);
        for (const auto& one : {&query.offset, &query.fetch})
            if (*one)
                if (auto bad = look(**one, here, big)) return bad;
        return {};
    }

    sql_result<shared_rows> columns_of(const table_source& source,
                                       const scope& here,
                                       const scope* outer) {
        if (!source.derived && source.arguments.empty()) return world_.table(source.name);
        if (!source.derived)
            return tl::unexpected(
                statement_not_modelled("a function in a batch that is described"));
        auto rows = run_query(*source.derived, source.applied ? &here : outer, world_);
        if (!rows) return tl::unexpected(rows.error());
        return std::make_shared<const row_set>(std::move(*rows));
    }

    trouble look(const select_item& item, const scope& here) {
        if (item.star) return {};
        if (item.variable.empty()) return look(item.what, here);
        return assign(item.variable, item.what, here);
    }

    // What is assigned has the type of what it is assigned to, or the other way round.
    trouble assign(const std::string& variable, const expression& what, const scope& here) {
        if (world_.is_declared(variable))
            return look(what, here, world_.type_of_variable(variable));
        if (const auto* other = free_in(what)) return both_untyped(variable, other->text);
        note(variable, type_of(what, here), true);
        return look(what, here);
    }

    // --- statements

    trouble look(const declare_statement& what) {
        for (const auto& one : what.variables) {
            if (one.table)
                return statement_not_modelled("a table variable in a batch that is described");
            world_.declare(one.name, one.type);
            if (one.initial)
                if (auto bad = look(*one.initial, {}, one.type)) return bad;
        }
        return {};
    }
    trouble look(const set_statement& what) { return assign(what.variable, what.what, {}); }
    trouble look(const if_statement& what) {
        if (auto bad = look(what.condition, scope{})) return bad;
        if (auto bad = look_at(*what.then)) return bad;
        return what.otherwise ? look_at(*what.otherwise) : trouble{};
    }
    trouble look(const while_statement& what) {
        if (auto bad = look(what.condition, scope{})) return bad;
        return look_at(*what.body);
    }
    trouble look(const block_statement& what) { return look_at(*what.body); }
    trouble look(const try_statement& what) {
        if (auto bad = look_at(*what.body)) return bad;
        return look_at(*what.handler);
    }
    trouble look(const select_statement& what) { return look(what.query, nullptr); }
    trouble look(const insert_statement& what) {
        const auto targets = columns_of(what);
        if (!targets) return targets.error();
        for (const auto& values : what.rows)
            for (std::size_t i = 0; i < values.size(); ++i) {
                const auto target =
                    i < targets->size() ? std::optional{(*targets)[i].type} : std::nullopt;
                if (auto bad = look(values[i], {}, target)) return bad;
            }
        return what.query ? look(*what.query, nullptr) : trouble{};
    }
    trouble look(const update_statement& what) {
        return with_table(what.table, [&](const scope& here, const row_set& rows) -> trouble {
            for (const auto& one : what.assignments) {
                const auto* column = named(rows.columns.all(), one.column);
                if (column == nullptr) return no_column(one.column);
                if (auto bad = look(one.what, here, column->type)) return bad;
            }
            return what.where ? look(*what.where, here) : trouble{};
        });
    }
    trouble look(const delete_statement& what) {
        return with_table(what.table, [&](const scope& here, const row_set&) {
            return what.where ? look(*what.where, here) : trouble{};
        });
    }
    trouble look(const execute_statement& what) {
        for (const auto& one : what.arguments)
            if (is_free(one.what)) return cannot_tell(one.what.text);
        return {};
    }
    trouble look(const print_statement& what) {
        return look(what.what, {}, column_type{column_kind::nvarchar, 4000, 25, 0});
    }
    trouble look(const create_table_statement& what) {
        if (!is_session_table(what.table.back()) && !is_global_table(what.table.back())) return {};
        return statement_not_modelled("a temporary table in a batch that is described");
    }
    // Others have no parameters that could be told of.
    template <class Other>
    trouble look(const Other&) {
        return {};
    }

    template <class Then>
    trouble with_table(const std::vector<std::string>& name, Then then) {
        const auto rows = world_.table(name);
        if (!rows) return rows.error();
        scope here;
        here.sources.push_back(bound_source{name.back(), rows->get(), nullptr});
        return then(here, **rows);
    }

    static const column* named(const std::vector<column>& all, const std::string& name) {
        const auto at = std::find_if(
            all.begin(), all.end(), [&](const auto& one) { return same_name(one.name, name); });
        return at == all.end() ? nullptr : &*at;
    }

    static sql_error no_column(const std::string& name) {
        return error_of(207, "Invalid column name '" + name + "'.");
    }

    // Those that take the values: all but the identity column, if none are named.
    sql_result<std::vector<column>> columns_of(const insert_statement& what) {
        const auto rows = world_.table(what.table);
        if (!rows) return tl::unexpected(rows.error());
        const auto& all = (*rows)->columns.all();
        std::vector<column> made;
        for (const auto& name : what.columns) {
            const auto* one = named(all, name);
            if (one == nullptr) return tl::unexpected(no_column(name));
            made.push_back(*one);
        }
        if (!what.columns.empty()) return made;
        const auto& name = what.table.back();
        const auto database = database_of(session_, what.table);
        const auto about = owner_.table_of(session_, database, name);
        for (const auto& one : all) {
            const auto* rule = about ? rule_of(*about, one.name) : nullptr;
            if (rule == nullptr || !rule->identity) made.push_back(one);
        }
        return made;
    }

    engine& owner_;
    session_state& session_;
    looking_environment world_;
};

}  // namespace

sql_error not_analyzed(sql_error why) {
    return followed_by(
        std::move(why),
        error_of(11501, "The batch could not be analyzed because of compile errors.", 16, 2));
}

sql_result<std::vector<deduced_parameter>> deduced_parameters(
    engine& owner,
    session_state& session,
    const std::string& text,
    const std::vector<variable_declaration>& declared) {
    const bool quoted = session.settings.quoted_identifiers;
    const auto parsed = parse_script(text, quoted);
    if (!parsed) return tl::unexpected(not_analyzed(parsed.error()));
    const auto tokens = tokens_of(text, quoted);
    if (!tokens) return tl::unexpected(not_analyzed(tokens.error()));
    deducer work{owner, session};
    for (const auto& one : declared) work.declare(one.name, one.type);
    const auto bad = work.look_at(**parsed);
    std::vector<deduced_parameter> made;
    for (const auto& one : *tokens) {
        if (one.what != token::kind::variable) continue;
        const auto is_it = [&](const auto& each) { return same_name(each.name, one.text); };
        if (std::any_of(made.begin(), made.end(), is_it))
            return tl::unexpected(used_twice(one.text));
        const auto at = std::find_if(work.found.begin(), work.found.end(), is_it);
        if (at != work.found.end()) made.push_back(*at);
    }
    if (!bad) return made;
    const bool of_parameters = bad->number >= 11502 && bad->number <= 11508;
    const bool not_modelled = bad->number == 40510 || bad->number == 40517;
    return tl::unexpected(of_parameters || not_modelled ? *bad : not_analyzed(*bad));
}

}  // namespace ha::mssqlsim
