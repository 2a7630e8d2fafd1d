// SPDX-License-Identifier: MIT
#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/model/cluster_harness.hpp"

// What needs a column keeps it from being dropped, and some of it from being another type.

using namespace ha::mssqlsim;

namespace {

class one_table {
public:
    one_table() {
        one_.run(0, "CREATE DATABASE own");
        own_ = one_.login(0, "own");
        run("CREATE TABLE parent (id int NOT NULL CONSTRAINT pk_parent PRIMARY KEY)");
        run("CREATE TABLE t (k int NOT NULL CONSTRAINT pk PRIMARY KEY, "
            "d int CONSTRAINT df DEFAULT 7, c int CONSTRAINT ck CHECK (c > 0), "
            "u int CONSTRAINT uq UNIQUE, f int CONSTRAINT fk REFERENCES parent (id), "
            "i int, n int, s varchar(10) CONSTRAINT df_s DEFAULT 'x', g int IDENTITY, "
            "a int CONSTRAINT uq_a UNIQUE CONSTRAINT df_a DEFAULT 1)");
        run("CREATE INDEX ix ON t (i) INCLUDE (n)");
        run("CREATE INDEX ix_a ON t (a)");
    }

    reply run(const std::string& text) { return one_.run_on(0, own_, text); }

    // "5074 The object 'x' ...; 4922 ..."
    std::string said(const std::string& text) {
        std::string made;
        for (const auto& one : run(text).messages)
            made += (made.empty() ? "" : "; ") + std::to_string(one.number) + ":" +
                    std::to_string(one.state) + " " + one.text;
        return made;
    }

private:
    cluster_harness one_{reading::a, {}, 1};
    session_number own_ = 0;
};

std::string dependent(const std::string& what, const std::string& column) {
    return "5074:1 The " + what + " is dependent on column '" + column + "'.; ";
}

std::string failed(const std::string& verb, const std::string& column) {
    return "4922:9 ALTER TABLE " + verb + " COLUMN " + column +
           " failed because one or more objects access this column.";
}

}  // namespace

TEST_CASE("a column that something needs is not dropped, and each of it is named") {
    one_table sql;
    const auto dropped = [&](const std::string& column) {
        return sql.said("ALTER TABLE t DROP COLUMN " + column);
    };
    CHECK(dropped("k") == dependent("object 'pk'", "k") + failed("DROP", "k"));
    CHECK(dropped("d") == dependent("object 'df'", "d") + failed("DROP", "d"));
    CHECK(dropped("c") == dependent("object 'ck'", "c") + failed("DROP", "c"));
    CHECK(dropped("u") == dependent("object 'uq'", "u") + failed("DROP", "u"));
    CHECK(dropped("f") == dependent("object 'fk'", "f") + failed("DROP", "f"));
    CHECK(dropped("i") == dependent("index 'ix'", "i") + failed("DROP", "i"));
    CHECK(dropped("n") == dependent("index 'ix'", "n") + failed("DROP", "n"));
    CHECK(dropped("a") == dependent("object 'uq_a'", "a") + dependent("index 'ix_a'", "a") +
                              dependent("object 'df_a'", "a") + failed("DROP", "a"));
    CHECK(dropped("g").empty());
}

TEST_CASE("a column is dropped when nothing needs it any more") {
    one_table sql;
    CHECK(sql.said("ALTER TABLE t DROP CONSTRAINT df; ALTER TABLE t DROP COLUMN d").empty());
    CHECK(sql.run("SELECT d FROM t").error() == 207);
    CHECK(sql.said("CREATE TABLE #own (a int, b int DEFAULT 1)").empty());
    CHECK(sql.run("ALTER TABLE #own DROP COLUMN b").error() == 5074);
    CHECK(sql.run("ALTER TABLE #own DROP COLUMN a").error() == 0);
}

TEST_CASE("a default keeps a column's type, and lets it be of another length") {
    one_table sql;
    CHECK(sql.said("ALTER TABLE t ALTER COLUMN d varchar(10)") ==
          dependent("object 'df'", "d") + failed("ALTER", "d"));
    CHECK(sql.said("ALTER TABLE t ALTER COLUMN k bigint NOT NULL") ==
          dependent("object 'pk'", "k") + failed("ALTER", "k"));
    CHECK(sql.said("ALTER TABLE t ALTER COLUMN d int NOT NULL").empty());
    CHECK(sql.said("ALTER TABLE t ALTER COLUMN s varchar(5)").empty());
    CHECK(sql.said("ALTER TABLE t ALTER COLUMN s nvarchar(5)") ==
          dependent("object 'df_s'", "s") + failed("ALTER", "s"));
    CHECK(sql.said("ALTER TABLE t DROP CONSTRAINT df_s; ALTER TABLE t ALTER COLUMN s nvarchar(5)")
              .empty());
}
