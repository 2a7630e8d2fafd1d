// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/tsql/tree.hpp"

#include <cstdint>
#include <optional>

// What the end of a statement says of it: the number of its command, and whether it has one at all.

namespace ha::mssqlsim {

// CurCmd of DONE, DONEPROC and DONEINPROC. [MS-TDS] names none of them; they were measured.
namespace completion {

inline constexpr std::uint16_t option_on = 185;
inline constexpr std::uint16_t option_off = 186;
inline constexpr std::uint16_t condition = 192;  // IF and WHILE, each time; and WAITFOR
inline constexpr std::uint16_t select = 193;     // and DECLARE and SET that give a value
inline constexpr std::uint16_t insert = 195;
inline constexpr std::uint16_t erase = 196;
inline constexpr std::uint16_t update = 197;
inline constexpr std::uint16_t create_table = 198;
inline constexpr std::uint16_t drop_table = 199;
inline constexpr std::uint16_t create_index = 200;
inline constexpr std::uint16_t drop_index = 201;
inline constexpr std::uint16_t jump = 202;  // BREAK and CONTINUE
inline constexpr std::uint16_t rollback = 210;
inline constexpr std::uint16_t begin_transaction = 212;
inline constexpr std::uint16_t alter_table = 216;
inline constexpr std::uint16_t leave = 219;  // RETURN
inline constexpr std::uint16_t call = 224;
inline constexpr std::uint16_t truncate_table = 234;
inline constexpr std::uint16_t cancelled_attempt = 243;  // a batch given up within a TRY
inline constexpr std::uint16_t raise = 246;              // RAISERROR and THROW
inline constexpr std::uint16_t print = 247;
inline constexpr std::uint16_t no_command = 253;
inline constexpr std::uint16_t enter_try = 349;
inline constexpr std::uint16_t enter_catch = 350;
inline constexpr std::uint16_t leave_handler = 351;  // the normal end of a TRY or a CATCH

}  // namespace completion

std::uint16_t command_of(const statement& what);

// Rows that the end of a statement counts that failed and was caught: nothing, or none at all.
std::optional<std::int64_t> rows_of_caught(std::uint16_t command);

}  // namespace ha::mssqlsim
