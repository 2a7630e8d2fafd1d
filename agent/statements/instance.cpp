// SPDX-License-Identifier: MIT
#include "agent/statements/instance.hpp"

#include "agent/statements/quote.hpp"

#include <algorithm>

namespace ha::agent::sql {

namespace {

constexpr std::string_view prefix = "mssql_ha_";

std::string absent(std::string_view catalog, std::string_view name) {
    return "IF NOT EXISTS (SELECT 1 FROM " + std::string(catalog) +
           " WHERE name = " + quote_string(name) + ")\n  ";
}

std::string digits_of(std::string_view date) {
    std::string kept;
    std::copy_if(date.begin(), date.end(), std::back_inserter(kept), [](char c) {
        return c >= '0' && c <= '9';
    });
    return kept;
}

std::string login_and_user(std::string_view name, std::string_view password) {
    return absent("sys.server_principals", name) + "CREATE LOGIN " + quote_name(name) +
           " WITH PASSWORD = " + quote_string(password) + ";\n" +
           absent("sys.database_principals", name) + "CREATE USER " + quote_name(name) +
           " FOR LOGIN " + quote_name(name) + ";\n";
}

enum set_index : std::size_t { instance, key, endpoint, certificates, logins, set_count };

endpoint_view read_endpoint(const result_set& set) {
    endpoint_view one;
    one.name = set.text(0, "name").value_or("");
    one.port = static_cast<int>(set.integer(0, "port").value_or(0));
    one.started = set.text(0, "state") == "STARTED";
    one.certificate = set.text(0, "certificate").value_or("");
    return one;
}

certificate_view read_certificate(const result_set& set, std::size_t row) {
    certificate_view one;
    one.name = set.text(row, "name").value_or("");
    one.owner = set.text(row, "owner").value_or("");
    one.expires = set.text(row, "expires").value_or("");
    one.has_private_key = set.text(row, "key_kind").value_or("NA") != "NA";
    if (const auto* bytes = std::get_if<std::vector<std::uint8_t>>(&set.at(row, "thumbprint")))
        one.thumbprint = to_hex(*bytes);
    return one;
}

}  // namespace

statement describe_instance() {
    return statement{
        "describe_instance",
        "SELECT CONVERT(nvarchar(256), SERVERPROPERTY(N'ServerName')) AS server_name,\n"
        "    CONVERT(int, SERVERPROPERTY(N'IsHadrEnabled')) AS hadr_enabled,\n"
        "    IS_SRVROLEMEMBER(N'sysadmin') AS sysadmin;\n"
        "SELECT name FROM sys.symmetric_keys WHERE name = N'##MS_DatabaseMasterKey##';\n"
        "SELECT e.name AS name, t.port AS port, e.state_desc AS state, c.name AS certificate\n"
        "  FROM sys.database_mirroring_endpoints AS e\n"
        "  INNER JOIN sys.tcp_endpoints AS t ON t.endpoint_id = e.endpoint_id\n"
        "  LEFT JOIN sys.certificates AS c ON c.certificate_id = e.certificate_id;\n"
        "SELECT c.name AS name, p.name AS owner,\n"
        "    CONVERT(nvarchar(30), c.expiry_date, 126) AS expires, c.thumbprint AS thumbprint,\n"
        "    c.pvt_key_encryption_type AS key_kind\n"
        "  FROM sys.certificates AS c\n"
        "  LEFT JOIN sys.database_principals AS p ON p.principal_id = c.principal_id\n"
        "  WHERE c.name NOT LIKE N'##%' ORDER BY c.name;\n"
        "SELECT name FROM sys.server_principals WHERE name LIKE N'mssql_ha_%' ORDER BY name;\n"};
}

result<instance_view> parse_instance(const engine_answer& answer) {
    if (answer.sets.size() != set_count || answer.sets[instance].rows.size() != 1)
        return failure(errc::malformed, "the description of the instance lacks result sets");
    const auto& about = answer.sets[instance];
    auto name = about.text(0, "server_name");
    auto hadr = about.integer(0, "hadr_enabled");
    if (!name || !hadr)
        return failure(errc::malformed, "the description of the instance lacks its name");
    instance_view seen;
    seen.server_name = *name;
    seen.hadr_enabled = *hadr != 0;
    seen.sysadmin = about.integer(0, "sysadmin").value_or(0) == 1;
    seen.master_key = !answer.sets[key].rows.empty();
    if (!answer.sets[endpoint].rows.empty()) seen.endpoint = read_endpoint(answer.sets[endpoint]);
    for (std::size_t row = 0; row < answer.sets[certificates].rows.size(); ++row)
        seen.certificates.push_back(read_certificate(answer.sets[certificates], row));
    for (std::size_t row = 0; row < answer.sets[logins].rows.size(); ++row)
        seen.logins.push_back(answer.sets[logins].text(row, "name").value_or(""));
    return seen;
}

std::string own_certificate_name(std::string_view replica, int number) {
    return std::string(prefix) + std::string(replica) + "_" + std::to_string(number);
}

int certificate_number(std::string_view name) {
    auto last = name.rfind('_');
    if (name.substr(0, prefix.size()) != prefix || last < prefix.size()) return 0;
    auto number = name.substr(last + 1);
    if (number.empty() || number.size() > 6 || digits_of(number) != number) return 0;
    return std::stoi(std::string(number));
}

std::string peer_principal_name(std::string_view replica) {
    return std::string(prefix) + "peer_" + std::string(replica);
}

// sqlserver.md 5.1 to 5.6 for the rest of this page.
statement create_master_key(std::string_view password) {
    return statement{"create_master_key",
                     absent("sys.symmetric_keys", "##MS_DatabaseMasterKey##") +
                         "CREATE MASTER KEY ENCRYPTION BY PASSWORD = " + quote_string(password) +
                         ";\n"};
}

statement create_agent_login(std::string_view login, std::string_view password) {
    return statement{"create_agent_login", login_and_user(login, password)};
}

statement set_login_password(std::string_view login, std::string_view password) {
    return statement{
        "set_login_password",
        "ALTER LOGIN " + quote_name(login) + " WITH PASSWORD = " + quote_string(password) + ";\n"};
}

// sqlserver.md 8. ALTER ANY AVAILABILITY GROUP holds for groups that do not exist yet; ALTER ANY
// CONNECTION is what KILL asks for. assumption: these are enough for every role command, and VIEW
// ANY DEFINITION for the group's row to be seen.
statement grant_agent_rights(std::string_view login) {
    constexpr std::string_view rights[] = {"VIEW SERVER STATE",
                                           "VIEW ANY DEFINITION",
                                           "CREATE AVAILABILITY GROUP",
                                           "ALTER ANY AVAILABILITY GROUP",
                                           "CREATE ANY DATABASE",
                                           "ALTER ANY DATABASE",
                                           "ALTER ANY CONNECTION",
                                           "CREATE CERTIFICATE"};
    std::string text;
    for (auto right : rights)
        text += "GRANT " + std::string(right) + " TO " + quote_name(login) + ";\n";
    return statement{"grant_agent_rights", std::move(text)};
}

statement grant_endpoint_rights(std::string_view endpoint, std::string_view login) {
    return statement{
        "grant_endpoint_rights",
        "GRANT ALTER ON ENDPOINT::" + quote_name(endpoint) + " TO " + quote_name(login) + ";\n"};
}

statement create_own_certificate(std::string_view name,
                                 std::string_view subject,
                                 std::string_view starts,
                                 std::string_view expires) {
    return statement{"create_own_certificate",
                     absent("sys.certificates", name) + "CREATE CERTIFICATE " + quote_name(name) +
                         " WITH SUBJECT = " + quote_string(subject) + ", START_DATE = '" +
                         digits_of(starts) + "', EXPIRY_DATE = '" + digits_of(expires) + "';\n"};
}

statement create_endpoint(std::string_view name, int port, std::string_view certificate) {
    return statement{
        "create_endpoint",
        absent("sys.database_mirroring_endpoints", name) + "CREATE ENDPOINT " + quote_name(name) +
            " STATE = STARTED\n"
            "  AS TCP (LISTENER_PORT = " +
            std::to_string(port) +
            ", LISTENER_IP = ALL)\n"
            "  FOR DATABASE_MIRRORING (AUTHENTICATION = CERTIFICATE " +
            quote_name(certificate) + ",\n    ENCRYPTION = REQUIRED ALGORITHM AES, ROLE = ALL);\n"};
}

// assumption: CREATE CERTIFICATE ... AUTHORIZATION asks for IMPERSONATE on the user that is to own
// it.
statement create_peer(std::string_view replica,
                      std::string_view endpoint,
                      std::string_view agent_login,
                      std::string_view password) {
    auto peer = peer_principal_name(replica);
    return statement{
        "create_peer",
        login_and_user(peer, password) + "GRANT CONNECT ON ENDPOINT::" + quote_name(endpoint) +
            " TO " + quote_name(peer) + ";\n" + "GRANT IMPERSONATE ON USER::" + quote_name(peer) +
            " TO " + quote_name(agent_login) + ";\n"};
}

// By id, because what CERT_ID makes of a name with a hyphen in it is written nowhere.
statement export_certificate(std::string_view name) {
    return statement{"export_certificate",
                     "SELECT CERTENCODED(certificate_id) AS certificate FROM sys.certificates"
                     " WHERE name = " +
                         quote_string(name) + ";\n"};
}

result<std::vector<std::uint8_t>> parse_certificate(const engine_answer& answer) {
    if (answer.sets.size() == 1)
        if (const auto* bytes =
                std::get_if<std::vector<std::uint8_t>>(&answer.sets.front().at(0, "certificate")))
            return *bytes;
    return failure(errc::not_found, "the engine gave out no certificate under that name");
}

statement import_peer_certificate(std::string_view replica,
                                  std::string_view name,
                                  const std::vector<std::uint8_t>& certificate) {
    return statement{"import_peer_certificate",
                     absent("sys.certificates", name) + "CREATE CERTIFICATE " + quote_name(name) +
                         " AUTHORIZATION " + quote_name(peer_principal_name(replica)) +
                         "\n    FROM BINARY = " + quote_binary(certificate) + ";\n"};
}

}  // namespace ha::agent::sql
