// SPDX-License-Identifier: MIT
#include "test/mssqlsim/server/settings.hpp"

#include "test/mssqlsim/server/endpoint_url.hpp"
#include "test/support/catch.hpp"

#include <map>

using namespace ha;
using namespace ha::mssqlsim;

namespace {

environment from(std::map<std::string, std::string> variables) {
    return [variables](const std::string& name) -> std::optional<std::string> {
        auto found = variables.find(name);
        if (found == variables.end()) return {};
        return found->second;
    };
}

}  // namespace

TEST_CASE("mssql.conf says port, address, HADR and the folder of the data") {
    server_settings settings;
    auto applied =
        apply_configuration_file(settings,
                                 "# made by a person\n"
                                 "[network]\n tcpport = 1533\nipaddress=127.0.0.9\r\n"
                                 "forceencryption = 1\n"
                                 "[hadr]\nhadrenabled = 1\n"
                                 "[filelocation]\ndefaultdatadir = /elsewhere\n"
                                 "[EULA]\naccepteula = Y\n"
                                 "[double]\nrecoveryseconds = 90\nrouteonlylisteners = on\n"
                                 "[memory]\nmemorylimitmb = 4096\n");
    REQUIRE(applied.has_value());
    REQUIRE(settings.port == 1533);
    REQUIRE(settings.address == "127.0.0.9");
    REQUIRE(settings.force_encryption);
    REQUIRE(settings.hadr_enabled);
    REQUIRE(settings.accept_eula);
    REQUIRE(settings.data_folder == "/elsewhere");
    REQUIRE(settings.recovery_seconds == 90);
    REQUIRE(settings.routes_only_listeners);
}

TEST_CASE("what is wrong in mssql.conf and in the environment is named") {
    server_settings settings;
    REQUIRE(apply_configuration_file(settings, "[network]\ntcpport = many\n").error().message ==
            "network.tcpport is no port number: many");
    REQUIRE_FALSE(apply_configuration_file(settings, "just words\n").has_value());
    REQUIRE_FALSE(
        apply_environment(settings, from({{"MSSQL_TCP_PORT", "70000"}}), "X").has_value());
    REQUIRE_FALSE(apply_environment(settings, from({{"ACCEPT_EULA", "perhaps"}}), "X").has_value());
}

TEST_CASE("the environment of the image is understood") {
    server_settings settings;
    auto applied = apply_environment(settings,
                                     from({{"ACCEPT_EULA", "Y"},
                                           {"SECRET", "Passw0rd!"},
                                           {"MSSQL_TCP_PORT", "1500"},
                                           {"MSSQL_PID", "Enterprise"},
                                           {"MSSQL_ENABLE_HADR", "1"}}),
                                     "SECRET");
    REQUIRE(applied.has_value());
    REQUIRE(settings.sa_password == "Passw0rd!");
    REQUIRE(settings.port == 1500);
    REQUIRE(settings.edition == "Enterprise");
    REQUIRE(check(settings, true).has_value());
}

TEST_CASE("without the license or with a weak password nothing starts") {
    server_settings settings;
    settings.sa_password = "Passw0rd!";
    REQUIRE(check(settings, true).error().message.find("ACCEPT_EULA") != std::string::npos);
    settings.accept_eula = true;
    settings.sa_password = "password1";
    REQUIRE(check(settings, true).error().message.find("MSSQL_SA_PASSWORD") != std::string::npos);
    REQUIRE(check(settings, false).has_value());
}

TEST_CASE("endpoint URLs name a host and a port") {
    REQUIRE(parse_endpoint_url("TCP://10.0.0.5:5022") == endpoint_address{"10.0.0.5", 5022});
    REQUIRE(parse_endpoint_url("tcp://sql-0.sql.ns.svc.cluster.local:5023") ==
            endpoint_address{"sql-0.sql.ns.svc.cluster.local", 5023});
    REQUIRE(parse_endpoint_url("TCP://[::1]:5022") == endpoint_address{"::1", 5022});
    for (auto bad : {"", "TCP://", "TCP://host", "TCP://:5022", "http://host:1", "TCP://h:0"})
        REQUIRE(parse_endpoint_url(bad).error().kind == errc::malformed);
}

TEST_CASE("hosts are addresses, or are found in the hosts file") {
    auto hosts = "# the pods\n127.0.0.2 sql-0 sql-0.sql.ns.svc\n127.0.0.3\tSQL-1 # the second\n";
    REQUIRE(look_up_host("127.0.0.9", hosts) == "127.0.0.9");
    REQUIRE(look_up_host("sql-0.sql.ns.svc", hosts) == "127.0.0.2");
    REQUIRE(look_up_host("sql-1", hosts) == "127.0.0.3");
    REQUIRE(look_up_host("second", hosts).error().kind == errc::not_found);
}
