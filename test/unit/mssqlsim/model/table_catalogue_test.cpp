// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/table_catalogue.hpp"

#include "test/mssqlsim/tsql/evaluate.hpp"
#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/model/cluster_harness.hpp"

using namespace ha;
using namespace ha::mssqlsim;

// What the catalogue tells of users' tables, by its views, its functions and its procedures.

namespace {

// All cells of the last answer, row by row.
std::string told(cluster_harness& all, std::size_t at, const std::string& text) {
    return all.run(at, text).cells();
}

void make_tables(cluster_harness& all) {
    REQUIRE(all.run(0, "CREATE DATABASE d").error() == 0);
    REQUIRE(all.run(0,
                    "USE d; CREATE TABLE items (id int IDENTITY(5, 2) PRIMARY KEY, "
                    "name nvarchar(20) NOT NULL, price numeric(9, 2) DEFAULT 1.5, "
                    "at datetime2(3) DEFAULT GETDATE(), data varbinary(max)); "
                    "CREATE TABLE heap (a bigint, b char(3)); "
                    "CREATE TABLE pairs (x int NOT NULL, y int NOT NULL, "
                    "CONSTRAINT both_of_them PRIMARY KEY (y, x)); "
                    "INSERT INTO items (name) VALUES (N'a'), (N'b')")
                .error() == 0);
}

}  // namespace

TEST_CASE("columns have the types that they were made with") {
    cluster_harness all;
    make_tables(all);
    CHECK(told(all,
               0,
               "SELECT name, system_type_id, max_length, precision, scale, is_nullable, "
               "is_identity FROM d.sys.columns WHERE object_id = OBJECT_ID(N'd.dbo.items')") ==
          "id,56,4,10,0,0,1;name,231,40,0,0,0,0;price,108,5,9,2,1,0;at,42,7,23,3,1,0;"
          "data,165,-1,0,0,1,0");
    CHECK(told(all,
               0,
               "USE d; SELECT c.name, t.name FROM sys.columns AS c JOIN sys.types AS t "
               "ON t.user_type_id = c.user_type_id WHERE c.object_id = OBJECT_ID(N'heap')") ==
          "a,bigint;b,char");
    CHECK(told(all, 0, "SELECT COUNT(*) FROM sys.columns") == "0");
}

TEST_CASE("keys, defaults and identities are objects of their tables") {
    cluster_harness all;
    make_tables(all);
    CHECK(told(all, 0, "USE d; SELECT name, type FROM sys.objects WHERE type <> 'D'") ==
          "heap,U;items,U;PK_items,PK;pairs,U;both_of_them,PK");
    CHECK(told(all,
               0,
               "USE d; SELECT i.name, i.type_desc, i.is_primary_key FROM sys.indexes AS i "
               "JOIN sys.tables AS t ON t.object_id = i.object_id ORDER BY t.name") ==
          "-,HEAP,0;PK_items,CLUSTERED,1;both_of_them,CLUSTERED,1");
    CHECK(told(all,
               0,
               "USE d; SELECT c.name, k.key_ordinal FROM sys.index_columns AS k "
               "JOIN sys.columns AS c ON c.object_id = k.object_id AND c.column_id = k.column_id "
               "WHERE k.object_id = OBJECT_ID(N'pairs') ORDER BY k.key_ordinal") == "y,1;x,2");
    CHECK(told(all, 0, "USE d; SELECT definition, parent_column_id FROM sys.default_constraints") ==
          "((1.5)),3;(GETDATE()),4");
    CHECK(told(all,
               0,
               "USE d; SELECT c.name FROM sys.columns AS c JOIN sys.default_constraints AS d "
               "ON d.object_id = c.default_object_id ORDER BY c.column_id") == "price;at");
    CHECK(told(all,
               0,
               "USE d; SELECT name, seed_value, increment_value, last_value "
               "FROM sys.identity_columns") == "id,5,2,7");
    CHECK(told(all, 0, "USE d; SELECT is_system_named FROM sys.key_constraints") == "1;0");
    CHECK(told(all,
               0,
               "USE d; SELECT rows, index_id FROM sys.partitions "
               "WHERE object_id = OBJECT_ID(N'items')") == "2,1");
}

