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
                                 "pcap = /tmp/x.pcap\n"
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
    REQUIRE(settings.pcap_file == "/tmp/x.pcap");
}

TEST_CASE("double.conf says which reading of the engine is played") {
    server_settings settings;
    REQUIRE_FALSE(settings.silent_drops);
    REQUIRE(settings.promotion_raises_number);
    REQUIRE(apply_configuration_file(settings,
                                     "[double]\nsilentdrops = on\npromotionraisesnumber = off\n"
                                     "primariesresume = on\nrenewalrevives = on\nlatch = on\n"
                                     "sessionrecovery = on\n")
                .has_value());
    CHECK(settings.silent_drops);
    CHECK_FALSE(settings.promotion_raises_number);
    CHECK(settings.primaries_resume);
    CHECK(settings.renewal_revives);
    CHECK(settings.latch);
    CHECK(settings.acknowledge_session_recovery);
    CHECK(settings.notes.empty());
    CHECK_FALSE(apply_configuration_file(settings, "[double]\nlatch = perhaps\n").has_value());
}

TEST_CASE("what is wrong in mssql.conf and in the environment is named") {
    server_settings settings;
    REQUIRE(apply_configuration_file(settings, "[network]\ntcpport = many\n").error().message ==
            "mssql.conf: network.tcpport is 'many': it must be a whole number from 1 to 65535");
    REQUIRE_FALSE(apply_configuration_file(settings, "just words\n").has_value());
    REQUIRE_FALSE(
        apply_environment(settings, from({{"MSSQL_TCP_PORT", "70000"}}), "X").has_value());
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
    REQUIRE(check_license(settings).has_value());
    REQUIRE(check_password(settings).has_value());
}

TEST_CASE("without the license nothing starts, and any value accepts it") {
    server_settings settings;
    REQUIRE(check_license(settings).error().message.find("ACCEPT_EULA") != std::string::npos);
    REQUIRE(apply_environment(settings, from({{"ACCEPT_EULA", ""}}), "X").has_value());
    REQUIRE_FALSE(check_license(settings).has_value());
    REQUIRE(apply_environment(settings, from({{"ACCEPT_EULA", "fine"}}), "X").has_value());
    REQUIRE(check_license(settings).has_value());
}

TEST_CASE("a weak password is refused with what is wrong about it") {
    server_settings settings;
    auto said = [&](const std::string& password) {
        settings.sa_password = password;
        auto fits = check_password(settings);
        return fits ? std::string{} : fits.error().message;
    };
    CHECK(said("Passw0rd!").empty());
    CHECK(said("").empty());
    CHECK(said("Sh0rt!").find("because it is too short.") != std::string::npos);
    CHECK(said("password1").find("because it is not complex enough.") != std::string::npos);
    CHECK(said("Aa1" + std::string(126, 'x')).find("because it is too long.") != std::string::npos);
}

TEST_CASE("a version is four numbers") {
    server_settings settings;
    REQUIRE(apply_configuration_file(settings, "[double]\nversion = 15.0.4430.1\n"));
    CHECK(settings.product_version == "15.0.4430.1");
    for (const auto* wrong : {"", "15", "15.0.4430", "15.0.4430.1.2", "15.0.x.1", "15.0.4430.1."}) {
        auto set = set_version(settings, "--version-number", wrong);
        REQUIRE_FALSE(set);
        CHECK(set.error().message == "--version-number is '" + std::string{wrong} +
                                         "': it must be four numbers, as 16.0.4165.4");
    }
    CHECK(settings.product_version == "15.0.4430.1");
}

TEST_CASE("MSSQL_PID is an edition or looks like a product key") {
    server_settings settings;
    auto set = [&](const std::string& text) {
        return apply_environment(settings, from({{"MSSQL_PID", text}}), "X");
    };
    REQUIRE(set("express"));
    CHECK(settings.edition == "Express");
    REQUIRE(set("A1234-B5678-C9012-D3456-E7890"));
    CHECK(settings.edition == "Enterprise");
    for (const auto* bad : {"Gold", "A1234-B5678-C9012-D3456", "A1234-B5678-C9012-D3456-E789!"}) {
        auto refused = set(bad);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().message ==
              "ERROR: The provided PID [" + std::string(bad) +
                  "] is invalid.  The PID must be in the form #####-#####-#####-#####-##### where "
                  "'#' is a number or letter.");
    }
}

TEST_CASE("every documented key of mssql.conf is looked at, and unknown ones are noted") {
    server_settings settings;
    auto apply = [&](const std::string& text) { return apply_configuration_file(settings, text); };
    REQUIRE(
        apply("[memory]\nmemorylimitmb = 4096\n[sqlagent]\nenabled = false\n[language]\nlcid "
              "= 1036\n[telemetry]\ncustomerfeedback = false\n[traceflag]\ntraceflag0 = "
              "1204\n[filelocation]\ndefaultlogdir = /log\n"));
    REQUIRE(settings.notes.empty());
    REQUIRE(apply("[network]\ncolour = blue\n"));
    REQUIRE(settings.notes == std::vector<std::string>{"mssql.conf: the setting 'network.colour' "
                                                       "is not known and is ignored."});
    const std::vector<std::string> bad{"[memory]\nmemorylimitmb = much\n",
                                       "[memory]\nmemorylimitmb = 0\n",
                                       "[sqlagent]\nenabled = perhaps\n",
                                       "[hadr]\nhadrenabled = 2\n",
                                       "[language]\nlcid = french\n",
                                       "[telemetry]\ncustomerfeedback = 7\n",
                                       "[network]\nipaddress = here\n",
                                       "[network]\nrpcport = 70000\n",
                                       "[traceflag]\ntraceflag0 = x\n"};
    for (const auto& text : bad) {
        INFO(text);
        CHECK_FALSE(apply(text).has_value());
    }
    const std::vector<std::string> variables{"MSSQL_TCP_PORT",
                                             "MSSQL_LCID",
                                             "MSSQL_MEMORY_LIMIT_MB",
                                             "MSSQL_AGENT_ENABLED",
                                             "MSSQL_ENABLE_HADR",
                                             "MSSQL_IP_ADDRESS"};
    for (const auto& name : variables) {
        auto refused = apply_environment(settings, from({{name, "none"}}), "X");
        REQUIRE_FALSE(refused);
        CHECK(refused.error().message.find(name + " is 'none': it must be") == 0);
    }
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
