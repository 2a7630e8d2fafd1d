// SPDX-License-Identifier: MIT
#pragma once

#include "agent/engine/session.hpp"

// What makes an instance ready for groups: master key, endpoint with its certificate, a login of
// our own, principals and certificates of the peers (sqlserver.md 5, variant A: a peer is a login
// with a user that owns his certificates, so that a certificate can be replaced without a gap).

namespace ha::agent::sql {

struct certificate_view {
    std::string name;
    std::string owner;       // user in master
    std::string expires;     // "2036-11-21T00:00:00"
    std::string thumbprint;  // hex
    bool has_private_key = false;
    bool operator==(const certificate_view&) const = default;
};

struct endpoint_view {
    std::string name;
    int port = 0;
    bool started = false;
    std::string certificate;  // of its authentication; empty: another kind
    bool operator==(const endpoint_view&) const = default;
};

struct instance_view {
    std::string server_name;
    bool hadr_enabled = false;
    bool master_key = false;
    bool sysadmin = false;  // of the login that asked
    std::optional<endpoint_view> endpoint;
    std::vector<certificate_view> certificates;  // all but the engine's own
    std::vector<std::string> logins;             // names that begin with mssql_ha_
    bool operator==(const instance_view&) const = default;
};

statement describe_instance();
result<instance_view> parse_instance(const engine_answer& answer);

// Names that this program gives. Names of what is there already are read from the engine.
std::string own_certificate_name(std::string_view replica, int number);
int certificate_number(std::string_view name);  // 0: not one of ours
std::string peer_principal_name(std::string_view replica);
inline constexpr std::string_view default_agent_login = "mssql_ha_agent";
inline constexpr std::string_view default_endpoint = "mssql_ha_endpoint";

// Sent by a sysadmin, once per instance. All are harmless when what they make is there.
statement create_master_key(std::string_view password);
statement create_agent_login(std::string_view login, std::string_view password);
statement set_login_password(std::string_view login, std::string_view password);
statement grant_agent_rights(std::string_view login);
statement grant_endpoint_rights(std::string_view endpoint, std::string_view login);
// Dates as yyyymmdd, UTC; the engine's default would be one year.
statement create_own_certificate(std::string_view name,
                                 std::string_view subject,
                                 std::string_view starts,
                                 std::string_view expires);
statement create_endpoint(std::string_view name, int port, std::string_view certificate);
// Login, user and CONNECT on the endpoint for one peer; the agent may make the peer's user own a
// certificate. The password is never used by anybody.
statement create_peer(std::string_view replica,
                      std::string_view endpoint,
                      std::string_view agent_login,
                      std::string_view password);

// Sent by the agent's own login.
statement export_certificate(std::string_view name);
result<std::vector<std::uint8_t>> parse_certificate(const engine_answer& answer);
statement import_peer_certificate(std::string_view replica,
                                  std::string_view name,
                                  const std::vector<std::uint8_t>& certificate);

}  // namespace ha::agent::sql
