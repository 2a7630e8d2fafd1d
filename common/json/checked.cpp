// SPDX-License-Identifier: MIT
#include "common/json/checked.hpp"

#include "common/json/plain.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace ha::json {

namespace {

enum wanted : int { object_type, list_type, text_type, integer_type, boolean_type };

constexpr std::string_view names[] = {
    "an object", "a list", "text", "a whole number", "true or false"};

bool is_whole(const value& node) {
    if (node.is_number_integer()) return true;
    if (!node.is_number_float()) return false;
    auto number = node.get<double>();
    return std::trunc(number) == number && std::abs(number) <= 9007199254740992.0;
}

bool matches(const value& node, int type) {
    switch (type) {
        case object_type: return node.is_object();
        case list_type: return node.is_array();
        case text_type: return node.is_string();
        case integer_type: return is_whole(node);
        default: return node.is_boolean();
    }
}

std::string shortened(std::string text) {
    constexpr std::size_t most = 60;
    if (text.size() <= most) return text;
    auto cut = most;
    while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0U) == 0x80U) --cut;
    return text.substr(0, cut) + "...";
}

std::string described(const value& node) {
    if (node.is_object()) return "an object";
    if (node.is_array()) return "a list";
    if (node.is_null()) return "null";
    auto shown = shortened(dump(node));
    if (node.is_string()) return "text " + shown;
    return node.is_boolean() ? shown : "number " + shown;
}

// Nothing when the number lies outside what 64 bits with a sign can hold.
std::optional<std::int64_t> whole(const value& node) {
    if (node.is_number_float()) return static_cast<std::int64_t>(node.get<double>());
    if (node.is_number_unsigned()) {
        auto number = node.get<std::uint64_t>();
        if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
            return std::nullopt;
    }
    return node.get<std::int64_t>();
}

std::optional<std::int64_t> whole_within(const value& node, std::int64_t least, std::int64_t most) {
    auto number = is_whole(node) ? whole(node) : std::nullopt;
    return number && *number >= least && *number <= most ? number : std::nullopt;
}

std::string range(std::int64_t least, std::int64_t most) {
    constexpr auto lowest = std::numeric_limits<std::int64_t>::min();
    constexpr auto highest = std::numeric_limits<std::int64_t>::max();
    if (least == lowest && most == highest) return "a 64-bit whole number";
    if (most == highest) return "a whole number of at least " + std::to_string(least);
    if (least == lowest) return "a whole number of at most " + std::to_string(most);
    return "a whole number from " + std::to_string(least) + " to " + std::to_string(most);
}

}  // namespace

result<value> parse(std::string_view text, std::string_view what) {
    if (auto plain = read_plain(text)) return std::move(*plain);
    try {
        return value::parse(text);
    } catch (const value::parse_error& fault) {
        // The library's message repeats bytes of the text, which may be no UTF-8 and may be secret.
        return failure(errc::malformed,
                       std::string{what} + " is no JSON: it breaks at byte " +
                           std::to_string(fault.byte) + " of " + std::to_string(text.size()));
    }
}

void view::complain(std::string_view sentence) const {
    if (!node_) return;
    auto place = path_.empty() ? std::string{"the document"} : path_;
    complaints_->push_back(place + ": " + std::string{sentence});
}

void view::complain_absent(std::string_view key) const {
    if (!node_) return;
    auto place = path_.empty() ? std::string{key} : path_ + "." + std::string{key};
    complaints_->push_back(place + ": is missing");
}

void view::complain_word(std::string_view key,
                         std::string_view word,
                         std::span<const std::string_view> known) const {
    std::string list;
    for (auto name : known) list += (list.empty() ? "" : ", ") + std::string{name};
    child(key, find(key)).complain("expected one of " + list + ", got " + described(value(word)));
}

bool view::has(std::string_view key) const {
    return find(key) != nullptr;
}

const value* view::find(std::string_view key) const {
    if (!node_ || !node_->is_object()) return nullptr;
    auto at = node_->find(key);
    return at == node_->end() || at->is_null() ? nullptr : &*at;
}

view view::child(std::string_view key, const value* node) const {
    auto place = path_.empty() ? std::string{key} : path_ + "." + std::string{key};
    return {node, std::move(place), complaints_};
}

