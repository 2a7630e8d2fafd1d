// SPDX-License-Identifier: MIT
#pragma once

#include "common/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

// Where an endpoint of an availability group is: "TCP://host:port". Names are looked up in a file,
// so that many instances live on one machine under addresses of their own.

namespace ha::mssqlsim {

struct endpoint_address {
    std::string host;
    std::uint16_t port = 0;
    bool operator==(const endpoint_address&) const = default;
};

result<endpoint_address> parse_endpoint_url(std::string_view url);

// The IP literal itself, or what `hosts` says of the name, in the form of /etc/hosts (address, then
// names, '#' for comments; the first line that names it counts). Errors: not_found.
result<std::string> look_up_host(const std::string& host, std::string_view hosts);

}  // namespace ha::mssqlsim
