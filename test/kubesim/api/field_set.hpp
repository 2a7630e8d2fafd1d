// SPDX-License-Identifier: MIT
#pragma once

#include "test/kubesim/api/shape.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <string>
#include <vector>

// Sets of fields of an object, as managedFields has them: who owns what.

namespace ha::kubesim {

// A path is a row of elements in managedFields' own spelling: "f:spec", "k:{\"name\":\"x\"}".
using field_path = std::vector<std::string>;

class field_set {
public:
    static field_set from_json(const nlohmann::json& fields);
    // Everything that `value` says, as one who applies it owns it.
    static field_set of(const nlohmann::json& value, const shape* form);

    nlohmann::json to_json() const;
    bool empty() const { return !member_ && children_.empty(); }
    bool contains(const field_path& path) const;
    // A member at the path or anywhere below it.
    bool touches(const field_path& path) const;

    void insert(const field_path& path);
    void erase(const field_path& path);
    void add(const field_set& other);
    void remove(const field_set& other);
    field_set intersection(const field_set& other) const;
    std::vector<field_path> members() const;
    bool operator==(const field_set&) const = default;

private:
    void collect(field_path& prefix, std::vector<field_path>& into) const;
    const field_set* at(const field_path& path) const;

    bool member_ = false;
    std::map<std::string, field_set> children_;
};

// ".spec.ports[port=1433,protocol=\"TCP\"].name", for people.
std::string words(const field_path& path);

// What differs between two states of an object.
struct comparison {
    field_set added;
    field_set modified;
    field_set removed;
    bool none() const { return added.empty() && modified.empty() && removed.empty(); }
    field_set written() const;  // added and modified
};
comparison compare(const nlohmann::json& before, const nlohmann::json& after, const shape* form);

}  // namespace ha::kubesim
