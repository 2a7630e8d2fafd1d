// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/first_answer.hpp"

#include "test/mssqlsim/model/completion.hpp"
#include "test/mssqlsim/model/global_tables.hpp"
#include "test/mssqlsim/model/looking_environment.hpp"
#include "test/mssqlsim/model/not_modelled.hpp"
#include "test/mssqlsim/model/row_order.hpp"
#include "test/mssqlsim/model/session_tables.hpp"

#include <algorithm>

namespace ha::mssqlsim {

namespace {

class answer_finder {
public:
    answer_finder(engine& owner, session_state& session) : world_(owner, session) {}

    void declare(const std::string& name, const column_type& type) { world_.declare(name, type); }

    using result = sql_result<std::optional<first_answer>>;

    result look_at(const statements& all) {
        for (const auto& one : all) {
            auto made = std::visit([this](const auto& what) { return look(what); }, one.what);
            if (!made || *made) return made;
        }
        return nothing();
    }

private:
    static result nothing() { return std::optional<first_answer>{}; }

    result look(const declare_statement& what) {
        for (const auto& one : what.variables) {
            if (one.table)
                return tl::unexpected(
                    statement_not_modelled("a table variable in a batch that is described"));
            world_.declare(one.name, one.type);
        }
        return nothing();
    }
    result look(const select_statement& what) {
        const auto& all = what.query.items;
        const auto assigns = [](const auto& one) { return !one.variable.empty(); };
        if (!what.query.into.empty() || std::any_of(all.begin(), all.end(), assigns))
            return nothing();
        std::optional<row_set> before;
        auto rows = run_query(what.query, nullptr, world_, &before);
        if (!rows && !before) return tl::unexpected(rows.error());
        return first_answer{rows ? rows->columns : before->columns, &what.query};
    }
    result look(const block_statement& what) { return look_at(*what.body); }
    result look(const while_statement& what) { return look_at(*what.body); }
    result look(const try_statement& what) { return look_at(*what.body); }
    result look(const if_statement& what) {
        auto made = look_at(*what.then);
        if (!made || *made || !what.otherwise) return made;
        return look_at(*what.otherwise);
    }
    result look(const execute_statement&) {
        return tl::unexpected(statement_not_modelled("EXECUTE in a batch that is described"));
    }
    result look(const create_table_statement& what) {
        if (!is_session_table(what.table.back()) && !is_global_table(what.table.back()))
            return nothing();
        return tl::unexpected(
            statement_not_modelled("a temporary table in a batch that is described"));
    }
    template <class Other>
    result look(const Other&) {
        return nothing();
    }

    looking_environment world_;
};

}  // namespace

sql_result<std::optional<first_answer>> find_first_answer(
    engine& owner,
    session_state& session,
    const statements& all,
    const std::vector<variable_declaration>& declared) {
    answer_finder work{owner, session};
    for (const auto& one : declared) work.declare(one.name, one.type);
    return work.look_at(all);
}

sql_result<prepared_text> look_at_prepared(engine& owner,
                                           session_state& session,
                                           const statements& all,
                                           const std::vector<variable_declaration>& declared) {
    constexpr std::int64_t no_metadata = 8182;
    prepared_text made;
    const auto is_select = [](const statement& one) {
        return std::holds_alternative<select_statement>(one.what);
    };
    const auto selects = std::count_if(all.begin(), all.end(), is_select);
    if (selects > 1) made.status = no_metadata;
    if (all.size() != 1) return made;
    const auto command = command_of(all.front());
    const bool changes = command == completion::insert || command == completion::update ||
                         command == completion::erase;
    if (changes) made.command = command;
    if (selects == 0) return made;
    auto found = find_first_answer(owner, session, all, declared);
    // What only its rows would meet is met when it is executed.
    if (!found && found.error().how_far == sql_error::reach::scope)
        return tl::unexpected(found.error());
    if (!found || !*found) return made;
    made.command = completion::select;
    const auto& answer = **found;
    made.answer =
        result_rows{session.number, answer.columns, {}, order_of(*answer.query, answer.columns)};
    return made;
}

}  // namespace ha::mssqlsim
