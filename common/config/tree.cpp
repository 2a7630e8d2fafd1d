// SPDX-License-Identifier: MIT
#include "common/config/tree.hpp"

#include <nlohmann/json.hpp>
#include <yaml-cpp/yaml.h>

#include <charconv>

namespace ha::config {

namespace {

using nlohmann::json;

constexpr std::size_t nodes_max = 100'000;
constexpr int depth_max = 60;

struct trouble {
    YAML::Mark where;
    std::string words;
};

json scalar_of(const std::string& text) {
    if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") {
        return nullptr;
    }
    if (text == "true" || text == "True" || text == "TRUE") return true;
    if (text == "false" || text == "False" || text == "FALSE") return false;
    auto digits = std::string_view{text}.substr(text[0] == '-' || text[0] == '+' ? 1 : 0);
    bool octal_look = digits.size() > 1 && digits[0] == '0' && digits[1] != '.';
    bool number = digits.find_first_not_of("0123456789.eE+-") == std::string_view::npos;
    if (digits.empty() || !number || octal_look || digits[0] == 'e' || digits[0] == 'E') {
        return text;
    }
    auto begin = text.data() + (text[0] == '+' ? 1 : 0);
    auto end = text.data() + text.size();
    std::int64_t whole = 0;
    if (auto read = std::from_chars(begin, end, whole); read.ptr == end && read.ec == std::errc{}) {
        return whole;
    }
    double real = 0;
    if (auto read = std::from_chars(begin, end, real); read.ptr == end && read.ec == std::errc{}) {
        return real;
    }
    return text;
}

class walker {
public:
    json value(const YAML::Node& node, int depth) {
        if (++nodes_ > nodes_max || depth > depth_max) {
            throw trouble{node.Mark(), "the text is too large or too deep"};
        }
        // The library gives what is quoted this tag.
        if (node.IsScalar() && node.Tag() == "!") return node.Scalar();
        if (node.IsScalar()) return scalar_of(node.Scalar());
        if (node.IsMap()) return map(node, depth);
        if (!node.IsSequence()) return nullptr;
        auto all = json::array();
        for (const auto& item : node) all.push_back(value(item, depth + 1));
        return all;
    }

private:
    json map(const YAML::Node& node, int depth) {
        auto all = json::object();
        for (const auto& entry : node) {
            if (!entry.first.IsScalar()) throw trouble{entry.first.Mark(), "a key must be a word"};
            auto key = entry.first.Scalar();
            if (all.contains(key)) throw trouble{entry.first.Mark(), key + " is given twice"};
            all[key] = value(entry.second, depth + 1);
        }
        return all;
    }

    std::size_t nodes_ = 0;
};

tl::unexpected<error> malformed(std::string_view what, const YAML::Mark& at, std::string words) {
    return failure(errc::malformed,
                   std::string(what) + ":" + std::to_string(at.line + 1) + ":" +
                       std::to_string(at.column + 1) + ": " + words);
}

}  // namespace

result<std::vector<json>> read_documents(const std::string& text, std::string_view what) {
    try {
        std::vector<json> all;
        walker walk;
        for (auto& node : YAML::LoadAll(text)) {
            if (node.IsDefined() && !node.IsNull()) all.push_back(walk.value(node, 0));
        }
        return all;
    } catch (const trouble& wrong) {
        return malformed(what, wrong.where, wrong.words);
    } catch (const YAML::Exception& wrong) {
        return malformed(what, wrong.mark, "this is no YAML: " + wrong.msg);
    }
}

}  // namespace ha::config
