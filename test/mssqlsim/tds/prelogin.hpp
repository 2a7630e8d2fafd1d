// SPDX-License-Identifier: MIT
#pragma once

#include "common/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// PRELOGIN ([MS-TDS] 2.2.6.5): the two sides tell their versions and agree on encryption.

namespace ha::mssqlsim::tds {

enum class encryption : std::uint8_t { off = 0, on = 1, not_supported = 2, required = 3 };

struct prelogin {
    encryption wanted = encryption::not_supported;
    bool multiple_active_results = false;
    std::optional<std::uint8_t> federated_authentication;  // must be echoed if it was sent
    bool operator==(const prelogin&) const = default;
};

result<prelogin> parse_prelogin(std::string_view body);

enum class protection {
    none,        // no TLS at all
    login_only,  // TLS up to and including LOGIN7, clear after it
    everything,
    impossible,  // the two cannot agree: answer, then close
};

struct agreement {
    encryption answer{};
    protection outcome{};
    bool operator==(const agreement&) const = default;
};

// The table of [MS-TDS] 2.2.6.5.
agreement agree(encryption client, encryption server);

struct server_version {
    std::uint8_t major = 16;
    std::uint8_t minor = 0;
    std::uint16_t build = 4135;
};

// The body of the server's answer, which goes out as a message of type response.
std::string prelogin_answer(const prelogin& asked, encryption answer, server_version version);

}  // namespace ha::mssqlsim::tds
