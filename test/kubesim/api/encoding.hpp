// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

// Texts that stand for other things: base64 and times.

namespace ha::kubesim {

std::string base64(std::string_view bytes);
bool is_base64(std::string_view text);

// "2006-01-02T15:04:05.000000Z": UTC or with an offset, exactly six decimals.
bool is_micro_time(std::string_view text);
// "2006-01-02T15:04:05Z", with or without decimals.
bool is_time(std::string_view text);

}  // namespace ha::kubesim
