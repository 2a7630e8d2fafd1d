// SPDX-License-Identifier: MIT
#include "common/odbc/target.hpp"

#include "common/odbc/types.hpp"
#include "test/support/catch.hpp"

using namespace ha;
using namespace ha::odbc;

TEST_CASE("each driver gets its own keywords, and no value can break out") {
    target where;
    where.port = 31433;
    where.user = "ha;x=1";
    where.password = secret{"a}b;PWD={c"};
    where.program = "mssql-ha-supervisor/canary";
    CHECK(connection_string(where).reveal() ==
          "Driver={ODBC Driver 18 for SQL Server};Server=tcp:127.0.0.1,31433;Encrypt=yes;"
          "TrustServerCertificate=yes;ConnectRetryCount=0;APP=mssql-ha-supervisor/canary;"
          "UID={ha;x=1};PWD={a}}b;PWD={c};");
    where.driver = freetds_driver;
    where.password = secret{"a}b{c"};
    CHECK(connection_string(where).reveal() ==
          "Driver={FreeTDS};Server=127.0.0.1;Port=31433;TDS_Version=7.4;Encryption=require;"
          "ClientCharset=UTF-8;APP=mssql-ha-supervisor/canary;UID={ha;x=1};PWD=a}b{c;");
}

TEST_CASE("the first known driver is taken, and its lack is one line that says what to do") {
    CHECK(choose_driver(known_drivers, {"FreeTDS", "SQLite3"}) == "FreeTDS");
    CHECK(choose_driver(known_drivers, {"FreeTDS", "ODBC Driver 18 for SQL Server"}) ==
          "ODBC Driver 18 for SQL Server");
    auto none = choose_driver(known_drivers, {"SQLite3"});
    REQUIRE_FALSE(none);
    CHECK(none.error().message ==
          "no ODBC driver for SQL Server is installed: odbcinst.ini has no section 'ODBC Driver 18 "
          "for SQL Server' or 'FreeTDS'; install Microsoft's package msodbcsql18 or Debian's "
          "tdsodbc, or point ODBCSYSINI at the folder of the odbcinst.ini that has one");
}

TEST_CASE("diagnostics in words") {
    CHECK(in_words({{18456, "28000", "Login failed"}, {0, "HYT00", "late"}}) ==
          "18456 (28000): Login failed; HYT00: late");
    CHECK(in_words({}) == "the driver gave no reason");
}
