// SPDX-License-Identifier: MIT
#include "test/mssqlsim/server/endpoint_url.hpp"

#include "test/mssqlsim/tsql/value.hpp"

#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <sstream>

namespace ha::mssqlsim {

namespace {

bool is_address(const std::string& host) {
    std::array<unsigned char, 16> ignored{};
    return ::inet_pton(AF_INET, host.c_str(), ignored.data()) == 1 ||
           ::inet_pton(AF_INET6, host.c_str(), ignored.data()) == 1;
}

}  // namespace

result<endpoint_address> parse_endpoint_url(std::string_view url) {
    auto bad = [&url] {
        return failure(errc::malformed, "not of the form TCP://host:port: " + std::string(url));
    };
    constexpr std::string_view scheme = "tcp://";
    if (!same_name(url.substr(0, scheme.size()), scheme)) return bad();
    auto rest = url.substr(scheme.size());
    auto colon = rest.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return bad();
    endpoint_address out;
    out.host = std::string(rest.substr(0, colon));
    if (out.host.front() == '[' && out.host.back() == ']')
        out.host = out.host.substr(1, out.host.size() - 2);
    auto port = rest.substr(colon + 1);
    auto end = port.data() + port.size();
    auto parsed = std::from_chars(port.data(), end, out.port);
    if (parsed.ec != std::errc{} || parsed.ptr != end || out.port == 0) return bad();
    return out;
}

result<std::string> look_up_host(const std::string& host, std::string_view hosts) {
    if (is_address(host)) return host;
    std::istringstream lines{std::string(hosts)};
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line.substr(0, line.find('#')));
        std::string address;
        words >> address;
        for (std::string name; words >> name;)
            if (same_name(name, host)) return address;
    }
    return failure(errc::not_found, "no such host is known: " + host);
}

}  // namespace ha::mssqlsim
