// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>

// The tables that `numbered` looks into. Each is in the order of its numbers; {} is a parameter.

namespace ha::mssqlsim {

struct error_text {
    std::int32_t number;
    std::uint8_t severity;
    const char* text;
};

std::span<const error_text> texts_of_server();
std::span<const error_text> texts_of_definition();
std::span<const error_text> texts_of_role();
std::span<const error_text> texts_of_kind();

}  // namespace ha::mssqlsim
