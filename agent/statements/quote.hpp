// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// How values get into T-SQL text. DDL takes no parameters, so everything that comes from outside
// goes through these functions and nothing else.

namespace ha::agent::sql {

// [name], closing brackets doubled.
std::string quote_name(std::string_view name);

// N'text', apostrophes doubled.
std::string quote_string(std::string_view text);

// 0x0A1B...
std::string quote_binary(const std::vector<std::uint8_t>& bytes);

// What T-SQL takes as a name: 1 to `longest` characters, valid UTF-8, no control characters. Every
// name from a manifest is asked this once, before a statement is made of it.
bool is_usable_name(std::string_view name, std::size_t longest = 128);

// 8-4-4-4-12 hexadecimal digits.
bool is_guid(std::string_view text);

// TCP://host:port, as ENDPOINT_URL wants it.
bool is_endpoint_url(std::string_view text);

std::string to_hex(const std::vector<std::uint8_t>& bytes);

// Empty when the text is not an even number of hexadecimal digits.
std::vector<std::uint8_t> from_hex(std::string_view text);

}  // namespace ha::agent::sql