TEST_CASE("the same in the words of the standard") {
    cluster_harness all;
    make_tables(all);
    CHECK(told(all, 0, "SELECT TABLE_NAME, TABLE_TYPE FROM d.INFORMATION_SCHEMA.TABLES") ==
          "heap,BASE TABLE;items,BASE TABLE;pairs,BASE TABLE");
    CHECK(told(all,
               0,
               "USE d; SELECT COLUMN_NAME, DATA_TYPE, CHARACTER_MAXIMUM_LENGTH, "
               "NUMERIC_PRECISION, NUMERIC_SCALE, DATETIME_PRECISION, COLUMN_DEFAULT "
               "FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME = N'items'") ==
          "id,int,-,10,0,-,-;name,nvarchar,20,-,-,-,-;price,numeric,-,9,2,-,((1.5));"
          "at,datetime2,-,-,-,3,(GETDATE());data,varbinary,-1,-,-,-,-");
    CHECK(told(all,
               0,
               "USE d; SELECT COLUMN_NAME, ORDINAL_POSITION "
               "FROM INFORMATION_SCHEMA.KEY_COLUMN_USAGE WHERE CONSTRAINT_NAME = "
               "N'both_of_them'") == "y,1;x,2");
    CHECK(told(all, 0, "USE d; SELECT * FROM INFORMATION_SCHEMA.NOTHING") == "error 208");
}

TEST_CASE("functions find what the views show, and nothing else") {
    cluster_harness all;
    make_tables(all);
    CHECK(told(all,
               0,
               "USE d; SELECT OBJECT_NAME(OBJECT_ID(N'[dbo].[items]')), "
               "COL_NAME(OBJECT_ID(N'items'), 2), COL_NAME(OBJECT_ID(N'items'), 9), "
               "OBJECT_ID(N'items', N'V'), OBJECT_ID(N'other.items')") == "items,name,-,-,-");
    CHECK(told(all,
               0,
               "SELECT OBJECT_ID(N'items'), OBJECT_NAME(OBJECT_ID(N'd..items'), DB_ID(N'd'))") ==
          "-,items");
    CHECK(told(all,
               0,
               "USE d; SELECT COLUMNPROPERTY(OBJECT_ID(N'items'), N'id', 'IsIdentity'), "
               "COLUMNPROPERTY(OBJECT_ID(N'items'), N'name', 'Precision'), "
               "COL_LENGTH(N'items', N'name'), COL_LENGTH(N'items', N'nothing'), "
               "INDEXPROPERTY(OBJECT_ID(N'items'), N'PK_items', 'IsUnique'), "
               "OBJECTPROPERTY(OBJECT_ID(N'heap'), 'TableHasPrimaryKey')") == "1,20,40,-,1,0");
    CHECK(told(all, 0, "SELECT TYPE_NAME(56), TYPE_ID(N'nvarchar'), TYPE_ID(N'no')") ==
          "int,231,-");
    CHECK(told(all, 0, "SELECT IIF(OBJECT_ID(N'msdb.dbo.backupset') IS NULL, 0, 1)") == "1");
}

TEST_CASE("a table has its number before it is committed, and on every replica") {
    cluster_harness all;
    all.make_group();
    const auto session = all.login(0, "shop");
    all.run_on(0, session, "BEGIN TRANSACTION; CREATE TABLE fresh (a int)");
    const auto seen = all.run_on(0,
                                 session,
                                 "SELECT OBJECT_ID(N'fresh') - object_id FROM "
                                 "sys.tables WHERE name = N'fresh'");
    CHECK(seen.cell() == value{std::int64_t{0}});
    CHECK(told(all, 0, "SELECT COUNT(*) FROM shop.sys.tables WHERE name = N'fresh'") == "0");
    all.run_on(0, session, "COMMIT");
    const std::string number = "SELECT OBJECT_ID(N'shop.dbo.fresh')";
    const auto before = told(all, 0, number);
    CHECK(before != "-");
    REQUIRE(all.run(0,
                    "ALTER AVAILABILITY GROUP ag1 MODIFY REPLICA ON N'ag-1' WITH "
                    "(SECONDARY_ROLE (ALLOW_CONNECTIONS = ALL))")
                .error() == 0);
    CHECK(all.eventually([&] { return told(all, 1, number) == before; }));
}

