// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/edition.hpp"
#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/model/asked.hpp"

using namespace ha;
using namespace ha::mssqlsim;
using namespace std::chrono_literals;

namespace {

void be_standard(instance_options& options) {
    options.edition = "Standard";
}

void be_express(instance_options& options) {
    options.edition = "Express";
}

std::string synchronous(std::size_t i) {
    const auto name = cluster_harness::name(i);
    return "N'" + name + "' WITH (ENDPOINT_URL = N'TCP://" + name +
           ":5022', AVAILABILITY_MODE = SYNCHRONOUS_COMMIT, FAILOVER_MODE = EXTERNAL, "
           "SEEDING_MODE = AUTOMATIC)";
}

// Instances of Express, with endpoints as they may have them and the others' right to these.
void make_witnesses(cluster_harness& all, const std::vector<std::size_t>& which) {
    for (const std::size_t i : which) {
        all.change(i, be_express);
        all.restart(i);
    }
    all.make_endpoints();
    for (const std::size_t i : which)
        REQUIRE(all.run(i,
                        "CREATE ENDPOINT [hadr] STATE = STARTED AS TCP (LISTENER_PORT = 5022, "
                        "LISTENER_IP = ALL) FOR DATABASE_MIRRORING (AUTHENTICATION = CERTIFICATE "
                        "[own], ENCRYPTION = REQUIRED ALGORITHM AES, ROLE = WITNESS)")
                    .error() == 0);
}

void make_basic_group(cluster_harness& two) {
    two.make_endpoints();
    two.run(0,
            "CREATE DATABASE shop; ALTER DATABASE shop SET RECOVERY FULL; BACKUP DATABASE shop TO "
            "DISK = N'NUL'");
    two.run(0, "CREATE TABLE shop.dbo.t (id bigint NOT NULL PRIMARY KEY, v nvarchar(50) NULL)");
    REQUIRE(two.run(0,
                    "CREATE AVAILABILITY GROUP [ag1] WITH (BASIC, CLUSTER_TYPE = EXTERNAL, "
                    "WRITE_LEASE_VALIDITY = 3600) FOR DATABASE shop REPLICA ON " +
                        synchronous(0) + ", " + synchronous(1))
                .error() == 0);
    REQUIRE(group_error(two, 1, "JOIN WITH (CLUSTER_TYPE = EXTERNAL)") == 0);
    REQUIRE(group_error(two, 1, "GRANT CREATE ANY DATABASE") == 0);
    two.follow(1);
    REQUIRE(two.eventually([&] { return two.synchronized(0) == 2; }));
}

}  // namespace

TEST_CASE("every edition that MSSQL_PID names says what it is") {
    const auto told = [](const char* edition, bool edge = false) {
        instance_options options;
        options.edition = edition;
        options.edge = edge;
        return edition_of(options);
    };
    CHECK(told("Enterprise").name == "Enterprise Edition (64-bit)");
    CHECK(told("EnterpriseCore").name == "Enterprise Edition: Core-based Licensing (64-bit)");
    CHECK(told("Evaluation").id == 610778273);
    CHECK(told("Developer").engine == 3);
    CHECK(told("Standard").engine == 2);
    CHECK(told("Web").engine == 2);
    CHECK(told("StandardDeveloper").id == -1785266663);
    CHECK(told("Express").engine == 4);
    CHECK(told("Developer", true).name == "Azure SQL Edge Developer (64-bit)");
    CHECK(told("Standard", true).id == 1994083197);
    CHECK(told("Standard", true).engine == 9);
}

TEST_CASE("Standard's basic group fails over, and its secondary serves nobody") {
    cluster_harness two{reading::a, be_standard, 2};
    make_basic_group(two);
    REQUIRE(insert_row(two, 0, 1) == 0);
    REQUIRE(number_at(two, 1, "SELECT CONVERT(int, basic_features) FROM sys.availability_groups") ==
            1);
    REQUIRE(two.run(1, "SELECT COUNT(*) FROM shop.dbo.t").error() == 976);
    REQUIRE(two.run(1, "BACKUP DATABASE shop TO DISK = N'NUL' WITH COPY_ONLY").error() == 3059);
    REQUIRE(group_error(two, 0, "OFFLINE") == 0);
    two.pass(100ms);
    two.fail_over_to(1);
    REQUIRE(two.role(1) == "PRIMARY");
    two.follow(0);
    REQUIRE(two.eventually([&] { return two.synchronized(1) == 2; }));
    REQUIRE(number_at(two, 1, "SELECT COUNT(*) FROM shop.dbo.t") == 1);
    REQUIRE(two.run(1, "BACKUP DATABASE shop TO DISK = N'NUL'").error() == 0);
}

TEST_CASE("a third replica joins a basic group only when it has no data") {
    cluster_harness three{reading::a, be_standard};
    make_basic_group(three);
    REQUIRE(group_error(three, 0, "ADD REPLICA ON " + synchronous(2)) == 35223);
    REQUIRE(group_error(three,
                        0,
                        "ADD REPLICA ON N'ag-2' WITH (ENDPOINT_URL = N'TCP://ag-2:5022', "
                        "AVAILABILITY_MODE = CONFIGURATION_ONLY)") == 0);
    REQUIRE(group_error(three, 2, "JOIN WITH (CLUSTER_TYPE = EXTERNAL)") == 0);
}

TEST_CASE("Express is a witness and nothing else") {
    cluster_harness four{reading::a, {}, 4};
    make_witnesses(four, {2, 3});
    four.make_group(0, "CONFIGURATION_ONLY");
    REQUIRE(four.role(2) == "SECONDARY");
    REQUIRE(insert_row(four, 0, 1) == 0);
    REQUIRE(group_error(four, 2, "FAILOVER") == 47109);
    REQUIRE(group_error(four, 0, "REMOVE REPLICA ON N'ag-2'") == 0);
    REQUIRE(group_error(four, 0, "ADD REPLICA ON " + synchronous(3)) == 0);
    REQUIRE(group_error(four, 3, "JOIN WITH (CLUSTER_TYPE = EXTERNAL)") == 41199);
    REQUIRE(number_at(four, 3, "SELECT COUNT(*) FROM sys.availability_groups") == 0);
}
