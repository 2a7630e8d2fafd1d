// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/tds/bytes.hpp"
#include "test/mssqlsim/tds/packet.hpp"

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

// What a client would send, written byte by byte from [MS-TDS], so that the codec is not judged by
// itself.

namespace ha::test {

namespace tds = ha::mssqlsim::tds;

std::string from_hex(std::string_view hex);  // blanks are skipped
std::string to_hex(std::string_view bytes);

std::string packet(tds::message_type type, std::string_view body, std::uint8_t status = 0x01);

std::string prelogin_body(std::uint8_t encryption);

struct login_texts {
    std::string host = "client";
    std::string user = "sa";
    std::string password = "Passw0rd!";
    std::string application = "unit";
    std::string database = "master";
};
std::string login_body(const login_texts& texts, bool read_only = false);

std::string headers(std::uint64_t transaction = 0);
std::string batch_body(std::string_view text, std::uint64_t transaction = 0);

// sp_executesql by number with two nvarchar parameters and then whatever is given.
std::string executesql_body(std::string_view text, std::string_view more_parameters);

}  // namespace ha::test
