// SPDX-License-Identifier: MIT
#include "test/unit/operator/core/changes.hpp"

#include "operator/codec/json.hpp"
#include "operator/codec/manifest.hpp"
#include "test/support/catch.hpp"
#include "test/support/golden.hpp"

namespace ha::test {

using nlohmann::json;
using op::value;

namespace {

using objects = std::map<std::string, value>;

objects by_name(const op::plan& made) {
    objects all;
    for (const auto& one : made.objects)
        all[*one.what.find({"kind"})->text() + " " + *one.what.find({"metadata", "name"})->text()] =
            one.what;
    return all;
}

json changed(const json& sample, const change& one) {
    std::string pointer = "/spec/" + std::string(one.field);
    if (auto list = pointer.find("[]"); list != std::string::npos) pointer.replace(list, 2, "/0");
    for (auto& c : pointer)
        if (c == '.') c = '/';
    auto resource = sample;
    auto another = json::parse(one.another);
    REQUIRE(resource.value(json::json_pointer(pointer), json()) != another);
    if (another.is_null()) return resource.patch({{{"op", "remove"}, {"path", pointer}}});
    resource[json::json_pointer(pointer)] = another;
    return resource;
}

std::set<std::string> differing(const objects& before, const objects& after) {
    std::set<std::string> differ;
    for (const auto& [name, what] : before)
        if (!after.contains(name) || !(after.at(name) == what)) differ.insert(name);
    for (const auto& [name, what] : after)
        if (!before.contains(name)) differ.insert(name);
    return differ;
}

// Every place of the schema at which a value can stand; what is below an open map counts as one.
void collect(const value& schema,
             const std::string& at,
             const std::set<std::string>& passed_on,
             std::set<std::string>& into) {
    const auto* properties = schema.find({"properties"});
    const auto* items = schema.find({"items", "properties"});
    bool whole = passed_on.contains(at) || (properties == nullptr && items == nullptr);
    if (whole) {
        into.insert(at);
    } else if (items != nullptr) {
        for (const auto& [name, inside] : *items->members())
            collect(inside, at + "[]." + name, passed_on, into);
    } else {
        for (const auto& [name, inside] : *properties->members())
            collect(inside, at.empty() ? name : at + "." + name, passed_on, into);
    }
}

}  // namespace

json document(const std::string& file, std::size_t number) {
    auto documents = op::read_manifest(source_text(file));
    REQUIRE(documents);
    return op::to_json(documents->at(number));
}

void check_changes(const changed_kind& kind) {
    auto first = kind.planned(op::from_json(kind.sample));
    REQUIRE(first);
    auto before = by_name(*first);
    // Planning twice changes nothing.
    CHECK(by_name(*kind.planned(op::from_json(kind.sample))) == before);
    for (const auto& one : kind.table) {
        INFO(one.field << " to " << one.another);
        auto after = kind.planned(op::from_json(changed(kind.sample, one)));
        CHECK((after ? differing(before, by_name(*after)) : refused) == one.objects);
    }
}

void check_fields(const changed_kind& kind) {
    auto file = "helm/mssql-ha/files/crds/" + std::string(kind.definition) + ".yaml";
    auto read = op::read_manifest(source_text(file));
    REQUIRE(read);
    const auto& version = read->at(0).find({"spec", "versions"})->items()->at(0);
    const auto* spec = version.find({"schema", "openAPIV3Schema", "properties", "spec"});
    std::set<std::string> of_schema;
    collect(*spec, "", kind.passed_on, of_schema);
    std::set<std::string> of_table;
    for (const auto& one : kind.table)
        if (std::string_view(one.another) != "null") of_table.insert(one.field);
    CHECK(of_schema == of_table);
}

}  // namespace ha::test
