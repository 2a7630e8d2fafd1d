// SPDX-License-Identifier: MIT
#pragma once

#include "common/http/message.hpp"
#include "common/result.hpp"

#include <boost/asio/awaitable.hpp>

#include <span>
#include <string>

// What client and server share: heads as text, and bytes as text.

namespace ha::http {

// The head of a message with the blank line after it. Refuses what would end a line early.
result<std::string> head_text(const std::string& first_line, const fields& headers);

// "Not Found" for 404; empty for what has no name.
std::string_view status_words(int status);

// True for 204, 304 and 1xx, whose answers end with the head.
bool has_no_body(int status);

std::span<const std::byte> bytes_of(std::string_view text);

}  // namespace ha::http
