// SPDX-License-Identifier: MIT
#include "common/metrics/metrics.hpp"

#include "test/support/catch.hpp"

using namespace ha::metrics;

namespace {

constexpr family table[] = {
    {"ha_failovers_total", kind::counter, "Failovers begun here.", "reason"},
    {"ha_statements_total", kind::counter, "Statements sent."},
    {"ha_lag_bytes", kind::gauge, "How far a database is behind.", "replica|database"},
    {"ha_statement_seconds", kind::histogram, "How long statements took.", "", "0.1|1"},
};

}  // namespace

TEST_CASE("the exposition is what Prometheus reads") {
    registry all(table);
    all.add("ha_failovers_total", {"node lost"});
    all.add("ha_failovers_total", {"node lost"});
    all.raise("ha_statements_total", 7);
    all.raise("ha_statements_total", 5);
    all.set("ha_lag_bytes", 12.5, {"sql-0", "a\"b"});
    all.set("ha_lag_bytes", 1, {"sql-1", "x"});
    all.forget("ha_lag_bytes", {"sql-1", "x"});
    all.observe("ha_statement_seconds", 0.5);
    CHECK(all.text() ==
          "# HELP ha_failovers_total Failovers begun here.\n"
          "# TYPE ha_failovers_total counter\n"
          "ha_failovers_total{reason=\"node lost\"} 2\n"
          "# HELP ha_statements_total Statements sent.\n"
          "# TYPE ha_statements_total counter\n"
          "ha_statements_total 7\n"
          "# HELP ha_lag_bytes How far a database is behind.\n"
          "# TYPE ha_lag_bytes gauge\n"
          "ha_lag_bytes{database=\"a\\\"b\",replica=\"sql-0\"} 12.5\n"
          "# HELP ha_statement_seconds How long statements took.\n"
          "# TYPE ha_statement_seconds histogram\n"
          "ha_statement_seconds_count 1\n"
          "ha_statement_seconds_sum 0.5\n"
          "ha_statement_seconds_bucket{le=\"0.1\"} 0\n"
          "ha_statement_seconds_bucket{le=\"1\"} 1\n"
          "ha_statement_seconds_bucket{le=\"+Inf\"} 1\n");
}

TEST_CASE("families without labels show up with zero, those with labels when they have a value") {
    registry all(table);
    auto text = all.text();
    CHECK(text.find("ha_statements_total 0\n") != std::string::npos);
    CHECK(text.find("ha_lag_bytes") == std::string::npos);
}

TEST_CASE("a table is held to the rules of names") {
    CHECK(faults(table).empty());
    constexpr family bad[] = {
        {"Ha_x_total", kind::counter, "A."},
        {"ha_count", kind::counter, "B."},
        {"ha_wait_ms", kind::gauge, "C."},
        {"ha_wait_ms", kind::gauge, "no sentence"},
        {"ha_h", kind::histogram, "D.", "", "1|0.5"},
        {"ha_g", kind::gauge, "E.", "bad-label", "1"},
    };
    CHECK(faults(bad) == std::vector<std::string>{
                             "Ha_x_total: a name is made of small letters, digits and _",
                             "ha_count: _total ends the names of counters, and of nothing else",
                             "ha_wait_ms: is there twice",
                             "ha_wait_ms: times are in seconds",
                             "ha_wait_ms: is there twice",
                             "ha_wait_ms: times are in seconds",
                             "ha_wait_ms: the help is no sentence",
                             "ha_h: its buckets do not rise",
                             "ha_g: a label has no good name",
                             "ha_g: histograms have buckets, and nothing else has",
                         });
}

TEST_CASE("the page names every family") {
    CHECK(page(table, "Metrics")
              .find("| `ha_lag_bytes` | gauge | `replica`, `database` | How far a "
                    "database is behind. |  |\n") != std::string::npos);
}
