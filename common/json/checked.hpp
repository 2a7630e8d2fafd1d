// SPDX-License-Identifier: MIT
#pragma once

#include "common/result.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// JSON that came from somebody else, read without surprises: every getter checks the type and the
// range, and every complaint names the place ("spec.replicas[1].name: expected text, got number
// 5").

namespace ha::json {

using value = nlohmann::json;

// The document in the text, or `malformed` with the place of the fault. `what` names the text in
// the message ("the body of GET /api/v1/pods").
result<value> parse(std::string_view text, std::string_view what);

// Compact text, keys in order. Bytes that are no UTF-8 become U+FFFD; never throws for content.
std::string dump(const value& document);

// One place in a document. Getters that must find something complain to the reader when they do
// not, and return an empty value; so a function reads all it wants and asks the reader once at the
// end. A view of a place that is not there complains of nothing more. null counts as absent.
// Views are valid as long as document and reader live.
class view {
public:
    bool exists() const { return node_ != nullptr; }
    bool has(std::string_view key) const;
    const std::string& path() const { return path_; }
    const value* raw() const { return node_; }

    view object(std::string_view key) const;
    view optional_object(std::string_view key) const;
    std::vector<view> items(std::string_view key) const;           // a list that must be there
    std::vector<view> optional_items(std::string_view key) const;  // absent: empty

    std::string text(std::string_view key) const;
    std::optional<std::string> optional_text(std::string_view key) const;
    std::string text_or(std::string_view key, std::string_view otherwise) const;

    // Whole numbers only, within the bounds; 3.0 is whole, 3.5 and "3" are not.
    std::int64_t integer(std::string_view key,
                         std::int64_t least = std::numeric_limits<std::int64_t>::min(),
                         std::int64_t most = std::numeric_limits<std::int64_t>::max()) const;
    std::optional<std::int64_t> optional_integer(
        std::string_view key,
        std::int64_t least = std::numeric_limits<std::int64_t>::min(),
        std::int64_t most = std::numeric_limits<std::int64_t>::max()) const;

    bool boolean(std::string_view key) const;
    std::optional<bool> optional_boolean(std::string_view key) const;

    // A map of texts, as labels and annotations are; absent: empty.
    std::map<std::string, std::string> texts(std::string_view key) const;

    // This place itself, for the items of a list.
    std::string as_text() const;
    std::int64_t as_integer(std::int64_t least = std::numeric_limits<std::int64_t>::min(),
                            std::int64_t most = std::numeric_limits<std::int64_t>::max()) const;

    // One of the words, or a complaint that lists them.
    template <class T>
    T choice(std::string_view key,
             std::initializer_list<std::pair<std::string_view, T>> words) const {
        auto found = optional_choice(key, words);
        if (!found && !has(key)) complain_absent(key);
        return found.value_or(words.begin()->second);
    }
    template <class T>
    std::optional<T> optional_choice(
        std::string_view key, std::initializer_list<std::pair<std::string_view, T>> words) const {
        auto word = optional_text(key);
        if (!word) return std::nullopt;
        std::vector<std::string_view> known;
        for (const auto& [name, meaning] : words) {
            if (name == *word) return meaning;
            known.push_back(name);
        }
        complain_word(key, *word, known);
        return std::nullopt;
    }

    // Complains of every key that is not among these.
    void only(std::initializer_list<std::string_view> known) const;

    // A complaint about this place, for rules of the reader's own.
    void complain(std::string_view sentence) const;

private:
    friend class reader;
    view(const value* node, std::string path, std::vector<std::string>* complaints)
        : node_(node), path_(std::move(path)), complaints_(complaints) {}

    const value* find(std::string_view key) const;
    view child(std::string_view key, const value* node) const;
    const value* typed(std::string_view key, bool required, int type) const;
    std::int64_t integer_at(std::string_view key,
                            const value* found,
                            std::int64_t least,
                            std::int64_t most) const;
    std::vector<view> elements() const;
    void complain_absent(std::string_view key) const;
    void complain_word(std::string_view key,
                       std::string_view word,
                       std::span<const std::string_view> known) const;

    const value* node_;
    std::string path_;
    std::vector<std::string>* complaints_;
};

// Holds the complaints while a document is read.
class reader {
public:
    explicit reader(const value& document) : document_(&document) {}
    reader(const reader&) = delete;
    reader& operator=(const reader&) = delete;

    view root() { return {document_, {}, &complaints_}; }
    const std::vector<std::string>& complaints() const { return complaints_; }

    // `malformed` with all complaints in one sentence, or nothing when there are none.
    std::optional<error> failure(std::string_view what) const;

private:
    const value* document_;
    std::vector<std::string> complaints_;
};

}  // namespace ha::json
