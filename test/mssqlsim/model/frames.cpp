// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/frames.hpp"

#include "test/mssqlsim/model/engine.hpp"
#include "test/mssqlsim/model/session_options.hpp"

#include <utility>

namespace ha::mssqlsim {

void enter_body(session_state& session, frame::kind what, std::shared_ptr<const statements> list) {
    frame next;
    next.what = what;
    next.list = std::move(list);
    session.frames.push_back(std::move(next));
}

void engine::start_script(session_state& session, script what, variable_scope variables) {
    session.frames.clear();
    session.calls = 0;
    session.scopes.assign(1, std::move(variables));
    enter_body(session, frame::kind::list, std::move(what));
}

void engine::push_dynamic(session_state& session, script what, variable_scope variables) {
    session.scopes.push_back(std::move(variables));
    enter_body(session, frame::kind::dynamic, std::move(what));
    session.frames.back().depth = session.transaction.depth;
    session.frames.back().outer = std::make_shared<const outer_settings>(settings_of(session));
}

sql_error thrown_error(row values) {
    if (values.size() < 3) values.resize(3);
    sql_error thrown = error_of(0, text_of(values[1]));
    const auto* number = std::get_if<std::int64_t>(values.data());
    const auto* state = std::get_if<std::int64_t>(&values[2]);
    thrown.number = number == nullptr ? 50000 : static_cast<std::int32_t>(*number);
    thrown.state = state == nullptr ? std::uint8_t{1} : static_cast<std::uint8_t>(*state);
    if (thrown.number >= 50000) return thrown;
    return error_of(35100,
                    "Error number " + std::to_string(thrown.number) +
                        " in the THROW statement is outside the valid range. Specify an error "
                        "number in the valid range of 50000 to 2147483647.",
                    16,
                    10);
}

sql_error nothing_to_rethrow() {
    return {10704,
            "To rethrow an error, a THROW statement must be used inside a CATCH block. Insert the "
            "THROW statement inside a CATCH block, or add error parameters to the THROW statement.",
            15,
            1,
            sql_error::reach::scope,
            0,
            {}};
}

}  // namespace ha::mssqlsim