TEST_CASE("drivers' procedures tell of tables, columns and keys") {
    cluster_harness all;
    make_tables(all);
    CHECK(told(all, 0, "USE d; EXEC sp_tables @table_type = N'''TABLE'''") ==
          "d,dbo,heap,TABLE,-;d,dbo,items,TABLE,-;d,dbo,pairs,TABLE,-");
    CHECK(told(all, 0, "EXEC d.sys.sp_tables N'p%', N'dbo'") == "d,dbo,pairs,TABLE,-");
    CHECK(told(all, 0, "EXEC sp_tables N'', N'', N'%'").find("master,-,-,-,-") !=
          std::string::npos);
    CHECK(told(all, 0, "USE d; EXEC sp_columns N'heap'") ==
          "d,dbo,heap,a,-5,bigint,19,8,0,10,1,-,-,-5,-,-,1,YES,108;"
          "d,dbo,heap,b,1,char,3,3,-,-,1,-,-,1,-,3,2,YES,39");
    CHECK(told(all, 0, "USE d; EXEC sp_columns_100 N'items', @column_name = N'at', @ODBCVer = 3") ==
          "d,dbo,items,at,93,datetime2,23,16,3,-,1,-,(GETDATE()),9,3,-,4,YES,0,0,0,0,-,-,-,-,-,-,"
          "0");
    CHECK(told(all, 0, "USE d; EXEC sp_pkeys N'pairs'") ==
          "d,dbo,pairs,y,1,both_of_them;d,dbo,pairs,x,2,both_of_them");
    CHECK(told(all, 0, "USE d; EXEC sp_fkeys N'pairs'").empty());
    CHECK(told(all, 0, "USE d; EXEC sp_special_columns N'pairs'") ==
          "2,y,4,int,10,4,0,1;2,x,4,int,10,4,0,1");
    CHECK(told(all, 0, "USE d; EXEC sp_special_columns N'pairs', @col_type = 'V'").empty());
    CHECK(told(all, 0, "USE d; EXEC sp_tables NULL, N'%', NULL, N'''TABLE'''") ==
          "d,dbo,heap,TABLE,-;d,dbo,items,TABLE,-;d,dbo,pairs,TABLE,-");
    CHECK(told(all, 0, "USE d; EXEC sp_columns").substr(0, 5) == "error");
    CHECK(told(all, 0, "USE d; EXEC sp_statistics N'items'") ==
          "d,dbo,items,-,-,-,0,-,-,-,2,1,-;d,dbo,items,0,items,PK_items,1,1,id,A,2,1,-");
}

TEST_CASE("who may not see a table is not told of it") {
    cluster_harness all;
    make_tables(all);
    REQUIRE(all.run(0, "CREATE LOGIN teller WITH PASSWORD = N'Str0ng-enough'").error() == 0);
    REQUIRE(all.run(0, "USE d; CREATE USER teller; GRANT SELECT ON heap TO teller").error() == 0);
    login_request who;
    who.user = "teller";
    who.password = "Str0ng-enough";
    who.database = "d";
    const auto entered = all.at(0).login(who, all.now());
    REQUIRE(entered);
    const auto seen = all.run_on(0, entered->session, "SELECT name FROM sys.tables");
    REQUIRE(seen.sets.size() == 1);
    CHECK(seen.sets.front().rows == std::vector<row>{row{value{std::string{"heap"}}}});
    CHECK(is_null(all.run_on(0, entered->session, "SELECT OBJECT_ID(N'items')").cell()));
}
