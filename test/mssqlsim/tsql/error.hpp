// SPDX-License-Identifier: MIT
#pragma once

#include <tl/expected.hpp>

#include <cstdint>
#include <memory>
#include <string>

// An error as SQL Server numbers it, and how far it reaches.

namespace ha::mssqlsim {

struct sql_error {
    enum class reach : std::uint8_t {
        statement,  // the batch goes on with the next statement
        told,       // likewise, and whatever SET XACT_ABORT says: by RAISERROR
        batch,      // the batch ends
        scope,      // the batch ends and its TRY does not catch it (what does not compile)
        session,    // the connection ends
    };
    std::int32_t number = 0;
    std::string text;
    std::uint8_t severity = 16;
    std::uint8_t state = 1;
    reach how_far = reach::statement;
    std::int32_t line = 0;  // 0: of the statement that runs
    std::string procedure;
    std::shared_ptr<const sql_error> next = nullptr;  // said after it; a note if it is mild
};

template <class T>
using sql_result = tl::expected<T, sql_error>;

inline tl::unexpected<sql_error> sql_failure(std::int32_t number,
                                             std::string text,
                                             std::uint8_t severity = 16,
                                             std::uint8_t state = 1) {
    return tl::unexpected(sql_error{.number = number,
                                    .text = std::move(text),
                                    .severity = severity,
                                    .state = state,
                                    .how_far = sql_error::reach::statement,
                                    .line = 0,
                                    .procedure = {}});
}

// Both are said; a TRY catches the last that is no note.
inline sql_error followed_by(sql_error first, sql_error next) {
    first.next = std::make_shared<const sql_error>(std::move(next));
    return first;
}

inline sql_error reaching(sql_error what, sql_error::reach how_far) {
    what.how_far = how_far;
    return what;
}

}  // namespace ha::mssqlsim
