// SPDX-License-Identifier: MIT
#pragma once

#include "common/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// LOGIN7 ([MS-TDS] 2.2.6.4): who wants in, and with which wishes.

namespace ha::mssqlsim::tds {

struct login_feature {
    std::uint8_t id = 0;
    std::string data;
    bool operator==(const login_feature&) const = default;
};

inline constexpr std::uint8_t feature_session_recovery = 0x01;
inline constexpr std::uint8_t feature_utf8_support = 0x0A;

struct login_request {
    std::uint32_t tds_version = 0;
    std::uint32_t packet_size = 0;  // 0: the server may choose
    std::string host;
    std::string user;
    std::string password;
    std::string application;
    std::string server;
    std::string library;
    std::string language;
    std::string database;
    bool read_only_intent = false;
    bool integrated = false;  // asks for Windows authentication, which the double does not have
    bool changes_password = false;
    std::vector<login_feature> features;
    bool operator==(const login_request&) const = default;
};

// Errors: malformed; refused for TDS versions before 7.2, whose requests look different.
result<login_request> parse_login(std::string_view body);

}  // namespace ha::mssqlsim::tds
