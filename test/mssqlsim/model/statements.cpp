// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/cursor_statements.hpp"
#include "test/mssqlsim/model/raised.hpp"
#include "test/mssqlsim/model/row_order.hpp"
#include "test/mssqlsim/model/session_environment.hpp"
#include "test/mssqlsim/model/session_options.hpp"
#include "test/mssqlsim/model/session_tables.hpp"
#include "test/mssqlsim/tsql/calendar.hpp"
#include "test/mssqlsim/tsql/variant.hpp"

#include <algorithm>
#include <set>

// Statements that are neither control flow nor definitions nor changes of rows.

namespace ha::mssqlsim {

namespace {

statement_end silent_end() {
    statement_end made;
    made.silent = true;
    return made;
}

statement_end end_with(std::int64_t rows) {
    statement_end made;
    made.rows = rows;
    return made;
}

class plain_statements {
public:
    plain_statements(engine& owner, session_state& session)
        : owner_(owner), session_(session), world_(owner, session) {}

    progress run(const declare_statement& one) {
        bool gives = false;
        for (const auto& variable : one.variables) {
            if (variable.table) {
                if (auto bad = owner_.declare_table(session_, variable.name, *variable.table))
                    return failed_with(*bad);
                continue;
            }
            if (variable.is_cursor) {
                declare_cursor_variable(session_, variable.name);
                continue;
            }
            auto& scope = session_.scopes.back();
            typed_value slot{variable.type, {}};
            if (variable.initial) {
                auto v = converted(*variable.initial, variable.type);
                if (!v) return failed_with(v.error());
                slot.contents = std::move(*v);
                gives = true;
            }
            scope[lower(variable.name)] = std::move(slot);
        }
        return gives ? end_with(1) : silent_end();
    }

    progress run(const set_statement& one) {
        if (auto* cursor = find_cursor(session_, one.variable, false))
            return cursor_statements{owner_, session_}.assign(*cursor, one.what);
        const auto wanted = world_.type_of_variable(one.variable);
        if (auto bad = assign(one.variable, evaluated_for(one.what, {}, world_, wanted)))
            return failed_with(*bad);
        return end_with(1);
    }

    progress run(const session_option& one) {
        if (one.names.front() == "IDENTITY_INSERT") return identity_insert(one);
        if (auto bad = set_option(session_, one, world_)) return failed_with(*bad);
        if (one.names.front() == "LANGUAGE")
            owner_.say(session_,
                       {5703, 1, 0, "Changed language setting to us_english.", {}, session_.line});
        // What is said when the text is parsed has no end of its own.
        static const std::set<std::string> of_parser{
            "QUOTED_IDENTIFIER", "PARSEONLY", "FIPS_FLAGGER", "OFFSETS"};
        const bool runs = std::any_of(one.names.begin(), one.names.end(), [](const auto& name) {
            return !of_parser.contains(name);
        });
        return runs ? statement_end{} : silent_end();
    }

    progress run(const print_statement& one) {
        const auto v = evaluate(one.what, {}, world_);
        if (!v) return failed_with(v.error());
        owner_.say(session_, {0, 1, 0, text_of(*v), {}, session_.line});
        return statement_end{};
    }

    progress run(const raise_statement& one) {
        row values;
        for (const auto& argument : one.arguments) {
            auto v = evaluate(argument, {}, world_);
            if (!v) return failed_with(v.error());
            values.push_back(std::move(*v));
        }
        if (values.size() < 3)
            return failed_with(error_of(102, "Incorrect syntax near 'RAISERROR'.", 15));
        sql_error raised = raised_error(one, values);
        if (raised.severity > 18 && !owner_.is_administrator(session_))
            return failed_with(needs_log());
        if (one.logs && raised.number >= 50000) {
            owner_.errorlog("Error: " + std::to_string(raised.number) +
                            ", Severity: " + std::to_string(raised.severity) +
                            ", State: " + std::to_string(raised.state) + ".");
            owner_.errorlog(raised.text);
        }
        const bool is_own = raised.number >= 50000 && raised.how_far == sql_error::reach::statement;
        if (is_own) raised.how_far = sql_error::reach::told;
        if (raised.severity > 10) return failed_with(raised);
        owner_.say(session_,
                   {raised.number, raised.state, raised.severity, raised.text, {}, session_.line});
        statement_end made;
        if (one.sets_error) made.error_number = raised.number;
        return made;
    }

