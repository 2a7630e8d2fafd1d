// SPDX-License-Identifier: MIT
#include "operator/codec/yaml.hpp"

#include "operator/codec/manifest.hpp"
#include "test/support/catch.hpp"
#include "test/support/golden.hpp"

using namespace ha::op;

namespace {

value read_back(const std::string& text) {
    INFO(text);
    auto found = read_manifest(text);
    REQUIRE(found);
    REQUIRE(found->size() == 1);
    return found->front();
}

group sample() {
    auto documents =
        read_manifest(ha::test::source_text("manifests/samples/ag-three-synchronous.yaml"));
    REQUIRE(documents);
    auto read = read_group(documents->at(1));
    REQUIRE(read);
    return *read;
}

const char* header =
    "# A group of three synchronous replicas: ../samples/ag-three-synchronous.yaml as the objects\n"
    "# that the operator would make of it, in the namespace mssql. Written by a unit test, which\n"
    "# fails when the two part: HA_UPDATE_GOLDEN=1 ctest --preset dev -R 'static manifests'.\n";

}  // namespace

TEST_CASE("text is quoted where some reader would take it for something else") {
    for (const char* text : {"true",        "Y",
                             "on",          "Null",
                             "1433",        "-1",
                             "0x1f",        "",
                             " a",          "a ",
                             "a: b",        "a #b",
                             "it's",        "[x]",
                             "a:",          "@a",
                             "2026-01-01",  "\ttab",
                             "a\nb",        "\nfirst",
                             " indented\n", "line\n \ntwo\n"}) {
        value what = object{{"key", text}};
        REQUIRE(read_back(print_yaml(what)) == what);
    }
    REQUIRE(print_yaml(value{object{{"a", "TCP"}, {"b", "Y"}, {"c", "it's 1"}}}) ==
            "a: TCP\nb: 'Y'\nc: 'it''s 1'\n");
}

TEST_CASE("lists, objects in lists and blocks of text stand as people write them") {
    value what = object{{"items", list{object{{"a", 1}, {"b", list{"x", true}}}, "two"}},
                        {"none", list{}},
                        {"text", "one\n\ntwo\n\n"},
                        {"last", object{}}};
    REQUIRE(print_yaml(what) ==
            "items:\n  - a: 1\n    b:\n      - x\n      - true\n  - two\n"
            "none: []\ntext: |+\n  one\n\n  two\n\nlast: {}\n");
    REQUIRE(read_back(print_yaml(what)) == what);
}

TEST_CASE("every object of a plan is read back as it was") {
    auto planned = plan_group(sample(), {}, {});
    auto documents = read_manifest(print_yaml(planned));
    REQUIRE(documents);
    REQUIRE(documents->size() == planned.objects.size());
    for (std::size_t i = 0; i < documents->size(); ++i)
        REQUIRE(documents->at(i) == marked(planned.objects[i]));
}

TEST_CASE("the static manifests are what the operator would make") {
    auto wanted = sample();
    wanted.space = "mssql";
    auto text = header + print_yaml(plan_group(wanted, {}, {.update_strategy = "RollingUpdate"}));
    REQUIRE(ha::test::differs_from_golden("../../manifests/static/group.yaml", text) == "");
}