const value* view::typed(std::string_view key, bool required, int type) const {
    if (node_ && !node_->is_object()) {
        complain("expected an object, got " + described(*node_));
        return nullptr;
    }
    const auto* found = find(key);
    if (!found) {
        if (required) complain_absent(key);
        return nullptr;
    }
    if (matches(*found, type)) return found;
    child(key, found)
        .complain("expected " + std::string{names[type]} + ", got " + described(*found));
    return nullptr;
}

view view::object(std::string_view key) const {
    return child(key, typed(key, true, object_type));
}

view view::optional_object(std::string_view key) const {
    return child(key, typed(key, false, object_type));
}

std::vector<view> view::elements() const {
    std::vector<view> all;
    if (!node_) return all;
    for (std::size_t i = 0; i < node_->size(); ++i)
        all.push_back(view{&(*node_)[i], path_ + "[" + std::to_string(i) + "]", complaints_});
    return all;
}

std::vector<view> view::items(std::string_view key) const {
    return child(key, typed(key, true, list_type)).elements();
}

std::vector<view> view::optional_items(std::string_view key) const {
    return child(key, typed(key, false, list_type)).elements();
}

std::string view::text(std::string_view key) const {
    const auto* found = typed(key, true, text_type);
    return found ? found->get<std::string>() : std::string{};
}

std::optional<std::string> view::optional_text(std::string_view key) const {
    const auto* found = typed(key, false, text_type);
    if (!found) return std::nullopt;
    return found->get<std::string>();
}

std::string view::text_or(std::string_view key, std::string_view otherwise) const {
    return optional_text(key).value_or(std::string{otherwise});
}

std::int64_t view::as_integer(std::int64_t least, std::int64_t most) const {
    if (!node_) return 0;
    if (auto number = whole_within(*node_, least, most)) return *number;
    complain("expected " + range(least, most) + ", got " + described(*node_));
    return 0;
}

std::string view::as_text() const {
    if (!node_) return {};
    if (node_->is_string()) return node_->get<std::string>();
    complain("expected text, got " + described(*node_));
    return {};
}

// The place is put into words only when there is something to say of it.
std::int64_t view::integer_at(std::string_view key,
                              const value* found,
                              std::int64_t least,
                              std::int64_t most) const {
    auto number = found ? whole_within(*found, least, most) : std::nullopt;
    return number ? *number : child(key, found).as_integer(least, most);
}

std::int64_t view::integer(std::string_view key, std::int64_t least, std::int64_t most) const {
    return integer_at(key, typed(key, true, integer_type), least, most);
}

std::optional<std::int64_t> view::optional_integer(std::string_view key,
                                                   std::int64_t least,
                                                   std::int64_t most) const {
    const auto* found = typed(key, false, integer_type);
    if (!found) return std::nullopt;
    return integer_at(key, found, least, most);
}

bool view::boolean(std::string_view key) const {
    const auto* found = typed(key, true, boolean_type);
    return found && found->get<bool>();
}

std::optional<bool> view::optional_boolean(std::string_view key) const {
    const auto* found = typed(key, false, boolean_type);
    if (!found) return std::nullopt;
    return found->get<bool>();
}

std::map<std::string, std::string> view::texts(std::string_view key) const {
    std::map<std::string, std::string> all;
    auto found = optional_object(key);
    if (!found.exists()) return all;
    for (const auto& [name, content] : found.node_->items())
        if (auto text = found.optional_text(name)) all.emplace(name, std::move(*text));
    return all;
}

void view::only(std::initializer_list<std::string_view> known) const {
    if (!node_ || !node_->is_object()) return;
    for (const auto& [name, content] : node_->items()) {
        if (std::find(known.begin(), known.end(), name) != known.end()) continue;
        complain("unknown key " + shortened(dump(value(name))));
    }
}

std::optional<error> reader::failure(std::string_view what) const {
    if (complaints_.empty()) return std::nullopt;
    std::string all;
    for (const auto& one : complaints_) all += (all.empty() ? "" : "; ") + one;
    return error{errc::malformed, std::string{what} + ": " + all};
}

}  // namespace ha::json
