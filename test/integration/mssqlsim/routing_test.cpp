// SPDX-License-Identifier: MIT
#include "test/integration/mssqlsim/group.hpp"
#include "test/support/catch.hpp"

#include <csignal>

using namespace ha;
using namespace ha::test;
using namespace std::chrono_literals;

// Read-only routing as Microsoft's driver follows it: it asks the primary and ends at a secondary.
// Encrypted, FreeTDS 1.3 loses its way when it is sent on; plain, the judges ask it.

namespace {

std::string replica(std::size_t i) {
    return "ALTER AVAILABILITY GROUP [ag1] MODIFY REPLICA ON N'" + group::name(i) + "' WITH ";
}

void make_list(group& three) {
    auto first = three.client(0);
    for (const std::size_t i : {1U, 2U})
        first.must(replica(i) +
                   "(SECONDARY_ROLE (ALLOW_CONNECTIONS = READ_ONLY, READ_ONLY_ROUTING_URL = "
                   "N'TCP://" +
                   three.server(i).address() + ":1433'))");
    first.must(replica(0) + "(PRIMARY_ROLE (READ_ONLY_ROUTING_LIST = (N'SQL2', N'SQL3')))");
}

// The name of the server at which a driver's session is that asked the first one.
std::string ends_at(group& three, const std::string& intent) {
    sql_client reader(three.server(0),
                      std::string(odbc::microsoft_driver),
                      protection::encrypted,
                      "Database=shop;ApplicationIntent=" + intent + ";");
    return reader.text("SELECT @@SERVERNAME");
}

}  // namespace

TEST_CASE("a driver that only reads ends at a secondary, and at the next one when that is gone") {
    group three;
    make_list(three);
    CHECK(ends_at(three, "ReadOnly") == "SQL2");
    CHECK(ends_at(three, "ReadWrite") == "SQL1");
    auto first = three.client(0);
    first.must("INSERT INTO shop.dbo.t (id, v) VALUES (7, N'seen there')");
    sql_client reader(three.server(0),
                      std::string(odbc::microsoft_driver),
                      protection::encrypted,
                      "Database=shop;ApplicationIntent=ReadOnly;");
    auto rows = [&] { return reader.number("SELECT COUNT(*) FROM dbo.t WHERE id = 7"); };
    CHECK(eventually(10s, [&] { return rows() == 1; }));
    CHECK(reader.error_of("DELETE FROM dbo.t") == 3906);

    three.server(1).signal(SIGKILL);
    three.server(1).wait();
    auto connected = [&] {
        return first.number(
            "SELECT COUNT(*) FROM sys.dm_hadr_availability_replica_states WHERE connected_state = "
            "1");
    };
    REQUIRE(eventually(20s, [&] { return connected() == 2; }));
    CHECK(ends_at(three, "ReadOnly") == "SQL3");
}
