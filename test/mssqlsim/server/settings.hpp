// SPDX-License-Identifier: MIT
#pragma once

#include "common/result.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// How the process is set up. Flags win over the environment, which wins over mssql.conf, which wins
// over what is written here.

namespace ha::mssqlsim {

struct server_settings {
    std::string root = "/var/opt/mssql";
    std::string data_folder;  // empty: `data` in the root
    std::string name;         // @@SERVERNAME; empty: the machine's name
    std::string address = "127.0.0.1";
    std::uint16_t port = 1433;
    std::uint16_t endpoint_port =
        0;  // where the endpoint listens instead of where T-SQL says; 0: there
    std::uint16_t admin_port = 0;  // 0: none
    std::string admin_address = "127.0.0.1";
    std::string hosts_file;
    std::string pcap_file;  // clients' traffic is recorded there; empty: nowhere
    std::string edition = "Developer";
    std::string product_version;      // empty: that of the model
    bool every_build_counts = false;  // see instance_options
    std::string sa_password;
    bool accept_eula = false;
    bool hadr_enabled = false;
    bool edge = false;  // SQL Edge: no groups, no sp_server_diagnostics
    bool force_encryption = false;
    bool acknowledge_session_recovery = false;
    bool routes_only_listeners = false;  // see instance_options
    // Readings: see instance_options. `silent_drops` is reading B.
    bool silent_drops = false;
    bool promotion_raises_number = true;
    bool primaries_resume = false;
    bool renewal_revives = false;
    bool latch = false;                  // of 41104
    std::uint16_t recovery_seconds = 0;  // each start takes so much longer
    std::uint16_t log_kilobytes = 0;     // that a database's log may grow to; 0: without end
    std::vector<std::string> notes;      // for the errorlog
    bool operator==(const server_settings&) const = default;
};

using environment = std::function<std::optional<std::string>(const std::string& name)>;

// Errors: malformed, with the name of the key or variable, what it says and what would be right;
// refused, in the engine's own words.
result<void> apply_configuration_file(server_settings& to, std::string_view text);
result<void> apply_environment(server_settings& to,
                               const environment& from,
                               const std::string& password_variable);

// 16.0.4165.4
result<void> set_version(server_settings& to, const std::string& name, const std::string& text);

// What the engine wants before it touches anything, in its own words.
result<void> check_license(const server_settings& settings);
// And what the first start wants. Without a password it starts, and sa cannot log in.
result<void> check_password(const server_settings& settings);

}  // namespace ha::mssqlsim
