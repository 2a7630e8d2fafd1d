// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/evaluate.hpp"
#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/model/cluster_harness.hpp"

#include <algorithm>

using namespace ha;
using namespace ha::mssqlsim;
using namespace std::chrono_literals;

// Certificates of endpoints that are not good: who is refused, and where it is told.

namespace {

void must(cluster_harness& all, std::size_t i, const std::string& text) {
    INFO(text);
    REQUIRE(all.run(i, text).error() == 0);
}

void bounce(cluster_harness& all, std::size_t i) {
    must(all, i, "ALTER ENDPOINT [hadr] STATE = STOPPED");
    must(all, i, "ALTER ENDPOINT [hadr] STATE = STARTED");
}

// What the first instance's view tells of another replica: state, number, words.
row shown(cluster_harness& all, std::size_t i) {
    const auto seen =
        all.run(0,
                "SELECT s.connected_state_desc, s.last_connect_error_number, "
                "s.last_connect_error_description FROM sys.dm_hadr_availability_replica_states AS "
                "s JOIN sys.availability_replicas AS r ON r.replica_id = s.replica_id WHERE "
                "r.replica_server_name = N'" +
                    cluster_harness::name(i) + "'");
    return seen.sets.at(0).rows.at(0);
}

bool is_refused(cluster_harness& all, std::size_t i, std::int64_t number) {
    return all.eventually([&] {
        const auto seen = shown(all, i);
        return text_of(seen[0]) == "DISCONNECTED" && seen[1] == value{number};
    });
}

bool is_connected(cluster_harness& all, std::size_t i) {
    return all.eventually([&] { return text_of(shown(all, i)[0]) == "CONNECTED"; });
}

std::string hexadecimal(const value& what) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string made = "0x";
    for (const auto byte : std::get<binary>(what)) {
        made += digits[byte >> 4U];
        made += digits[byte & 0xFU];
    }
    return made;
}

bool is_logged(cluster_harness& all, std::size_t i, const std::string& words) {
    const auto seen = all.run(i, "EXEC sp_readerrorlog 0, 1, N'Database Mirroring login attempt'");
    const auto& rows = seen.sets.at(0).rows;
    return std::any_of(rows.begin(), rows.end(), [&](const auto& one) {
        return text_of(one[2]).find(words) != std::string::npos;
    });
}

}  // namespace

TEST_CASE("a peer whose login may not connect is refused until it may") {
    cluster_harness all;
    all.make_group();
    must(all, 0, "REVOKE CONNECT ON ENDPOINT::[hadr] FROM [peer1]");
    CHECK(is_connected(all, 1));  // established links stay
    bounce(all, 0);
    REQUIRE(is_refused(all, 1, 28034));
    CHECK(is_connected(all, 2));
    CHECK(is_logged(all,
                    0,
                    "by user 'peer1.' failed with error: 'Connection handshake failed. The login "
                    "'peer1' does not have CONNECT permission on the endpoint. State 84.'."));
    must(all, 0, "GRANT CONNECT ON ENDPOINT::[hadr] TO [peer1]");
    CHECK(is_connected(all, 1));
}

TEST_CASE("a peer with a certificate that is not stored here, or not any more, is refused") {
    cluster_harness all;
    all.make_group();
    const std::string why =
        "Connection handshake failed. The certificate used by the peer is invalid due to the "
        "following reason: Certificate not found. State 89.";
    must(all,
         1,
         "CREATE CERTIFICATE [other] WITH SUBJECT = N'other', EXPIRY_DATE = '20350101'; ALTER "
         "ENDPOINT [hadr] FOR DATABASE_MIRRORING (AUTHENTICATION = CERTIFICATE [other])");
    REQUIRE(is_refused(all, 1, 28035));
    CHECK(text_of(shown(all, 1)[2]) == why);
    CHECK(is_logged(all, 0, why));
    must(all,
         1,
         "ALTER ENDPOINT [hadr] FOR DATABASE_MIRRORING (AUTHENTICATION = CERTIFICATE [own])");
    REQUIRE(is_connected(all, 1));

    must(all, 0, "DROP CERTIFICATE [peer2]");
    bounce(all, 0);
    REQUIRE(is_refused(all, 2, 28035));
    CHECK(is_connected(all, 1));
}

TEST_CASE("an expired certificate lets nobody in, and ends no connection that is there") {
    cluster_harness all;
    all.make_group();
    must(all,
         1,
         "CREATE CERTIFICATE [short] WITH SUBJECT = N'short', EXPIRY_DATE = '2025-12-18T00:20:00'");
    const auto bytes = hexadecimal(all.run(1, "SELECT CERTENCODED(CERT_ID(N'short'))").cell());
    for (const std::size_t i : {0U, 2U})
        must(all, i, "CREATE CERTIFICATE [short] AUTHORIZATION [peer1] FROM BINARY = " + bytes);
    must(all,
         1,
         "ALTER ENDPOINT [hadr] FOR DATABASE_MIRRORING (AUTHENTICATION = CERTIFICATE [short])");
    REQUIRE(is_connected(all, 1));
    all.pass(4min);
    CHECK(text_of(shown(all, 1)[0]) == "CONNECTED");
    bounce(all, 1);
    REQUIRE(all.eventually([&] { return text_of(shown(all, 1)[0]) == "DISCONNECTED"; }));
    all.pass(5s);
    CHECK(is_logged(all,
                    1,
                    "Connection handshake failed. The certificate used by this endpoint was not "
                    "found: Certificate expired. Use DBCC CHECKDB in master database to verify the "
                    "metadata integrity of the endpoints. State 85."));
    must(all,
         1,
         "ALTER ENDPOINT [hadr] FOR DATABASE_MIRRORING (AUTHENTICATION = CERTIFICATE [own])");
    CHECK(is_connected(all, 1));
}
