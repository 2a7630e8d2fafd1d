// SPDX-License-Identifier: MIT
#include "operator/codec/manifest.hpp"

#include "operator/codec/json.hpp"
#include "test/support/catch.hpp"

using namespace ha::op;

namespace {

std::string as_json(const std::string& text) {
    auto found = read_manifest(text);
    REQUIRE(found);
    REQUIRE(found->size() == 1);
    return print_json(found->front());
}

}  // namespace

TEST_CASE("plain scalars are what kubectl takes them for, quoted ones are text") {
    REQUIRE(as_json("{a: 1, b: '1', c: true, d: \"true\", e: , f: 010, g: on, h: 0.5, i: -3}") ==
            R"({"a":1,"b":"1","c":true,"d":"true","e":null,"f":"010","g":"on","h":"0.5","i":-3})");
}

TEST_CASE("documents that are empty do not count") {
    auto found = read_manifest("---\n# nothing\n---\na: 1\n---\n---\nb: 2\n");
    REQUIRE(found);
    REQUIRE(found->size() == 2);
}

TEST_CASE("a key that is there twice and text that is no YAML are told with their place") {
    auto twice = read_manifest("a: 1\nb: 2\na: 3\n");
    REQUIRE_FALSE(twice);
    REQUIRE(twice.error().message.find("line 3, column 1: 'a' is there twice") !=
            std::string::npos);
    auto broken = read_manifest("a: [1\n");
    REQUIRE_FALSE(broken);
    REQUIRE(broken.error().message.find("line ") != std::string::npos);
}

TEST_CASE("JSON goes in and comes out with its members in order") {
    std::string text = R"({"b":[1,"x",null,true],"a":{"z":-5,"y":"\u00e9"}})";
    auto read = parse_json(text);
    REQUIRE(read);
    REQUIRE(parse_json(print_json(*read)).value() == *read);
    REQUIRE(print_json(*read).starts_with(R"({"b":[1,"x",null,true],"a":{"z":-5)"));
    REQUIRE(*parse_json("18446744073709551615")->text() == "18446744073709551615");
    REQUIRE_FALSE(parse_json("{"));
}
