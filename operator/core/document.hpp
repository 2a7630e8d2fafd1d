// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

// Kubernetes objects as plain values, shaped like JSON, with members in the order they were put in.

namespace ha::op {

class value;
struct member;

using list = std::vector<value>;
using object = std::vector<member>;

class value {
public:
    value() = default;  // null
    // Implicit, so that an object can be written down as it will look.
    value(bool truth);
    value(int number);
    value(std::int64_t number);
    value(const char* text);
    value(std::string text);
    value(list items);
    value(object members);

    // What it holds, or null when it holds something else.
    const bool* truth() const { return std::get_if<bool>(&held_); }
    const std::int64_t* number() const { return std::get_if<std::int64_t>(&held_); }
    const std::string* text() const { return std::get_if<std::string>(&held_); }
    const list* items() const { return std::get_if<list>(&held_); }
    const object* members() const { return std::get_if<object>(&held_); }
    bool is_null() const { return std::holds_alternative<std::monostate>(held_); }

    // The member at the end of this path of names; null when there is none.
    const value* find(std::initializer_list<std::string_view> path) const;

    // Sets a member, in its old place if it was there. A value that is no object becomes one.
    void set(std::string_view name, value what);

    // The order of members makes no difference.
    bool operator==(const value& other) const;

private:
    std::variant<std::monostate, bool, std::int64_t, std::string, list, object> held_;
};

struct member {
    std::string name;
    value content;
    bool operator==(const member&) const = default;
};

// What its member of this name holds; empty where there is none, or one of another form.
std::string text_at(const value& from, std::string_view name);
const list& items_of(const value& from, std::string_view name);

// The value as JSON on one line, for the fields of Kubernetes objects that hold JSON as text.
std::string json_text(const value& what);

}  // namespace ha::op
