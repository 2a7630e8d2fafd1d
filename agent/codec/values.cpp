// SPDX-License-Identifier: MIT
#include "agent/codec/values.hpp"

#include "agent/codec/words.hpp"

#include <nlohmann/json.hpp>

namespace ha::agent {

nlohmann::json write_configuration(const configuration& value) {
    return {{"line", value.line}, {"number", value.number}};
}

configuration read_configuration(const json::view& place) {
    return configuration{place.integer("line", 0), place.integer("number", 0)};
}

nlohmann::json write_positions(const std::vector<database_position>& values) {
    auto list = nlohmann::json::array();
    for (const auto& one : values) {
        nlohmann::json item{{"name", one.name}, {"state", word_of(one.state)}};
        if (one.hardened.known()) item["hardened"] = one.hardened.digits();
        list.push_back(std::move(item));
    }
    return list;
}

std::vector<database_position> read_positions(const json::view& place, std::string_view key) {
    std::vector<database_position> found;
    for (const auto& item : place.optional_items(key)) {
        database_position one;
        one.name = item.text("name");
        one.hardened = log_position{item.text_or("hardened", "")};
        one.state = item.choice("state", synchronization_words);
        found.push_back(std::move(one));
    }
    return found;
}

std::int64_t milliseconds(duration span) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(span).count();
}

// A year is more than any length of ours, and far from what 64 bits of nanoseconds hold.
duration read_milliseconds(const json::view& place, std::string_view key) {
    constexpr std::int64_t longest = 366LL * 24 * 3600 * 1000;
    return std::chrono::milliseconds{place.integer(key, 0, longest)};
}

error newer_format_error(std::int64_t found, std::string_view what) {
    return error{errc::refused,
                 std::string(what) + " has format " + std::to_string(found) +
                     ", this version reads up to " + std::to_string(format_version) +
                     ": update this supervisor"};
}

std::optional<error> newer_format(const json::view& place, std::string_view what) {
    auto found = place.integer("format", 1);
    if (found <= format_version) return std::nullopt;
    return newer_format_error(found, what);
}

}  // namespace ha::agent
