// SPDX-License-Identifier: MIT
#include "operator/codec/yaml.hpp"

#include <algorithm>
#include <array>
#include <sstream>

namespace ha::op {
namespace {

constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view digits_and_marks = "0123456789._-/";

// What some reader of YAML, old or new, takes for a truth or for nothing.
bool is_word_of_yaml(const std::string& text) {
    constexpr std::array<std::string_view, 10> words{
        "true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan"};
    std::string lower = text;
    for (auto& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return std::ranges::find(words, lower) != words.end();
}

// Beginning with a letter or a slash, text is never a number.
bool is_plain(const std::string& text) {
    if (text.empty() || is_word_of_yaml(text)) return false;
    if (letters.find(text.front()) == text.npos && text.front() != '/') return false;
    auto harmless = [](char c) {
        return letters.find(c) != letters.npos ||
               digits_and_marks.find(c) != digits_and_marks.npos || c == ':';
    };
    return std::ranges::all_of(text, harmless) && text.back() != ':';
}

bool is_printable(const std::string& text) {
    return std::ranges::all_of(text, [](unsigned char c) { return c >= 0x20 && c != 0x7f; });
}

std::string single_quoted(const std::string& text) {
    std::string made = "'";
    for (char c : text) {
        made += c;
        if (c == '\'') made += c;
    }
    return made + "'";
}

std::string scalar(const value& what) {
    const auto* text = what.text();
    if (text == nullptr) return json_text(what);
    if (is_plain(*text)) return *text;
    return is_printable(*text) ? single_quoted(*text) : json_text(what);
}

// Lines that a literal block can carry: none begins with a space or holds what must be escaped.
bool is_block(const std::string& text) {
    if (text.empty() || text.front() == ' ' || text.front() == '\n' || text.back() != '\n')
        return false;
    std::string joined = text;
    std::ranges::replace(joined, '\n', 'x');
    return is_printable(joined);
}

class printer {
public:
    std::string take() { return std::move(out_); }

    void members(const object& all, std::size_t depth, bool first_in_place) {
        for (const auto& [name, content] : all) {
            if (!first_in_place) indent(depth);
            first_in_place = false;
            out_ += scalar(name) + ":";
            content_of(content, depth + 1);
        }
    }

    // What comes after the colon of a key or the dash of an item.
    void content_of(const value& what, std::size_t depth) {
        const auto* text = what.text();
        const auto* inner = what.members();
        const auto* items = what.items();
        if (text != nullptr && is_block(*text)) return block(*text, depth);
        if (inner != nullptr && !inner->empty()) {
            out_ += '\n';
            return members(*inner, depth, false);
        }
        if (items != nullptr && !items->empty()) {
            out_ += '\n';
            return each(*items, depth);
        }
        out_ += " " + scalar(what) + "\n";
    }

private:
    void each(const list& items, std::size_t depth) {
        for (const auto& item : items) {
            indent(depth);
            out_ += "-";
            const auto* inner = item.members();
            if (inner != nullptr && !inner->empty()) {
                out_ += " ";
                members(*inner, depth + 1, true);
            } else {
                content_of(item, depth + 1);
            }
        }
    }

    void block(const std::string& text, std::size_t depth) {
        out_ += text.ends_with("\n\n") ? " |+\n" : " |\n";
        std::istringstream lines{text};
        for (std::string line; std::getline(lines, line);) {
            if (!line.empty()) indent(depth);
            out_ += line + "\n";
        }
    }

    void indent(std::size_t depth) { out_.append(depth * 2, ' '); }

    std::string out_;
};

}  // namespace

std::string print_yaml(const value& what) {
    printer made;
    const auto* all = what.members();
    if (all == nullptr || all->empty()) return scalar(what) + "\n";
    made.members(*all, 0, false);
    return made.take();
}

value marked(const desired& one) {
    auto what = one.what;
    if (one.how == upkeep::create_once) {
        auto metadata = *what.find({"metadata"});
        metadata.set("annotations", object{{"ha.mssql/upkeep", "create-once"}});
        what.set("metadata", std::move(metadata));
    }
    return what;
}

std::string print_yaml(const plan& planned) {
    std::string text;
    for (const auto& one : planned.objects) text += "---\n" + print_yaml(marked(one));
    return text;
}

}  // namespace ha::op
