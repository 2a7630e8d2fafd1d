// SPDX-License-Identifier: MIT
#include "common/config/tree.hpp"

#include "test/support/catch.hpp"

#include <nlohmann/json.hpp>

using namespace ha;
using nlohmann::json;

namespace {

json one(const std::string& text) {
    auto all = config::read_documents(text, "x.yaml");
    REQUIRE(all);
    REQUIRE(all->size() == 1);
    return all->front();
}

std::string wrong(const std::string& text) {
    auto all = config::read_documents(text, "x.yaml");
    REQUIRE_FALSE(all);
    CHECK(all.error().kind == errc::malformed);
    return all.error().message;
}

}  // namespace

TEST_CASE("yaml becomes what it says, and what is quoted stays text") {
    CHECK(one("a: [1, -2, +3, 1.5, 1e3, true, null, ~, text]\nb: {c: {}, d: []}") ==
          json::parse(R"({"a":[1,-2,3,1.5,1000.0,true,null,null,"text"],"b":{"c":{},"d":[]}})"));
    CHECK(one(R"(["1", 'true', "", '~'])") == json::parse(R"(["1","true","","~"])"));
    for (auto& each : one("[yes, on, 010, 1.2.3, 1-2, e3, '-', 12abc, 0x10, 2026-11-21]")) {
        INFO(each);
        CHECK(each.is_string());
    }
    CHECK(one("a: |\n  line one\n  12\n")["a"] == "line one\n12\n");
    CHECK(one("base: &b {x: 1}\ncopy: *b")["copy"] == json{{"x", 1}});
}

TEST_CASE("several documents come in their order, empty ones not at all") {
    auto all = config::read_documents("a: 1\n---\n---\n# nothing\n---\nb: 2\n", "x.yaml");
    REQUIRE(all);
    CHECK(json(*all) == json::parse(R"([{"a":1},{"b":2}])"));
    CHECK(config::read_documents("", "x.yaml")->empty());
}

TEST_CASE("what is wrong in yaml is said with its place") {
    CHECK_THAT(wrong("a: [1,\nb: 2"), Catch::StartsWith("x.yaml:") && Catch::Contains("no YAML"));
    CHECK(wrong("a: 1\nb: 2\na: 3\n") == "x.yaml:3:1: a is given twice");
    CHECK(wrong("? [1]\n: 2\n") == "x.yaml:1:3: a key must be a word");
    std::string deep;
    for (int i = 0; i < 70; ++i) deep += "[";
    for (int i = 0; i < 70; ++i) deep += "]";
    CHECK_THAT(wrong(deep), Catch::EndsWith("too large or too deep"));
    std::string laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 8; ++i) {
        auto before = "*a" + std::to_string(i - 1);
        auto name = "a" + std::to_string(i);
        laughs += name + ": &" + name + " [" + before + "," + before + "," + before + "," + before +
                  "," + before + "," + before + "," + before + "," + before + "]\n";
    }
    CHECK_THAT(wrong(laughs), Catch::EndsWith("too large or too deep"));
}
