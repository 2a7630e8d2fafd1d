// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/completion.hpp"

#include "test/mssqlsim/model/engine.hpp"

namespace ha::mssqlsim {

std::uint16_t command_of(const statement& what) {
    namespace is = completion;
    using transaction = transaction_statement::kind;
    return std::visit(
        overloaded{
            [](const session_option& one) {
                return one.setting == "OFF" ? is::option_off : is::option_on;
            },
            [](const if_statement&) { return is::condition; },
            [](const while_statement&) { return is::condition; },
            [](const wait_statement&) { return is::condition; },
            [](const declare_statement&) { return is::select; },
            [](const set_statement&) { return is::select; },
            [](const select_statement&) { return is::select; },
            [](const insert_statement&) { return is::insert; },
            [](const delete_statement&) { return is::erase; },
            [](const update_statement&) { return is::update; },
            [](const create_table_statement&) { return is::create_table; },
            [](const drop_table_statement&) { return is::drop_table; },
            [](const truncate_statement&) { return is::truncate_table; },
            [](const alter_table_statement& one) {
                using kind = alter_table_statement::kind;
                if (one.what == kind::create_index) return is::create_index;
                return one.what == kind::drop_index ? is::drop_index : is::alter_table;
            },
            [](const transaction_statement& one) {
                if (one.what == transaction::begin) return is::begin_transaction;
                return one.what == transaction::rollback ? is::rollback : is::no_command;
            },
            [](const execute_statement&) { return is::call; },
            [](const throw_statement&) { return is::raise; },
            [](const raise_statement&) { return is::raise; },
            [](const print_statement&) { return is::print; },
            [](const auto&) { return is::no_command; },
        },
        what.what);
}

std::optional<std::int64_t> rows_of_caught(std::uint16_t command) {
    namespace is = completion;
    const bool counts = command == is::select || command == is::insert || command == is::erase ||
                        command == is::update;
    return counts ? std::optional<std::int64_t>{0} : std::nullopt;
}

}  // namespace ha::mssqlsim
