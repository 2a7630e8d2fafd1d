// SPDX-License-Identifier: MIT
#include "test/kubesim/store/store.hpp"

#include "test/support/catch.hpp"

using namespace ha::kubesim;
using json = nlohmann::json;

namespace {

const table leases{"coordination.k8s.io", "leases"};

json named(const std::string& name, int value) {
    return {{"metadata", {{"name", name}}}, {"value", value}};
}

}  // namespace

TEST_CASE("every write has a version of its own, and the object carries it") {
    store objects;
    auto first = objects.put(leases, {"default", "a"}, named("a", 1));
    auto second = objects.put(leases, {"default", "a"}, named("a", 2));
    CHECK((*first)["metadata"]["resourceVersion"] == "2");
    CHECK((*second)["metadata"]["resourceVersion"] == "3");
    CHECK(objects.find(leases, {"default", "a"}) == second);
    CHECK(objects.find(leases, {"other", "a"}) == nullptr);
}

TEST_CASE("the history tells what came, changed and went") {
    store objects;
    auto start = objects.now();
    objects.put(leases, {"default", "a"}, named("a", 1));
    objects.put(leases, {"default", "a"}, named("a", 2));
    objects.erase(leases, {"default", "a"}, named("a", 2));
    auto found = objects.changes(start);
    REQUIRE(found);
    REQUIRE(found->size() == 3);
    CHECK((*found)[0].what == change::kind::added);
    CHECK(*(*found)[0].text == text_of(*(*found)[0].now));
    CHECK((*found)[1].what == change::kind::modified);
    CHECK((*(*found)[1].before)["value"] == 1);
    CHECK((*found)[2].what == change::kind::deleted);
    CHECK((*(*found)[2].now)["metadata"]["resourceVersion"] == "4");
    CHECK(objects.changes(3)->size() == 1);
}

TEST_CASE("a bounded history forgets its oldest changes") {
    store objects{2};
    for (int i = 0; i < 4; ++i) objects.put(leases, {"default", "a"}, named("a", i));
    CHECK(objects.compacted() == 3);
    CHECK_FALSE(objects.changes(2));
    CHECK(objects.changes(3)->size() == 2);
    CHECK_FALSE(objects.at(leases, 2));
}

TEST_CASE("a table can be seen as it was") {
    store objects;
    objects.put(leases, {"default", "a"}, named("a", 1));
    auto then = objects.now();
    objects.put(leases, {"default", "a"}, named("a", 2));
    objects.put(leases, {"default", "b"}, named("b", 1));
    auto rows = objects.at(leases, then);
    REQUIRE(rows);
    REQUIRE(rows->size() == 1);
    CHECK((*rows->begin()->second)["value"] == 1);
    CHECK(objects.at(leases, objects.now())->size() == 2);
}

TEST_CASE("compaction ends the history at once") {
    store objects;
    auto start = objects.now();
    objects.put(leases, {"default", "a"}, named("a", 1));
    objects.compact();
    CHECK_FALSE(objects.changes(start));
    CHECK(objects.changes(objects.now())->empty());
}
