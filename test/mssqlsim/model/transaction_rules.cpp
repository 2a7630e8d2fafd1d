// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/transaction_rules.hpp"

#include "test/mssqlsim/model/engine.hpp"

namespace ha::mssqlsim {

bool writes(const statement& what) {
    return std::visit(overloaded{[](const insert_statement&) { return true; },
                                 [](const update_statement&) { return true; },
                                 [](const delete_statement&) { return true; },
                                 [](const create_table_statement&) { return true; },
                                 [](const drop_table_statement&) { return true; },
                                 [](const alter_table_statement&) { return true; },
                                 [](const truncate_statement&) { return true; },
                                 [](const auto&) { return false; }},
                      what.what);
}

bool begins_transaction(const statement& what) {
    if (const auto* one = std::get_if<transaction_statement>(&what.what))
        return one->what == transaction_statement::kind::begin;
    if (const auto* one = std::get_if<select_statement>(&what.what))
        return !one->query.sources.empty();
    if (const auto* one = std::get_if<cursor_statement>(&what.what))
        return one->what == cursor_statement::kind::open;
    if (std::holds_alternative<fetch_statement>(what.what)) return true;
    if (const auto* one = std::get_if<definition_statement>(&what.what)) {
        const std::string verb = one->verb.substr(0, one->verb.find(' '));
        return verb == "CREATE" || verb == "DROP" || verb == "GRANT" || verb == "REVOKE";
    }
    return writes(what);
}

bool is_thrown(const sql_error& what) {
    return what.number >= 50000;
}

sql_error mismatch(std::int64_t before, std::int64_t now) {
    return reaching(
        error_of(266,
                 "Transaction count after EXECUTE indicates a mismatching number of "
                 "BEGIN and COMMIT statements. Previous count = " +
                     std::to_string(before) + ", current count = " + std::to_string(now) + ".",
                 16,
                 2),
        sql_error::reach::told);
}

sql_error uncommittable() {
    return error_of(3998,
                    "Uncommittable transaction is detected at the end of the batch. The "
                    "transaction is rolled back.");
}

}  // namespace ha::mssqlsim
