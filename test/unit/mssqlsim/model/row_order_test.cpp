// SPDX-License-Identifier: MIT
#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/model/cluster_harness.hpp"

using namespace ha;
using namespace ha::mssqlsim;

namespace {

using places = std::vector<std::uint16_t>;

places order_told(cluster_harness& all, const std::string& query) {
    const auto seen = all.run(0,
                              "DECLARE @t table (a int, b int); INSERT INTO @t VALUES (3, 1), (1, "
                              "2), (2, 1); " +
                                  query);
    REQUIRE(seen.error() == 0);
    REQUIRE(seen.sets.size() == 1);
    return seen.sets.front().order;
}

std::size_t warnings(cluster_harness& all, const std::string& text) {
    const auto seen = all.run(0, text);
    REQUIRE(seen.error() == 0);
    std::size_t found = 0;
    for (const auto& one : seen.messages) found += one.number == 8153 ? 1 : 0;
    return found;
}

}  // namespace

TEST_CASE("an answer says which of its columns it is in the order of") {
    cluster_harness one{reading::a, {}, 1};
    CHECK(order_told(one, "SELECT a, b FROM @t ORDER BY a") == places{1});
    CHECK(order_told(one, "SELECT a, b FROM @t ORDER BY a DESC") == places{1});
    CHECK(order_told(one, "SELECT b, a FROM @t ORDER BY 2") == places{2});
    CHECK(order_told(one, "SELECT a, b FROM @t ORDER BY b DESC, a ASC") == places{2, 1});
    CHECK(order_told(one, "SELECT a + 1 AS k, b FROM @t ORDER BY a + 1") == places{1});
    CHECK(order_told(one, "SELECT a, b FROM @t WHERE a > 9 ORDER BY b, a") == places{2, 1});
    CHECK(order_told(one, "SELECT * FROM @t ORDER BY b") == places{2});
}

TEST_CASE(
    "an order by what is no column of the answer is told as nought, and no order not at all") {
    cluster_harness one{reading::a, {}, 1};
    CHECK(order_told(one, "SELECT b FROM @t ORDER BY a") == places{0});
    CHECK(order_told(one, "SELECT b FROM @t ORDER BY a, b") == places{0, 1});
    CHECK(order_told(one, "SELECT a, b FROM @t ORDER BY a + 1") == places{0});
    CHECK(order_told(one, "SELECT 7 AS seven FROM @t ORDER BY a") == places{0});
    CHECK(order_told(one, "SELECT NULL AS k FROM @t ORDER BY k").empty());
    CHECK(order_told(one, "SELECT a, b FROM @t").empty());
}

TEST_CASE("an aggregate that leaves out NULL warns once for its statement, each time") {
    cluster_harness one{reading::a, {}, 1};
    const std::string nulls = "FROM (SELECT 1 AS a UNION ALL SELECT NULL) AS t";
    CHECK(warnings(one, "SELECT MAX(a) " + nulls) == 1);
    CHECK(warnings(one, "SELECT MAX(a) " + nulls) == 1);  // as it was remembered
    CHECK(warnings(one, "SELECT MAX(a), COUNT(a) " + nulls) == 1);
    CHECK(warnings(one, "SELECT MAX(a) " + nulls + "; SELECT MIN(a) " + nulls) == 2);
    CHECK(warnings(one, "SELECT COUNT(*) " + nulls) == 0);
    CHECK(warnings(one, "SELECT MAX(a) FROM (SELECT 1 AS a) AS t") == 0);
    CHECK(warnings(one, "SET ANSI_WARNINGS OFF; SELECT MAX(a) " + nulls) == 0);
}
