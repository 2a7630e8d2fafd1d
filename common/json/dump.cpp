// SPDX-License-Identifier: MIT
#include "common/json/checked.hpp"
#include "common/json/quoted.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <charconv>
#include <cstring>

// JSON as text. Almost all of ours needs no escapes and goes out in one piece; the library, which
// looks at text byte by byte, is asked for the rest.

namespace ha::json {

namespace {

constexpr bool stands_for_itself(char byte) {
    return byte >= ' ' && byte <= '~' && byte != '"' && byte != '\\';
}

constexpr std::uint64_t in_each(unsigned char byte) {
    return 0x0101010101010101U * byte;
}

// Of eight bytes at once: whether one is less than `limit`, which is 0x80 at most.
constexpr bool has_less(std::uint64_t eight, unsigned char limit) {
    return ((eight - in_each(limit)) & ~eight & in_each(0x80)) != 0;
}

constexpr bool has(std::uint64_t eight, char byte) {
    return has_less(eight ^ in_each(static_cast<unsigned char>(byte)), 1);
}

bool all_stand_for_themselves(std::uint64_t eight) {
    bool ascii = (eight & in_each(0x80)) == 0;
    return ascii && !has_less(eight, ' ') && !has(eight, '"') && !has(eight, '\\') &&
           !has(eight, '\x7f');
}

std::string dump_by_library(const value& node) {
    return node.dump(-1, ' ', false, value::error_handler_t::replace);
}

template <class Number>
void append_number(Number number, std::string& into) {
    std::array<char, 24> digits;
    auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    into.append(digits.data(), end);
}

void append(const value& node, std::string& into);

void append_object(const value& node, std::string& into) {
    char separator = '{';
    for (const auto& [key, member] : node.get_ref<const value::object_t&>()) {
        into += separator;
        append_quoted(key, into);
        into += ':';
        append(member, into);
        separator = ',';
    }
    into += separator == '{' ? "{}" : "}";
}

void append_list(const value& node, std::string& into) {
    char separator = '[';
    for (const auto& item : node) {
        into += separator;
        append(item, into);
        separator = ',';
    }
    into += separator == '[' ? "[]" : "]";
}

void append(const value& node, std::string& into) {
    switch (node.type()) {
        case value::value_t::object: return append_object(node, into);
        case value::value_t::array: return append_list(node, into);
        case value::value_t::string: return append_quoted(node.get_ref<const std::string&>(), into);
        case value::value_t::number_integer: return append_number(node.get<std::int64_t>(), into);
        case value::value_t::number_unsigned: return append_number(node.get<std::uint64_t>(), into);
        case value::value_t::boolean: into += node.get<bool>() ? "true" : "false"; return;
        default: into += dump_by_library(node);
    }
}

}  // namespace

const char* end_of_plain(const char* from, const char* end) {
    std::uint64_t eight = 0;
    for (; end - from >= 8; from += 8) {
        std::memcpy(&eight, from, 8);
        if (!all_stand_for_themselves(eight)) break;
    }
    while (from != end && stands_for_itself(*from)) ++from;
    return from;
}

void append_quoted(std::string_view text, std::string& into) {
    const char* end = text.data() + text.size();
    if (end_of_plain(text.data(), end) != end) {
        into += dump_by_library(value(text));
        return;
    }
    into += '"';
    into += text;
    into += '"';
}

std::string dump(const value& document) {
    std::string text;
    append(document, text);
    return text;
}

}  // namespace ha::json
