// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/messages.hpp"
#include "test/mssqlsim/model/records.hpp"

#include <optional>
#include <string>
#include <string_view>

// Records and peer messages as bytes, for a disk and a wire. The first byte is the format's
// version; framing and checksums are the caller's.

namespace ha::mssqlsim {

std::string encode(const log_record& what);
std::string encode(const peer_message& what);

// Nothing when the bytes are not what encode makes.
std::optional<log_record> decode_record(std::string_view bytes);
std::optional<peer_message> decode_message(std::string_view bytes);

}  // namespace ha::mssqlsim