    progress run(const select_statement& one) {
        const bool assigns = !one.query.items.empty() && !one.query.items.front().variable.empty();
        std::optional<row_set> before;
        session_.left_out_null = false;
        auto rows = run_query(one.query, nullptr, world_, &before);
        if (!rows && before && session_.settings.only_describes) rows = std::move(*before);
        if (!rows) return half_told(one.query, rows.error(), assigns ? std::nullopt : before);
        keep_to_limits(session_, *rows);
        const auto count = static_cast<std::int64_t>(rows->rows.size());
        if (assigns) {
            if (auto bad = assign_rows(one.query.items, *rows)) return failed_with(*bad);
            warn_of_nulls();
            return end_with(count);
        }
        if (!one.query.into.empty())
            return owner_.select_into(session_, one.query.into, std::move(*rows));
        auto order = order_of(one.query, rows->columns);
        owner_.emit(result_rows{
            session_.number, std::move(rows->columns), std::move(rows->rows), std::move(order)});
        warn_of_nulls();
        statement_end made = end_with(count);
        made.told_rows = true;
        return made;
    }

    progress run(const use_statement& one) {
        if (const std::string name = name_of_database(one.database); !name.empty()) {
            if (owner_.database(name) != nullptr)
                if (auto refused = owner_.refuses_entry(session_, name, false))
                    return failed_with(*refused);
            owner_.emit(environment_change{
                session_.number, environment_change::kind::database, name, session_.database, 0});
            owner_.say(
                session_,
                {5701, 2, 0, "Changed database context to '" + name + "'.", {}, session_.line});
            session_.database = name;
            return statement_end{};
        }
        return failed_with(
            error_of(911,
                     "Database '" + one.database +
                         "' does not exist. Make sure that the name is entered correctly.",
                     16));
    }

    progress run(const wait_statement& one) {
        const auto v = evaluate(one.delay, {}, world_);
        if (!v) return failed_with(v.error());
        const auto delay = parse_delay(text_of(*v));
        if (!delay)
            return failed_with(error_of(
                148,
                "Incorrect time syntax in time string '" + text_of(*v) + "' used with WAITFOR.",
                15));
        const instant due = owner_.now_ + duration{*delay};
        return statement_wait{[due](instant now) -> std::optional<statement_end> {
                                  if (now < due) return {};
                                  return statement_end{};
                              },
                              due};
    }

    progress run(const execute_statement& one) {
        std::vector<parameter> parameters;
        for (const auto& argument : one.arguments) {
            auto v = evaluate(argument.what, {}, world_);
            if (!v) return failed_with(v.error());
            parameters.push_back({argument.name,
                                  describe(argument.what, {}, world_),
                                  std::move(*v),
                                  argument.output,
                                  argument.output ? argument.what.text : std::string{}});
        }
        if (!one.procedure.empty())
            return owner_.call_procedure(session_, one.procedure, parameters);
        auto parsed = owner_.scripts_.parse(text_of(parameters.front().contents),
                                            session_.settings.quoted_identifiers);
        if (!parsed) return failed_with(parsed.error());
        owner_.push_dynamic(session_, *parsed, {});
        return silent_end();
    }

private:
    void warn_of_nulls() {
        if (!session_.left_out_null || !session_.warns) return;
        const std::string words =
            "Warning: Null value is eliminated by an aggregate or other SET operation.";
        owner_.say(session_, {8153, 1, 0, words, {}, session_.line});
    }

    // As it is written; also of one that the session does not see.
    std::string name_of_database(const std::string& wanted) const {
        const auto known = owner_.view(session_, "databases");
        for (const auto& each : known->rows)
            if (same_name(text_of(each[0]), wanted)) return text_of(each[0]);
        const auto* hidden = owner_.database(wanted);
        return hidden == nullptr ? std::string{} : hidden->about.name;
    }

    progress identity_insert(const session_option& one) {
        const std::string database = database_of(session_, one.table);
        const std::string& name = one.table.back();
        const auto about =
            name.starts_with("#") ? std::nullopt : owner_.table_of(session_, database, name);
        const bool is_temporary = is_session_table(name) || is_global_table(name);
        const bool found = about || find_session_table(session_, name) != nullptr ||
                           owner_.global_tables_.find(session_, name) != nullptr;
        if (!found)
            return failed_with(
                error_of(1088,
                         "Cannot find the object \"" + name +
                             "\" because it does not exist or you do not have permissions.",
                         16,
                         11));
        const std::vector<std::string> wanted{is_temporary ? "tempdb" : database, name};
        auto& present = session_.identity_insert;
        const bool is_same = present.size() == 2 && same_name(present[0], wanted[0]) &&
                             same_name(present[1], wanted[1]);
        if (one.setting == "OFF" && is_same) present.clear();
        if (one.setting != "ON") return statement_end{};
        if (!present.empty() && !is_same)
            return failed_with(error_of(
                8107,
                "IDENTITY_INSERT is already ON for table '" + present[0] + ".dbo." + present[1] +
                    "'. Cannot perform SET operation for table '" + name + "'."));
        present = wanted;
        return statement_end{};
    }

