// SPDX-License-Identifier: MIT
#include "operator/codec/manifest.hpp"

#include <yaml-cpp/yaml.h>

#include <charconv>
#include <stdexcept>

namespace ha::op {
namespace {

std::string place(const YAML::Node& node) {
    auto mark = node.Mark();
    return "line " + std::to_string(mark.line + 1) + ", column " + std::to_string(mark.column + 1);
}

bool is_integer(const std::string& text, std::int64_t& number) {
    std::string_view digits = text;
    if (digits.starts_with('-')) digits.remove_prefix(1);
    // A leading zero is octal to some readers and decimal to others: nobody's number.
    if (digits.empty() || (digits.size() > 1 && digits.front() == '0')) return false;
    auto [end, trouble] = std::from_chars(text.data(), text.data() + text.size(), number);
    return trouble == std::errc{} && end == text.data() + text.size();
}

value scalar(const YAML::Node& node) {
    const auto& text = node.Scalar();
    if (node.Tag() == "!") return text;  // it was quoted, or a block of text
    if (text == "true" || text == "True") return true;
    if (text == "false" || text == "False") return false;
    if (text.empty() || text == "null" || text == "~") return {};
    std::int64_t number = 0;
    if (is_integer(text, number)) return number;
    return text;
}

// Throws what yaml-cpp throws, and runtime_error with the place for what it lets pass.
value taken_from(const YAML::Node& node) {
    if (node.IsScalar()) return scalar(node);
    if (node.IsSequence()) {
        list items;
        for (const auto& item : node) items.push_back(taken_from(item));
        return items;
    }
    if (!node.IsMap()) return {};
    value made = object{};
    for (const auto& entry : node) {
        const auto& name = entry.first.Scalar();
        if (made.find({name}) != nullptr) {
            throw std::runtime_error(place(entry.first) + ": '" + name + "' is there twice");
        }
        made.set(name, taken_from(entry.second));
    }
    return made;
}

}  // namespace

result<std::vector<value>> read_manifest(const std::string& text) {
    try {
        std::vector<value> found;
        for (const auto& document : YAML::LoadAll(text)) {
            auto one = taken_from(document);
            if (!one.is_null()) found.push_back(std::move(one));
        }
        return found;
    } catch (const std::exception& trouble) {
        return failure(errc::malformed, std::string{"not a manifest: "} + trouble.what());
    }
}

}  // namespace ha::op
