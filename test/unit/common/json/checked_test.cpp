// SPDX-License-Identifier: MIT
#include "common/json/checked.hpp"

#include "test/support/catch.hpp"

#include <nlohmann/json.hpp>

using namespace ha;

namespace {

json::value document(std::string_view text) {
    auto parsed = json::parse(text, "the sample");
    REQUIRE(parsed);
    return *parsed;
}

}  // namespace

TEST_CASE("what is there is read") {
    auto sample = document(R"({"metadata":{"name":"ag1","labels":{"app":"sql","tier":"db"}},
        "spec":{"size":3,"whole":4.0,"paused":true,"mode":"fast","nothing":null,
                "replicas":[{"name":"a"},{"name":"b"}],"ports":[1433,5022]}})");
    json::reader in(sample);
    auto spec = in.root().object("spec");
    CHECK(in.root().object("metadata").text("name") == "ag1");
    CHECK(in.root().object("metadata").texts("labels").at("tier") == "db");
    CHECK(spec.integer("size", 1, 9) == 3);
    CHECK(spec.integer("whole") == 4);
    CHECK(spec.boolean("paused"));
    CHECK(spec.choice<int>("mode", {{"slow", 1}, {"fast", 2}}) == 2);
    CHECK(spec.optional_text("nothing") == std::nullopt);
    CHECK(spec.text_or("absent", "x") == "x");
    CHECK(spec.optional_integer("absent") == std::nullopt);
    CHECK_FALSE(spec.optional_object("absent").exists());
    CHECK(spec.optional_items("absent").empty());
    auto replicas = spec.items("replicas");
    REQUIRE(replicas.size() == 2);
    CHECK(replicas[1].text("name") == "b");
    CHECK(spec.items("ports")[1].as_integer(1, 65535) == 5022);
    CHECK(in.complaints().empty());
    CHECK_FALSE(in.failure("the sample"));
}

TEST_CASE("every complaint names its place, and all come at once") {
    auto sample = document(R"({"spec":{"size":99,"half":3.5,"huge":4294967297,"mode":"odd",
        "replicas":[{"name":"a"},{"name":5}],"paused":"yes","labels":{"a":1},"extra":1}})");
    json::reader in(sample);
    auto spec = in.root().object("spec");
    spec.integer("size", 1, 9);
    spec.integer("half");
    spec.integer("huge", 0, 65535);
    spec.choice<int>("mode", {{"slow", 1}, {"fast", 2}});
    spec.items("replicas")[1].text("name");
    spec.boolean("paused");
    CHECK(spec.texts("labels").empty());
    spec.text("absent");
    spec.only({"size", "half", "huge", "mode", "replicas", "paused", "labels"});
    auto inner = spec.object("gone").object("deeper");
    CHECK(inner.text("silent").empty());
    CHECK(in.complaints() ==
          std::vector<std::string>{
              "spec.size: expected a whole number from 1 to 9, got number 99",
              "spec.half: expected a whole number, got number 3.5",
              "spec.huge: expected a whole number from 0 to 65535, got number 4294967297",
              "spec.mode: expected one of slow, fast, got text \"odd\"",
              "spec.replicas[1].name: expected text, got number 5",
              "spec.paused: expected true or false, got text \"yes\"",
              "spec.labels.a: expected text, got number 1",
              "spec.absent: is missing",
              "spec: unknown key \"extra\"",
              "spec.gone: is missing",
          });
    auto wrong = in.failure("request r1");
    REQUIRE(wrong);
    CHECK(wrong->kind == errc::malformed);
    CHECK(wrong->message.starts_with("request r1: spec.size: expected"));
}

TEST_CASE("a number that 64 signed bits cannot hold is a complaint, not another number") {
    auto sample = document(R"({"n":18446744073709551615,"m":1e300})");
    json::reader in(sample);
    CHECK(in.root().integer("n") == 0);
    CHECK(in.root().integer("m") == 0);
    CHECK(in.complaints().size() == 2);
}

TEST_CASE("a document of the wrong shape is a complaint about the document") {
    auto sample = document("[1,2]");
    json::reader in(sample);
    in.root().text("name");
    CHECK(in.complaints() ==
          std::vector<std::string>{"the document: expected an object, got a list"});
}

TEST_CASE("text that is no JSON says where it breaks and repeats nothing of it") {
    auto broken = json::parse(R"({"password":"hunter2",})", "the Secret");
    REQUIRE_FALSE(broken);
    CHECK(broken.error().kind == errc::malformed);
    CHECK(broken.error().message == "the Secret is no JSON: it breaks at byte 23 of 23");
}

TEST_CASE("dump never throws for bytes that are no UTF-8") {
    json::value odd;
    odd["text"] = std::string{"a\xff"} + "b";
    CHECK(json::dump(odd) ==
          "{\"text\":\"a\xEF\xBF\xBD"
          "b\"}");
}

TEST_CASE("dump writes what the library would") {
    auto sample = document(
        R"({"empty":{},"list":[1,-2,18446744073709551615,2.5,true,null,[],"x"],"text":"a\"\\b\n\u00e9"})");
    CHECK(json::dump(sample) == sample.dump());
    CHECK(json::dump(json::value{}) == "null");
}
