// SPDX-License-Identifier: MIT
#include "common/config/yaml.hpp"

#include <yaml-cpp/yaml.h>

#include <map>

namespace ha::config {

namespace {

// More than any file of ours has, less than what an alias within an alias within an alias makes.
constexpr std::size_t leaves_max = 10'000;
constexpr int depth_max = 20;

place at(const YAML::Mark& mark) {
    return {mark.line + 1, mark.column + 1};
}

class walker {
public:
    explicit walker(document& into) : into_(into) {}

    void map(const YAML::Node& node, const std::string& path, int depth) {
        std::map<std::string, place> seen;
        for (const auto& entry : node) {
            auto where = at(entry.first.Mark());
            if (!entry.first.IsScalar()) {
                into_.faults.push_back({where, "a key must be a plain word"});
                continue;
            }
            auto name = path.empty() ? entry.first.Scalar() : path + "." + entry.first.Scalar();
            auto [first, fresh] = seen.emplace(name, where);
            if (!fresh) {
                into_.faults.push_back(
                    {where,
                     name + ": given twice, first in line " + std::to_string(first->second.line)});
                continue;
            }
            value(entry.second, name, where, depth);
        }
    }

private:
    void value(const YAML::Node& node, const std::string& path, place where, int depth) {
        if (into_.leaves.size() >= leaves_max || depth >= depth_max) {
            if (!full_) into_.faults.push_back({where, "the file is too large or too deep"});
            full_ = true;
            return;
        }
        bool nested = node.IsMap() && node.size() > 0;
        if (nested) return map(node, path, depth + 1);
        leaf found{path, where, at(node.Mark()), leaf::shape::null, {}, {}};
        if (node.IsScalar()) {
            found.what = leaf::shape::value;
            found.text = node.Scalar();
        } else if (node.IsSequence()) {
            found.what = leaf::shape::list;
            items(node, found);
        } else if (node.IsMap()) {
            found.what = leaf::shape::map;
        }
        into_.leaves.push_back(std::move(found));
    }

    void items(const YAML::Node& node, leaf& into) {
        for (const auto& item : node) {
            if (item.IsScalar()) {
                into.items.push_back(item.Scalar());
            } else {
                into_.faults.push_back(
                    {at(item.Mark()), into.path + ": the items of this list must be plain values"});
            }
        }
    }

    document& into_;
    bool full_ = false;
};

}  // namespace

document read_yaml(const std::string& text) {
    document read;
    try {
        auto all = YAML::LoadAll(text);
        if (all.size() > 1)
            read.faults.push_back({at(all[1].Mark()), "a second document: only one is read"});
        if (all.empty() || all[0].IsNull()) return read;
        if (all[0].IsMap()) {
            walker(read).map(all[0], {}, 0);
        } else {
            read.faults.push_back({at(all[0].Mark()), "expected keys with values"});
        }
    } catch (const YAML::Exception& failure) {
        read.faults.push_back({at(failure.mark), "this is no YAML: " + failure.msg});
    }
    return read;
}

}  // namespace ha::config
