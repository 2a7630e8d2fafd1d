// SPDX-License-Identifier: MIT
#include "operator/core/document.hpp"

#include "test/support/catch.hpp"

using namespace ha::op;

TEST_CASE("a path finds what is deep inside, and nothing where a name is missing") {
    value pod = object{{"metadata", object{{"name", "a-0"}, {"generation", 3}}}, {"ready", true}};
    REQUIRE(*pod.find({"metadata", "name"})->text() == "a-0");
    REQUIRE(*pod.find({"metadata", "generation"})->number() == 3);
    REQUIRE(*pod.find({"ready"})->truth());
    REQUIRE(pod.find({"metadata", "uid"}) == nullptr);
    REQUIRE(pod.find({"ready", "deeper"}) == nullptr);
}

TEST_CASE("text is never taken for truth") {
    value word = "false";
    REQUIRE(word.truth() == nullptr);
    REQUIRE(*word.text() == "false");
}

TEST_CASE("setting keeps the order of members and makes objects of nothing") {
    value made;
    made.set("b", 1);
    made.set("a", 2);
    made.set("b", 3);
    REQUIRE(made == value{object{{"b", 3}, {"a", 2}}});
    REQUIRE(json_text(made) == R"({"b":3,"a":2})");
}

TEST_CASE("equal objects have equal members, in whatever order") {
    value one = object{{"a", 2}, {"b", object{{"c", list{1, 2}}}}};
    REQUIRE(one == value{object{{"b", object{{"c", list{1, 2}}}}, {"a", 2}}});
    REQUIRE_FALSE(one == value{object{{"a", 2}, {"b", object{{"c", list{2, 1}}}}}});
    REQUIRE_FALSE(one == value{object{{"a", 2}}});
}

TEST_CASE("JSON text escapes what must be escaped") {
    value made = object{{"a\"b", "c\\d\n"}, {"e", list{1, false, value{}}}};
    REQUIRE(json_text(made) == R"({"a\"b":"c\\d\u000a","e":[1,false,null]})");
}
