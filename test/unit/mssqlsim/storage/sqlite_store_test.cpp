// SPDX-License-Identifier: MIT
#include "test/mssqlsim/storage/sqlite_store.hpp"

#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/storage/scratch_folder.hpp"

#include <map>

using namespace ha;
using namespace ha::mssqlsim;
using kind = row_change::kind;

namespace {

table_definition people() {
    return {"People",
            {{"Id", {column_kind::integer}, false},
             {"Name", {column_kind::nvarchar, 20}, false},
             {"Data", {column_kind::varbinary_max}}},
            {"Name", "Id"}};
}

row person(std::int64_t id, const std::string& name, value data = {}) {
    return {id, name, std::move(data)};
}

row_change make_table() {
    return {kind::create_table, "People", 0, {}, {}, people()};
}

row_change inserted(std::int64_t number, row what) {
    return {kind::insert, "People", number, {}, std::move(what), {}};
}

std::map<std::int64_t, row> contents(const row_store& store) {
    std::map<std::int64_t, row> out;
    store.scan("db", "PEOPLE", [&out](std::int64_t number, const row& what) {
        out.emplace(number, what);
        return true;
    });
    return out;
}

std::unique_ptr<row_store> make_store(const test::scratch_folder& folder) {
    auto store = make_sqlite_store(folder.file("rows.db"));
    REQUIRE(store.has_value());
    (*store)->create_database("db");
    (*store)->apply("db",
                    {make_table(),
                     inserted(1, person(7, "Ada", binary{0, 1})),
                     inserted(2, person(8, "", binary{})),
                     inserted(3, person(9, std::string("n\0l", 3)))});
    return std::move(*store);
}

}  // namespace

TEST_CASE("rows come back as they were put in, in the order of their numbers") {
    test::scratch_folder folder;
    auto store = make_store(folder);
    REQUIRE(store->table("DB", "people") == people());
    REQUIRE(store->tables("db") == std::vector<std::string>{"People"});
    auto rows = contents(*store);
    REQUIRE(rows.size() == 3);
    REQUIRE(rows[1] == person(7, "Ada", binary{0, 1}));
    REQUIRE(rows[2] == person(8, "", binary{}));
    REQUIRE(rows[3] == person(9, std::string("n\0l", 3)));
}

TEST_CASE("rows are found by key without regard to case") {
    test::scratch_folder folder;
    auto store = make_store(folder);
    REQUIRE(store->find("db", "People", {"ADA", std::int64_t{7}}) == 1);
    REQUIRE_FALSE(store->find("db", "People", {"ADA", std::int64_t{8}}).has_value());
    REQUIRE_FALSE(store->find("db", "Nobody", {std::int64_t{8}}).has_value());
    REQUIRE_FALSE(store->find("db", "People", {std::int64_t{8}}).has_value());
}

TEST_CASE("changes are reverted to what was before") {
    test::scratch_folder folder;
    auto store = make_store(folder);
    auto before = contents(*store);
    std::vector<row_change> changes{
        {kind::update, "People", 1, before[1], person(7, "Grace"), {}},
        {kind::erase, "People", 2, before[2], {}, {}},
        inserted(4, person(10, "Alan")),
        {kind::erase, "People", 3, before[3], {}, {}},
        {kind::erase, "People", 4, person(10, "Alan"), {}, {}},
        {kind::erase, "People", 1, person(7, "Grace"), {}, {}},
        {kind::drop_table, "People", 0, {}, {}, people()},
    };
    store->apply("db", changes);
    REQUIRE_FALSE(store->table("db", "People").has_value());
    store->revert("db", changes);
    REQUIRE(contents(*store) == before);
    REQUIRE(store->find("db", "People", {"Ada", std::int64_t{7}}) == 1);
}

TEST_CASE("databases are dropped with their tables, and a new start is empty") {
    test::scratch_folder folder;
    {
        auto store = make_store(folder);
        store->drop_database("db");
        REQUIRE(store->tables("db").empty());
        store->create_database("db");
        store->apply("db", {make_table()});
        REQUIRE(contents(*store).empty());
    }
    auto anew = make_sqlite_store(folder.file("rows.db"));
    REQUIRE((*anew)->tables("db").empty());
    REQUIRE(make_sqlite_store("/proc/no/rows.db").error().kind == errc::failed);
}