    // What was told before the error stands.
    progress half_told(const select_query& query,
                       const sql_error& what,
                       std::optional<row_set> before) {
        auto end = failed_with(what);
        if (!before || !query.into.empty()) return end;
        end.rows = static_cast<std::int64_t>(before->rows.size());
        end.told_rows = true;
        owner_.emit(
            result_rows{session_.number, std::move(before->columns), std::move(before->rows)});
        return end;
    }

    sql_result<value> converted(const expression& what, const column_type& type) {
        const auto v = evaluated_for(what, {}, world_, type);
        if (!v) return v;
        return convert(*v, type);
    }

    // The last row counts; with += each does.
    std::optional<sql_error> assign_rows(const std::vector<select_item>& items,
                                         const row_set& set) {
        const auto& rows = set.rows;
        for (std::size_t i = 0; i < items.size(); ++i) {
            const bool each = !items[i].adds.empty();
            for (std::size_t at = each || rows.empty() ? 0 : rows.size() - 1; at < rows.size();
                 ++at) {
                expression what;
                const auto wanted = world_.type_of_variable(items[i].variable);
                what.constant = wanted.kind == column_kind::variant
                                    ? as_variant(rows[at][i], set.columns[i].type)
                                    : rows[at][i];
                if (each) {
                    expression before;
                    before.what = expression::kind::variable;
                    before.text = items[i].variable;
                    what = operation_of(items[i].adds, std::move(before), std::move(what));
                }
                if (auto bad = assign(items[i].variable, evaluate(what, {}, world_))) return bad;
            }
        }
        return {};
    }

    std::optional<sql_error> assign(const std::string& name, const sql_result<value>& v) {
        if (!v) return v.error();
        auto& scope = session_.scopes.back();
        const auto at = scope.find(lower(name));
        if (at == scope.end())
            return sql_error{137,
                             "Must declare the scalar variable \"" + name + "\".",
                             15,
                             1,
                             sql_error::reach::scope,
                             0,
                             {}};
        auto made = convert(*v, at->second.type);
        if (!made) return made.error();
        at->second.contents = std::move(*made);
        return {};
    }

    engine& owner_;
    session_state& session_;
    session_environment world_;
};

}  // namespace

progress engine::until_hardened(log_position position, statement_end end) {
    if (is_hardened(position)) return end;
    return statement_wait{[this, position, end](instant) -> std::optional<statement_end> {
        if (!is_hardened(position)) return {};
        return end;
    }};
}

progress engine::until_done(std::function<std::optional<progress>()> tries) {
    if (auto made = tries()) return *made;
    const auto then = std::make_shared<std::optional<statement_wait>>();
    return statement_wait{
        [tries = std::move(tries), then](instant now) -> std::optional<statement_end> {
            if (!*then) {
                auto made = tries();
                if (!made) return {};
                if (auto* end = std::get_if<statement_end>(&*made)) return *end;
                *then = std::get<statement_wait>(*made);
            }
            return (*then)->poll(now);
        }};
}

progress engine::execute(session_state& session, const statement& what) {
    plain_statements plain{*this, session};
    cursor_statements cursors{*this, session};
    if (!std::holds_alternative<select_statement>(what.what)) ++change_;
    progress made = std::visit(
        overloaded{
            [&](const declare_statement& one) { return plain.run(one); },
            [&](const set_statement& one) { return plain.run(one); },
            [&](const session_option& one) { return plain.run(one); },
            [&](const print_statement& one) { return plain.run(one); },
            [&](const raise_statement& one) { return plain.run(one); },
            [&](const execute_statement& one) { return plain.run(one); },
            [&](const select_statement& one) { return plain.run(one); },
            [&](const declare_cursor_statement& one) { return cursors.run(one); },
            [&](const cursor_statement& one) { return cursors.run(one); },
            [&](const fetch_statement& one) { return cursors.run(one); },
            [&](const use_statement& one) { return plain.run(one); },
            [&](const wait_statement& one) { return plain.run(one); },
            [&](const insert_statement& one) { return insert(session, one); },
            [&](const update_statement& one) { return update(session, one); },
            [&](const delete_statement& one) { return erase(session, one); },
            [&](const create_table_statement& one) { return create_table(session, one); },
            [&](const drop_table_statement& one) { return drop_table(session, one); },
            [&](const alter_table_statement& one) { return alter_table(session, one); },
            [&](const truncate_statement& one) { return truncate(session, one); },
            [&](const transaction_statement& one) { return transaction(session, one); },
            [&](const definition_statement& one) { return define(session, one); },
            [](const auto&) -> progress { return statement_end{}; },
        },
        what.what);
    if (!std::holds_alternative<select_statement>(what.what)) ++change_;
    return made;
}

}  // namespace ha::mssqlsim
