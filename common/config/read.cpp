// SPDX-License-Identifier: MIT
#include "common/config/config.hpp"
#include "common/config/yaml.hpp"

#include <algorithm>
#include <cstdlib>

namespace ha::config {

namespace {

// Letters to change, add or drop to make one word of the other.
std::size_t distance(std::string_view one, std::string_view other) {
    std::vector<std::size_t> row(other.size() + 1);
    for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= one.size(); ++i) {
        auto corner = row[0];
        row[0] = i;
        for (std::size_t j = 1; j < row.size(); ++j) {
            auto above = row[j];
            auto changed = corner + (one[i - 1] == other[j - 1] ? 0 : 1);
            row[j] = std::min({changed, above + 1, row[j - 1] + 1});
            corner = above;
        }
    }
    return row.back();
}

std::string did_you_mean(std::string_view word, std::span<const setting> table, bool flag) {
    std::string_view best;
    std::size_t least = 4;
    for (const auto& one : table) {
        auto name = flag ? one.flag : one.name;
        if (name.empty()) continue;
        auto far = distance(word.substr(0, 100), name);
        if (far < least) {
            least = far;
            best = name;
        }
    }
    return best.empty() ? "" : "; did you mean " + std::string{best} + "?";
}

const setting* find_flag(std::span<const setting> table, std::string_view flag) {
    for (const auto& one : table)
        if (!one.flag.empty() && one.flag == flag) return &one;
    return nullptr;
}

// Collects values from one source after another, the weakest first.
class reading {
public:
    explicit reading(std::span<const setting> table) : table_(table) {}

    void take(const setting& what, std::string_view text, const std::string& where) {
        auto got = parse(what, text);
        if (got) {
            all_[std::string{what.name}] = {std::move(*got), where};
        } else {
            complain(where, std::string{what.name} + ": " + got.error());
        }
    }

    void take_file(const std::string& name, const std::string& text) {
        auto read = read_yaml(text);
        for (auto& one : read.faults) complain(written(name, one.where), std::move(one.text));
        for (const auto& one : read.leaves) take_leaf(name, one);
    }

    void complain(std::string where, std::string text) {
        complaints_.push_back({std::move(where), std::move(text)});
    }

    outcome finish() {
        if (!complaints_.empty()) return tl::unexpected(std::move(complaints_));
        return values(std::move(all_));
    }

private:
    static std::string written(const std::string& name, place where) {
        return name + ":" + std::to_string(where.line) + ":" + std::to_string(where.column);
    }

    void take_leaf(const std::string& name, const leaf& one) {
        auto found = std::find_if(table_.begin(), table_.end(), [&](const setting& known) {
            return known.name == one.path;
        });
        if (found == table_.end()) {
            auto hint = did_you_mean(one.path, table_, false);
            return complain(written(name, one.where), one.path + ": unknown key" + hint);
        }
        bool list = found->type == kind::texts;
        auto where = written(name, one.value_at);
        if (list && one.what == leaf::shape::list) {
            all_[one.path] = {one.items, where};
        } else if (!list && one.what == leaf::shape::value) {
            take(*found, one.text, where);
        } else if (one.what == leaf::shape::null) {
            complain(written(name, one.where), one.path + ": has no value; leave the key out");
        } else {
            complain(where, one.path + (list ? ": expected a list" : ": expected one value"));
        }
    }

    std::span<const setting> table_;
    std::map<std::string, values::entry, std::less<>> all_;
    std::vector<complaint> complaints_;
};

template <class T>
const T& as(const scalar& content, std::string_view name) {
    const auto* held = std::get_if<T>(&content);
    if (held != nullptr) return *held;
    std::fprintf(stderr, "setting '%s' is of another type\n", std::string{name}.c_str());
    std::abort();
}

std::string written(const scalar& content) {
    if (const auto* text = std::get_if<std::string>(&content)) return *text;
    if (const auto* number = std::get_if<std::int64_t>(&content)) return std::to_string(*number);
    if (const auto* truth = std::get_if<bool>(&content)) return *truth ? "true" : "false";
    if (const auto* span = std::get_if<duration>(&content)) return to_text(*span);
    std::string list;
    for (const auto& one : std::get<std::vector<std::string>>(content))
        list += (list.empty() ? "" : ", ") + one;
    return list;
}

}  // namespace

std::string in_words(const complaint& one) {
    return one.where + ": " + one.text;
}

flags parse_flags(std::span<const setting> table,
                  std::span<const std::string_view> own,
                  std::span<const std::string> arguments) {
    flags all;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const auto& word = arguments[i];
        if (word == "--") {
            all.rest.insert(all.rest.end(),
                            arguments.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                            arguments.end());
            break;
        }
        if (!word.starts_with("-")) {
            all.rest.push_back(word);
            continue;
        }
        auto equals = word.find('=');
        auto name = word.substr(0, equals);
        const auto* found = find_flag(table, name);
        if (std::find(own.begin(), own.end(), word) != own.end()) {
            all.switches.push_back(word);
        } else if (found == nullptr) {
            all.complaints.push_back(
                {"flag " + name, "there is no such flag" + did_you_mean(name, table, true)});
        } else if (all.given.contains(name)) {
            all.complaints.push_back({"flag " + name, "given twice"});
        } else if (equals != std::string::npos) {
            all.given[name] = word.substr(equals + 1);
        } else if (found->type == kind::boolean) {
            all.given[name] = "true";
        } else if (i + 1 < arguments.size()) {
            all.given[name] = arguments[++i];
        } else {
            all.complaints.push_back({"flag " + name, "needs a value"});
        }
    }
    return all;
}

outcome read(std::span<const setting> table, const sources& from) {
    reading all(table);
    for (const auto& one : table) all.take(one, one.otherwise, "default");
    if (!from.file_text.empty()) all.take_file(from.file_name, from.file_text);
    for (const auto& one : table) {
        if (one.environment.empty() || !from.environment) continue;
        auto text = from.environment(one.environment);
        if (text) all.take(one, *text, "environment " + std::string{one.environment});
    }
    for (const auto& [flag, text] : from.flags) {
        const auto* found = find_flag(table, flag);
        if (found != nullptr) {
            all.take(*found, text, "flag " + flag);
        } else {
            all.complain("flag " + flag, "there is no such flag");
        }
    }
    return all.finish();
}

const values::entry& values::at(std::string_view name) const {
    auto found = all_.find(name);
    if (found != all_.end()) return found->second;
    std::fprintf(stderr, "there is no setting '%s'\n", std::string{name}.c_str());
    std::abort();
}

const std::string& values::text(std::string_view name) const {
    return as<std::string>(at(name).content, name);
}
std::int64_t values::whole(std::string_view name) const {
    return as<std::int64_t>(at(name).content, name);
}
std::uint16_t values::port(std::string_view name) const {
    return static_cast<std::uint16_t>(whole(name));
}
bool values::boolean(std::string_view name) const {
    return as<bool>(at(name).content, name);
}
duration values::span(std::string_view name) const {
    return as<duration>(at(name).content, name);
}
const std::vector<std::string>& values::texts(std::string_view name) const {
    return as<std::vector<std::string>>(at(name).content, name);
}
const std::string& values::source(std::string_view name) const {
    return at(name).source;
}

std::string values::in_words() const {
    std::string lines;
    for (const auto& [name, held] : all_)
        lines += name + " = " + written(held.content) + "  (" + held.source + ")\n";
    return lines;
}

}  // namespace ha::config
