// SPDX-License-Identifier: MIT
#pragma once

#include "operator/core/document.hpp"

#include <optional>
#include <string>
#include <vector>

// Reads members of one object of a custom resource and collects what is wrong with them. Every
// complaint is one sentence that names the field, what stands there and what would be right. A
// member that is absent leaves the default.

namespace ha::op {

class field_reader {
public:
    field_reader(const value& from, std::string where, std::vector<std::string>& complaints)
        : from_(from), where_(std::move(where)), complaints_(complaints) {}

    void text(std::string_view name, std::string& into);
    void needed_text(std::string_view name, std::string& into);
    void one_of(std::string_view name, std::string& into, const std::vector<std::string>& words);
    void port(std::string_view name, std::int64_t& into);
    std::optional<std::int64_t> whole(std::string_view name, std::int64_t least, std::int64_t most);
    void truth(std::string_view name, bool& into);
    // A size may be written as a number.
    void quantity(std::string_view name, std::string& into);

    // The object of that name, as a reader of its own; nothing when it is absent.
    std::optional<field_reader> inside(std::string_view name);
    const list& items(std::string_view name);
    value as_it_is(std::string_view name) const;
    bool has(std::string_view name) const { return from_.find({name}) != nullptr; }

    void complain(std::string_view name, std::string_view what);
    std::string path(std::string_view name) const;
    const value& here() const { return from_; }

private:
    const value& from_;
    std::string where_;
    std::vector<std::string>& complaints_;
};

// "a, b or c".
std::string alternatives(const std::vector<std::string>& words);

}  // namespace ha::op
