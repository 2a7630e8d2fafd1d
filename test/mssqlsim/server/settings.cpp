// SPDX-License-Identifier: MIT
#include "test/mssqlsim/server/settings.hpp"

#include "test/mssqlsim/tsql/value.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <sstream>

namespace ha::mssqlsim {

namespace {

result<void> set_number(std::uint16_t& to,
                        const std::string& name,
                        const std::string& text,
                        const std::string& kind = "port number") {
    auto end = text.data() + text.size();
    auto parsed = std::from_chars(text.data(), end, to);
    if (parsed.ec != std::errc{} || parsed.ptr != end)
        return failure(errc::malformed, name + " is no " + kind + ": " + text);
    return {};
}

result<void> set_switch(bool& to, const std::string& name, const std::string& text) {
    auto said = lower(text);
    auto is_on = said == "1" || said == "true" || said == "y" || said == "yes" || said == "on";
    auto is_off = said == "0" || said == "false" || said == "n" || said == "no" || said == "off";
    if (!is_on && !is_off)
        return failure(errc::malformed, name + " is neither on nor off: " + text);
    to = is_on;
    return {};
}

std::string trimmed(const std::string& text) {
    auto first = text.find_first_not_of(" \t\r");
    if (first == std::string::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

// Keys that the double does not know are the image's own business.
result<void> apply_key(server_settings& to, const std::string& key, const std::string& text) {
    if (key == "network.tcpport") return set_number(to.port, key, text);
    if (key == "double.recoveryseconds")
        return set_number(to.recovery_seconds, key, text, "number of seconds");
    if (key == "double.edge") return set_switch(to.edge, key, text);
    if (key == "double.routeonlylisteners") return set_switch(to.routes_only_listeners, key, text);
    if (key == "network.ipaddress") to.address = text;
    if (key == "network.forceencryption") return set_switch(to.force_encryption, key, text);
    if (key == "hadr.hadrenabled") return set_switch(to.hadr_enabled, key, text);
    if (key == "eula.accepteula") return set_switch(to.accept_eula, key, text);
    if (key == "filelocation.defaultdatadir") to.data_folder = text;
    return {};
}

}  // namespace

result<void> apply_configuration_file(server_settings& to, std::string_view text) {
    std::istringstream lines{std::string(text)};
    std::string section;
    for (std::string line; std::getline(lines, line);) {
        line = trimmed(line);
        if (line.empty() || line.front() == '#' || line.front() == ';') continue;
        if (line.front() == '[') {
            section = lower(trimmed(line.substr(1, line.find(']') - 1)));
            continue;
        }
        auto equals = line.find('=');
        if (equals == std::string::npos)
            return failure(errc::malformed, "mssql.conf: neither section nor key: " + line);
        auto key = section + "." + lower(trimmed(line.substr(0, equals)));
        auto applied = apply_key(to, key, trimmed(line.substr(equals + 1)));
        if (!applied) return applied;
    }
    return {};
}

result<void> apply_environment(server_settings& to,
                               const environment& from,
                               const std::string& password_variable) {
    if (auto text = from("ACCEPT_EULA")) {
        auto set = set_switch(to.accept_eula, "ACCEPT_EULA", *text);
        if (!set) return set;
    }
    if (auto text = from("MSSQL_TCP_PORT")) {
        auto set = set_number(to.port, "MSSQL_TCP_PORT", *text);
        if (!set) return set;
    }
    if (auto text = from("MSSQL_ENABLE_HADR")) {
        auto set = set_switch(to.hadr_enabled, "MSSQL_ENABLE_HADR", *text);
        if (!set) return set;
    }
    if (auto text = from("MSSQL_IP_ADDRESS")) to.address = *text;
    if (auto text = from("MSSQL_PID")) to.edition = *text;
    if (auto text = from("MSSQL_DATA_DIR")) to.data_folder = *text;
    if (auto text = from(password_variable)) to.sa_password = *text;
    return {};
}

result<void> check(const server_settings& settings, bool first_start) {
    if (!settings.accept_eula)
        return failure(errc::refused,
                       "the license was not accepted: set ACCEPT_EULA=Y, as the image wants it");
    if (!first_start) return {};
    const auto& password = settings.sa_password;
    auto has = [&password](auto is_one) {
        auto matches = [&is_one](char c) { return is_one(static_cast<unsigned char>(c)); };
        return std::any_of(password.begin(), password.end(), matches) ? 1 : 0;
    };
    auto other = [](unsigned char c) { return std::isalnum(c) == 0; };
    auto classes = has([](unsigned char c) { return std::isupper(c) != 0; }) +
                   has([](unsigned char c) { return std::islower(c) != 0; }) +
                   has([](unsigned char c) { return std::isdigit(c) != 0; }) + has(other);
    if (password.size() < 8 || classes < 3)
        return failure(errc::refused,
                       "sa's password needs eight characters of three kinds (upper case, lower "
                       "case, digits, others): set MSSQL_SA_PASSWORD");
    return {};
}

}  // namespace ha::mssqlsim
