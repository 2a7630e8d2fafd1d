// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/procedure_answers.hpp"

#include "test/mssqlsim/model/completion.hpp"

namespace ha::mssqlsim {

sql_error lacks_parameter(const std::string& procedure, const std::string& parameter) {
    return error_of(201,
                    "Procedure or function '" + procedure + "' expects parameter '" + parameter +
                        "', which was not supplied.",
                    16,
                    4);
}

statement_end answered(engine& owner, const session_state& session, const shared_rows& rows) {
    owner.emit(result_rows{session.number, rows->columns, rows->rows});
    statement_end made;
    made.rows = static_cast<std::int64_t>(rows->rows.size());
    made.command = completion::select;
    made.told_rows = true;
    return made;
}

}  // namespace ha::mssqlsim
