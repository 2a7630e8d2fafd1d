// SPDX-License-Identifier: MIT
#include "test/kubesim/api/selectors.hpp"

#include <algorithm>
#include <set>

namespace ha::kubesim {
namespace {

using json = nlohmann::json;
using test = requirement::test;

std::string trimmed(std::string text) {
    auto first = text.find_first_not_of(' ');
    if (first == std::string::npos) return {};
    return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

// Cut at commas outside parentheses.
std::vector<std::string> terms(const std::string& text) {
    std::vector<std::string> made{""};
    int depth = 0;
    for (char c : text) {
        if (c == '(') ++depth;
        if (c == ')') --depth;
        if (c == ',' && depth == 0) {
            made.emplace_back();
        } else {
            made.back() += c;
        }
    }
    if (made.size() == 1 && trimmed(made[0]).empty()) made.clear();
    return made;
}

std::optional<requirement> read_set_term(const std::string& term) {
    auto open = term.find('(');
    if (open == std::string::npos || term.back() != ')') return std::nullopt;
    auto head = trimmed(term.substr(0, open));
    auto blank = head.find(' ');
    if (blank == std::string::npos) return std::nullopt;
    auto word = trimmed(head.substr(blank));
    if (word != "in" && word != "notin") return std::nullopt;
    requirement made{word == "in" ? test::in : test::not_in, head.substr(0, blank), {}};
    for (const auto& value : terms(term.substr(open + 1, term.size() - open - 2)))
        made.values.push_back(trimmed(value));
    return made;
}

std::optional<requirement> read_term(const std::string& raw) {
    auto term = trimmed(raw);
    if (term.empty()) return std::nullopt;
    if (term.find('(') != std::string::npos) return read_set_term(term);
    auto equals = term.find('=');
    if (equals == std::string::npos) {
        if (term[0] == '!') return requirement{test::absent, trimmed(term.substr(1)), {}};
        if (term.find(' ') != std::string::npos) return std::nullopt;
        return requirement{test::exists, term, {}};
    }
    bool differs = equals > 0 && term[equals - 1] == '!';
    auto value_at = term.find_first_not_of('=', equals);
    auto value = value_at == std::string::npos ? "" : trimmed(term.substr(value_at));
    auto name = trimmed(term.substr(0, differs ? equals - 1 : equals));
    return requirement{differs ? test::differs : test::equals, name, {value}};
}

bool holds(const requirement& one, const std::string* value) {
    auto listed = [&] {
        return value && std::find(one.values.begin(), one.values.end(), *value) != one.values.end();
    };
    switch (one.what) {
        case test::equals:
        case test::in: return listed();
        case test::differs:
        case test::not_in: return !listed();
        case test::exists: return value != nullptr;
        case test::absent: return value == nullptr;
    }
    return false;
}

const json* labels_of(const json& object) {
    auto metadata = object.find("metadata");
    if (metadata == object.end()) return nullptr;
    auto labels = metadata->find("labels");
    return labels == metadata->end() || !labels->is_object() ? nullptr : &*labels;
}

bool label_holds(const requirement& one, const json* labels) {
    if (!labels || !labels->contains(one.name)) return holds(one, nullptr);
    const auto& value = (*labels)[one.name].get_ref<const std::string&>();
    return holds(one, &value);
}

bool field_holds(const requirement& one, const json& object) {
    const json* at = &object;
    std::string path = one.name;
    for (std::size_t begin = 0; at && begin != std::string::npos;) {
        auto dot = path.find('.', begin);
        auto part = path.substr(begin, dot == std::string::npos ? dot : dot - begin);
        at = at->is_object() && at->contains(part) ? &(*at)[part] : nullptr;
        begin = dot == std::string::npos ? dot : dot + 1;
    }
    auto value = !at ? std::string{} : at->is_string() ? at->get<std::string>() : at->dump();
    return holds(one, &value);
}

bool selectable(const kind_info& kind, const std::string& field) {
    static const std::map<std::string, std::set<std::string>> known = {
        {"pods",
         {"spec.nodeName",
          "spec.restartPolicy",
          "spec.schedulerName",
          "spec.serviceAccountName",
          "spec.hostNetwork",
          "status.phase",
          "status.podIP",
          "status.podIPs",
          "status.nominatedNodeName"}},
        {"secrets", {"type"}},
        {"nodes", {"spec.unschedulable"}},
        {"namespaces", {"status.phase"}},
        {"services", {"spec.clusterIP", "spec.type"}},
        {"jobs", {"status.successful"}},
        {"events",
         {"reason",
          "type",
          "regarding.kind",
          "regarding.name",
          "regarding.namespace",
          "regarding.uid",
          "reportingController"}},
    };
    if (field == "metadata.name") return true;
    if (field == "metadata.namespace") return kind.namespaced;
    auto found = known.find(kind.plural);
    return found != known.end() && found->second.contains(field);
}

}  // namespace

bool selection::matches(const json& object) const {
    const auto* found = labels_of(object);
    return std::all_of(labels.begin(),
                       labels.end(),
                       [&](const auto& one) { return label_holds(one, found); }) &&
           std::all_of(fields.begin(), fields.end(), [&](const auto& one) {
               return field_holds(one, object);
           });
}

answer<selection> read_selection(const target& what) {
    selection made;
    for (const auto& term : terms(what.option("labelSelector"))) {
        auto one = read_term(term);
        if (!one) return bad_request("unable to parse requirement: " + term);
        made.labels.push_back(std::move(*one));
    }
    for (const auto& term : terms(what.option("fieldSelector"))) {
        auto one = read_term(term);
        if (!one || one->values.empty())
            return bad_request("invalid selector: '" + term + "'; can't understand '" + term + "'");
        if (!selectable(*what.kind, one->name)) {
            // The two families of kinds use different words for the same thing.
            auto text = what.kind->custom() ? "field label not supported: " + one->name
                                            : "field label not supported: " + one->name;
            return bad_request(text);
        }
        made.fields.push_back(std::move(*one));
    }
    return made;
}

bool labels_match(const json& labels, const json& object) {
    const auto* found = labels_of(object);
    for (const auto& [name, value] : labels.items())
        if (!found || !found->contains(name) || (*found)[name] != value) return false;
    return true;
}

}  // namespace ha::kubesim
