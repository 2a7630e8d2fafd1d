// SPDX-License-Identifier: MIT
#include "test/kubesim/api/field_set.hpp"

namespace ha::kubesim {
namespace {

using json = nlohmann::json;

bool one_piece(const json& value, const shape* form) {
    if (form && form->what == shape::kind::atomic) return true;
    if (value.is_object()) return false;
    if (!value.is_array()) return true;
    return !form || form->what == shape::kind::plain;
}

std::string element_of(const json& item, const shape& form) {
    if (form.what == shape::kind::keyed) return form.element_of(item);
    return "v:" + item.dump(-1, ' ', false, json::error_handler_t::replace);
}

void fill(field_set& into, field_path& path, const json& value, const shape* form) {
    if (one_piece(value, form)) {
        into.insert(path);
        return;
    }
    if (value.is_array()) {
        for (const auto& item : value) {
            path.push_back(element_of(item, *form));
            fill(into, path, item, form->items.get());
            into.insert(path);
            path.pop_back();
        }
        return;
    }
    for (const auto& [name, child] : value.items()) {
        path.push_back("f:" + name);
        fill(into, path, child, form ? form->field(name) : nullptr);
        if (child.is_null() || (child.is_object() && child.empty())) into.insert(path);
        path.pop_back();
    }
}

// Like fill, but with every node on the way, as differences are recorded.
void fill_all(field_set& into, field_path& path, const json& value, const shape* form) {
    into.insert(path);
    if (one_piece(value, form)) return;
    if (value.is_array()) {
        for (const auto& item : value) {
            path.push_back(element_of(item, *form));
            fill_all(into, path, item, form->items.get());
            path.pop_back();
        }
        return;
    }
    for (const auto& [name, child] : value.items()) {
        path.push_back("f:" + name);
        fill_all(into, path, child, form ? form->field(name) : nullptr);
        path.pop_back();
    }
}

class comparer {
public:
    void walk(const json& before, const json& after, const shape* form) {
        if (before == after) return;
        if (before.type() != after.type() || one_piece(after, form)) {
            replaced(before, after, form);
        } else if (after.is_array()) {
            walk_list(before, after, *form);
        } else {
            walk_map(before, after, form);
        }
    }
    comparison found;

private:
    void replaced(const json& before, const json& after, const shape* form) {
        bool leaf_before = one_piece(before, form);
        bool leaf_after = one_piece(after, form);
        if (leaf_before && leaf_after) {
            found.modified.insert(path_);
            return;
        }
        fill_all(found.removed, path_, before, form);
        fill_all(found.added, path_, after, form);
    }

    void walk_map(const json& before, const json& after, const shape* form) {
        for (const auto& [name, value] : before.items())
            step("f:" + name,
                 &value,
                 after.contains(name) ? &after[name] : nullptr,
                 form ? form->field(name) : nullptr);
        for (const auto& [name, value] : after.items())
            if (!before.contains(name))
                step("f:" + name, nullptr, &value, form ? form->field(name) : nullptr);
    }

    void walk_list(const json& before, const json& after, const shape& form) {
        std::map<std::string, const json*> old;
        std::map<std::string, const json*> fresh;
        for (const auto& item : before) old[element_of(item, form)] = &item;
        for (const auto& item : after) fresh[element_of(item, form)] = &item;
        for (const auto& [name, item] : old)
            step(name, item, fresh.contains(name) ? fresh[name] : nullptr, form.items.get());
        for (const auto& [name, item] : fresh)
            if (!old.contains(name)) step(name, nullptr, item, form.items.get());
    }

    void step(std::string element, const json* before, const json* after, const shape* form) {
        path_.push_back(std::move(element));
        if (!before) {
            fill_all(found.added, path_, *after, form);
        } else if (!after) {
            fill_all(found.removed, path_, *before, form);
        } else {
            walk(*before, *after, form);
        }
        path_.pop_back();
    }

    field_path path_;
};

}  // namespace

field_set field_set::from_json(const json& fields) {
    field_set made;
    made.member_ = fields.empty();
    for (const auto& [element, below] : fields.items()) {
        if (element == ".") {
            made.member_ = true;
        } else {
            made.children_[element] = from_json(below);
        }
    }
    return made;
}

field_set field_set::of(const json& value, const shape* form) {
    field_set made;
    field_path path;
    fill(made, path, value, form);
    return made;
}

json field_set::to_json() const {
    json made = json::object();
    if (member_ && !children_.empty()) made["."] = json::object();
    for (const auto& [element, below] : children_) made[element] = below.to_json();
    return made;
}

const field_set* field_set::at(const field_path& path) const {
    const auto* node = this;
    for (const auto& element : path) {
        auto found = node->children_.find(element);
        if (found == node->children_.end()) return nullptr;
        node = &found->second;
    }
    return node;
}

bool field_set::contains(const field_path& path) const {
    const auto* node = at(path);
    return node && node->member_;
}

bool field_set::touches(const field_path& path) const {
    const auto* node = at(path);
    return node && !node->empty();
}

void field_set::insert(const field_path& path) {
    auto* node = this;
    for (const auto& element : path) node = &node->children_[element];
    node->member_ = true;
}

void field_set::erase(const field_path& path) {
    field_set single;
    single.insert(path);
    remove(single);
}

void field_set::add(const field_set& other) {
    member_ = member_ || other.member_;
    for (const auto& [element, below] : other.children_) children_[element].add(below);
}

void field_set::remove(const field_set& other) {
    if (other.member_) member_ = false;
    for (const auto& [element, below] : other.children_) {
        auto found = children_.find(element);
        if (found == children_.end()) continue;
        found->second.remove(below);
        if (found->second.empty()) children_.erase(found);
    }
}

field_set field_set::intersection(const field_set& other) const {
    field_set made;
    made.member_ = member_ && other.member_;
    for (const auto& [element, below] : children_) {
        auto found = other.children_.find(element);
        if (found == other.children_.end()) continue;
        auto common = below.intersection(found->second);
        if (!common.empty()) made.children_[element] = std::move(common);
    }
    return made;
}

std::vector<field_path> field_set::members() const {
    std::vector<field_path> found;
    field_path prefix;
    collect(prefix, found);
    return found;
}

// The real server's order: what is here first, then what is further down.
void field_set::collect(field_path& prefix, std::vector<field_path>& into) const {
    for (const auto& [element, below] : children_) {
        if (!below.member_) continue;
        into.push_back(prefix);
        into.back().push_back(element);
    }
    for (const auto& [element, below] : children_) {
        prefix.push_back(element);
        below.collect(prefix, into);
        prefix.pop_back();
    }
}

std::string words(const field_path& path) {
    std::string text;
    for (const auto& element : path) {
        auto rest = element.substr(2);
        if (element[0] == 'f') {
            text += "." + rest;
        } else if (element[0] == 'v') {
            text += "[=" + rest + "]";
        } else {
            std::string list;
            const auto keys = json::parse(rest);
            for (const auto& [name, value] : keys.items())
                list += (list.empty() ? "" : ",") + name + "=" + value.dump();
            text += "[" + list + "]";
        }
    }
    return text;
}

field_set comparison::written() const {
    auto both = added;
    both.add(modified);
    return both;
}

comparison compare(const json& before, const json& after, const shape* form) {
    comparer work;
    work.walk(before, after, form);
    return work.found;
}

}  // namespace ha::kubesim
