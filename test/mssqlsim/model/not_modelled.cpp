// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/not_modelled.hpp"

#include "test/mssqlsim/tsql/token_reader.hpp"

// assumption: numbers and words are those that Azure SQL Database has for what it lacks; SQL Server
// lists them, and raises neither for what is refused here.

namespace ha::mssqlsim {

sql_error option_not_modelled(const std::string& option) {
    return error_of(40517,
                    "Keyword or statement option '" + option +
                        "' is not supported in this version of SQL Server.");
}

sql_error statement_not_modelled(const std::string& statement) {
    return reaching(lacks_statement(statement, 0), sql_error::reach::statement);
}

std::optional<sql_error> refuses_second_database(const session_state& session,
                                                 const std::string& database) {
    const auto& open = session.transaction;
    if (open.changes.empty() || same_name(open.database, database)) return {};
    return statement_not_modelled("a transaction in two databases");
}

}  // namespace ha::mssqlsim
