// SPDX-License-Identifier: MIT
#include "test/mssqlsim/server/settings.hpp"

#include "test/mssqlsim/server/known_keys.hpp"
#include "test/mssqlsim/tsql/value.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <map>
#include <sstream>

namespace ha::mssqlsim {

namespace {

result<void> set_number(std::uint16_t& to, const std::string& name, const std::string& text) {
    if (auto fits = check_value(name, key_kind::port, text); !fits) return fits;
    std::from_chars(text.data(), text.data() + text.size(), to);
    return {};
}

result<void> set_switch(bool& to, const std::string& name, const std::string& text) {
    auto read = read_switch(name, text);
    if (!read) return tl::unexpected(read.error());
    to = *read;
    return {};
}

std::string trimmed(const std::string& text) {
    auto first = text.find_first_not_of(" \t\r");
    if (first == std::string::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

// What the double alone knows.
std::optional<result<void>> apply_own_key(server_settings& to,
                                          const std::string& key,
                                          const std::string& text) {
    if (key == "double.recoveryseconds") return set_number(to.recovery_seconds, key, text);
    if (key == "double.logkilobytes") return set_number(to.log_kilobytes, key, text);
    if (key == "double.edge") return set_switch(to.edge, key, text);
    if (key == "double.version") return set_version(to, key, text);
    if (key == "double.everybuildcounts") return set_switch(to.every_build_counts, key, text);
    if (key == "double.pcap") {
        to.pcap_file = text;
        return result<void>{};
    }
    if (key == "double.routeonlylisteners") return set_switch(to.routes_only_listeners, key, text);
    static const std::map<std::string, bool server_settings::*> readings{
        {"double.silentdrops", &server_settings::silent_drops},
        {"double.promotionraisesnumber", &server_settings::promotion_raises_number},
        {"double.primariesresume", &server_settings::primaries_resume},
        {"double.renewalrevives", &server_settings::renewal_revives},
        {"double.latch", &server_settings::latch},
        {"double.sessionrecovery", &server_settings::acknowledge_session_recovery}};
    if (auto found = readings.find(key); found != readings.end())
        return set_switch(to.*found->second, key, text);
    return {};
}

// assumption: a key that nobody knows is no reason not to start; a value that a known one cannot
// have is.
result<void> apply_key(server_settings& to, const std::string& key, const std::string& text) {
    if (auto own = apply_own_key(to, key, text)) return *own;
    auto kind = kind_of_key(key);
    if (!kind) {
        to.notes.push_back("mssql.conf: the setting '" + key + "' is not known and is ignored.");
        return {};
    }
    if (auto fits = check_value("mssql.conf: " + key, *kind, text); !fits) return fits;
    if (key == "network.tcpport") return set_number(to.port, key, text);
    if (key == "network.ipaddress") to.address = text;
    if (key == "network.forceencryption") return set_switch(to.force_encryption, key, text);
    if (key == "hadr.hadrenabled") return set_switch(to.hadr_enabled, key, text);
    if (key == "eula.accepteula") return set_switch(to.accept_eula, key, text);
    if (key == "filelocation.defaultdatadir") to.data_folder = text;
    return {};
}

struct checked_variable {
    const char* name;
    key_kind kind;
};

// Those that the double only looks at, or looks at before it acts on them.
constexpr checked_variable checked_variables[] = {
    {"MSSQL_TCP_PORT", key_kind::port},
    {"MSSQL_IP_ADDRESS", key_kind::address},
    {"MSSQL_ENABLE_HADR", key_kind::switch_},
    {"MSSQL_AGENT_ENABLED", key_kind::switch_},
    {"MSSQL_LCID", key_kind::number},
    {"MSSQL_MEMORY_LIMIT_MB", key_kind::number},
};

bool is_product_key(const std::string& text) {
    constexpr std::size_t group = 5;
    constexpr std::size_t groups = 5;
    if (text.size() != groups * (group + 1) - 1) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto dash = i % (group + 1) == group;
        if (dash != (text[i] == '-')) return false;
        if (!dash && std::isalnum(static_cast<unsigned char>(text[i])) == 0) return false;
    }
    return true;
}

// assumption: editions are told in any case; a key that looks like one is Enterprise's.
result<void> set_edition(server_settings& to, const std::string& text) {
    for (const auto* known : {"Evaluation",
                              "Developer",
                              "Express",
                              "Web",
                              "Standard",
                              "Enterprise",
                              "EnterpriseCore",
                              "EnterpriseDeveloper",
                              "StandardDeveloper"})
        if (same_name(text, known)) {
            to.edition = known;
            return {};
        }
    if (!is_product_key(text))
        return failure(errc::refused,
                       "ERROR: The provided PID [" + text +
                           "] is invalid.  The PID must be in the form "
                           "#####-#####-#####-#####-##### where '#' is a number or letter.");
    to.edition = "Enterprise";
    return {};
}

std::string password_trouble(const std::string& password) {
    constexpr std::size_t least = 8;
    constexpr std::size_t most = 128;
    const std::string head =
        "ERROR: Unable to set system administrator password: Password validation failed. The "
        "password does not meet SQL Server password policy requirements because it is ";
    if (password.size() < least)
        return head + "too short. The password must be at least 8 characters..";
    if (password.size() > most)
        return head + "too long. The password must be at most 128 characters..";
    auto has = [&password](auto is_one) {
        auto matches = [&is_one](char c) { return is_one(static_cast<unsigned char>(c)); };
        return std::any_of(password.begin(), password.end(), matches) ? 1 : 0;
    };
    auto classes = has([](unsigned char c) { return std::isupper(c) != 0; }) +
                   has([](unsigned char c) { return std::islower(c) != 0; }) +
                   has([](unsigned char c) { return std::isdigit(c) != 0; }) +
                   has([](unsigned char c) { return std::isalnum(c) == 0; });
    if (classes >= 3) return "";
    return head +
           "not complex enough. The password must be at least 8 characters long and contain "
           "characters from three of the following four sets: Uppercase letters, Lowercase "
           "letters, Base 10 digits, and Symbols..";
}

}  // namespace

result<void> set_version(server_settings& to, const std::string& name, const std::string& text) {
    constexpr std::size_t parts = 4;
    std::size_t numbers = 0;
    std::istringstream all{text};
    for (std::string one; std::getline(all, one, '.'); ++numbers)
        if (one.empty() || one.find_first_not_of("0123456789") != std::string::npos)
            numbers = parts;
    if (numbers != parts || text.back() == '.')
        return failure(errc::malformed,
                       name + " is '" + text + "': it must be four numbers, as 16.0.4165.4");
    to.product_version = text;
    return {};
}

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
    // Any value accepts it, the page says.
    if (auto text = from("ACCEPT_EULA")) to.accept_eula = to.accept_eula || !text->empty();
    for (const auto& one : checked_variables)
        if (auto text = from(one.name))
            if (auto fits = check_value(one.name, one.kind, *text); !fits) return fits;
    if (auto text = from("MSSQL_TCP_PORT")) {
        auto set = set_number(to.port, "MSSQL_TCP_PORT", *text);
        if (!set) return set;
    }
    if (auto text = from("MSSQL_ENABLE_HADR")) {
        auto set = set_switch(to.hadr_enabled, "MSSQL_ENABLE_HADR", *text);
        if (!set) return set;
    }
    if (auto text = from("MSSQL_IP_ADDRESS")) to.address = *text;
    if (auto text = from("MSSQL_PID"))
        if (auto set = set_edition(to, *text); !set) return set;
    if (auto text = from("MSSQL_DATA_DIR")) to.data_folder = *text;
    if (auto text = from(password_variable)) to.sa_password = *text;
    return {};
}

result<void> check_license(const server_settings& settings) {
    if (settings.accept_eula) return {};
    return failure(errc::refused,
                   "The SQL Server End-User License Agreement (EULA) must be accepted before SQL\n"
                   "Server can start. The license terms for this product can be downloaded from\n"
                   "http://go.microsoft.com/fwlink/?LinkId=746388.\n\n"
                   "You can accept the EULA by specifying the --accept-eula command line option,\n"
                   "setting the ACCEPT_EULA environment variable, or using the mssql-conf tool.");
}

result<void> check_password(const server_settings& settings) {
    if (settings.sa_password.empty()) return {};
    auto trouble = password_trouble(settings.sa_password);
    if (trouble.empty()) return {};
    return failure(errc::refused, trouble);
}

}  // namespace ha::mssqlsim
