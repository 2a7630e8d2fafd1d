// SPDX-License-Identifier: MIT
#include "operator/codec/manifest.hpp"
#include "test/support/catch.hpp"
#include "test/support/golden.hpp"

#include <algorithm>
#include <set>
#include <sstream>

// The definitions of our kinds: what the API server asks of a schema, and what a person who runs
// `kubectl explain` may ask of its words.

using namespace ha::op;

namespace {

using words = std::vector<std::string>;

std::vector<value> definitions() {
    std::vector<value> all;
    for (std::string name : {"sqlserveravailabilitygroups", "sqlserverinstances", "sqlservers"}) {
        auto read =
            read_manifest(ha::test::source_text("helm/mssql-ha/files/crds/" + name + ".yaml"));
        REQUIRE(read);
        REQUIRE(read->size() == 1);
        all.push_back(read->at(0));
    }
    return all;
}

std::vector<value> schemas() {
    std::vector<value> all;
    for (const auto& one : definitions())
        all.push_back(
            *one.find({"spec", "versions"})->items()->at(0).find({"schema", "openAPIV3Schema"}));
    return all;
}

std::string lower(std::string text) {
    std::ranges::transform(
        text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

words split(const std::string& text) {
    std::string spaced;
    for (char c : text) {
        bool upper = c >= 'A' && c <= 'Z';
        if (upper) spaced += ' ';
        spaced += std::isalnum(static_cast<unsigned char>(c)) ? c : ' ';
    }
    std::istringstream from(lower(spaced));
    words all;
    for (std::string one; from >> one;) all.push_back(one);
    return all;
}

std::string description_of(const value& schema) {
    const auto* found = schema.find({"description"});
    return found != nullptr ? *found->text() : "";
}

// How many words a description has beyond those of the name and those that say nothing.
std::size_t news(const std::string& name, const std::string& description) {
    std::set<std::string> said{
        "the", "a", "an", "of", "is", "for", "in", "to", "this", "that", "its"};
    for (const auto& one : split(name)) said.insert(one);
    std::size_t count = 0;
    for (const auto& one : split(description))
        if (!said.contains(one)) ++count;
    return count;
}

// Calls `see` for every named property, with the words of all that it lies in.
template <class F>
void each_property(const value& schema, const std::string& around, const F& see) {
    const auto* properties = schema.find({"properties"});
    if (const auto* items = schema.find({"items"})) each_property(*items, around, see);
    if (properties == nullptr) return;
    for (const auto& [name, inside] : *properties->members()) {
        auto said = around + " " + description_of(inside);
        see(name, inside, said);
        each_property(inside, said, see);
    }
}

template <class F>
void each_property_of_all(const F& see) {
    for (const auto& one : schemas()) each_property(one, "", see);
}

// Fields that are Kubernetes' own, explained there.
bool is_passed_on(const std::string& name) {
    static const std::set<std::string> names{"apiVersion",
                                             "kind",
                                             "metadata",
                                             "effect",
                                             "key",
                                             "operator",
                                             "tolerationSeconds",
                                             "value",
                                             "name",
                                             "request"};
    return names.contains(name);
}

}  // namespace

TEST_CASE("every node of the schema has a type") {
    each_property_of_all([](const std::string& name, const value& inside, const std::string&) {
        INFO(name);
        bool either = inside.find({"x-kubernetes-int-or-string"}) != nullptr;
        CHECK((inside.find({"type"}) != nullptr) != either);
    });
}

TEST_CASE("no description is missing, and none only repeats its name") {
    each_property_of_all([](const std::string& name, const value& inside, const std::string&) {
        auto said = description_of(inside);
        if (said.empty() && is_passed_on(name)) return;
        INFO(name << ": " << said);
        CHECK(news(name, said) >= 3);
        CHECK(said.ends_with("."));
    });
}

TEST_CASE("the check of descriptions refuses one that repeats its name") {
    CHECK(news("endpointPort", "The endpoint port.") == 0);
    CHECK(news("endpointPort", "Port of the endpoint of this.") < 3);
}

TEST_CASE("a description of the spec says the default, and when a change takes effect") {
    auto check = [](const std::string& name, const value& inside, const std::string& around) {
        if (description_of(inside).empty()) return;
        INFO(name << ": " << around);
        const auto* otherwise = inside.find({"default"});
        bool has_default = otherwise != nullptr && !(*otherwise == value{""});
        if (has_default) CHECK(lower(description_of(inside)).find("default") != std::string::npos);
        if (inside.find({"properties"}) != nullptr) return;
        bool when = std::ranges::any_of(
            words{"change", "used", "read", "without effect", "it must exist"},
            [&](const std::string& one) { return lower(around).find(one) != std::string::npos; });
        CHECK(when);
    };
    for (const auto& one : schemas()) each_property(*one.find({"properties", "spec"}), "", check);
}

TEST_CASE("the definitions are kept by an uninstall, and found by kubectl get mssql") {
    const std::vector<words> columns{
        {"Phase", "Primary", "Init", "Ready", "Reason", "Message", "Age"},
        {"Phase", "Ready", "Image", "Reason", "Message", "Age"},
        {"Phase", "Group", "Primary", "Ready", "Reason", "Message", "Age"}};
    auto all = definitions();
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto& made = all[i];
        CHECK(*made.find({"metadata", "annotations", "helm.sh/resource-policy"}) == value{"keep"});
        CHECK(*made.find({"spec", "names", "categories"}) == value{list{"all", "mssql"}});
        const auto& version = made.find({"spec", "versions"})->items()->at(0);
        CHECK(version.find({"subresources", "status"}) != nullptr);
        words told;
        for (const auto& one : *version.find({"additionalPrinterColumns"})->items())
            told.push_back(*one.find({"name"})->text());
        CHECK(told == columns[i]);
    }
}
