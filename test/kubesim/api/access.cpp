// SPDX-License-Identifier: MIT
#include "test/kubesim/api/access.hpp"

#include <algorithm>

namespace ha::kubesim {
namespace {

using json = nlohmann::json;

const std::string rbac = "rbac.authorization.k8s.io";

bool lists(const json& rule, const char* name, const std::string& value) {
    const auto list = rule.value(name, json::array());
    return std::any_of(
        list.begin(), list.end(), [&](const json& one) { return one == value || one == "*"; });
}

bool rule_allows(const json& rule, const target& what, const std::string& verb) {
    auto resource = what.kind->plural;
    if (!what.subresource.empty()) resource += "/" + what.subresource;
    if (!lists(rule, "verbs", verb) || !lists(rule, "apiGroups", what.kind->group) ||
        !lists(rule, "resources", resource))
        return false;
    const auto names = rule.value("resourceNames", json::array());
    return names.empty() || std::find(names.begin(), names.end(), what.name) != names.end();
}

bool is_subject(const json& subject, const principal& who) {
    auto kind = subject.value("kind", "");
    auto name = subject.value("name", "");
    if (kind == "User") return name == who.name;
    if (kind == "Group")
        return std::find(who.groups.begin(), who.groups.end(), name) != who.groups.end();
    return who.name == "system:serviceaccount:" + subject.value("namespace", "") + ":" + name;
}

bool binding_allows(const cluster& all,
                    const json& binding,
                    const principal& who,
                    const target& what,
                    const std::string& verb) {
    const auto subjects = binding.value("subjects", json::array());
    if (std::none_of(subjects.begin(), subjects.end(), [&](const json& one) {
            return is_subject(one, who);
        }))
        return false;
    bool local = binding["roleRef"].value("kind", "") == "Role";
    auto space = local ? binding["metadata"].value("namespace", "") : "";
    auto role = all.objects.find({rbac, local ? "roles" : "clusterroles"},
                                 {space, binding["roleRef"].value("name", "")});
    if (!role) return false;
    const auto rules = role->value("rules", json::array());
    return std::any_of(rules.begin(), rules.end(), [&](const json& rule) {
        return rule_allows(rule, what, verb);
    });
}

}  // namespace

bool principal::is_master() const {
    return std::find(groups.begin(), groups.end(), "system:masters") != groups.end();
}

void token_table::add(const std::string& token, principal who, std::optional<instant> expires) {
    who.groups.emplace_back("system:authenticated");
    tokens_[token] = {std::move(who), expires};
}

std::size_t token_table::revoke(const std::string& user) {
    return std::erase_if(tokens_, [&](const auto& one) { return one.second.who.name == user; });
}

answer<principal> token_table::identify(std::string_view header, instant now) const {
    if (header.empty()) return principal{"system:anonymous", {"system:unauthenticated"}};
    constexpr std::string_view scheme = "Bearer ";
    if (header.starts_with(scheme)) {
        auto found = tokens_.find(header.substr(scheme.size()));
        bool known =
            found != tokens_.end() && (!found->second.expires || now < *found->second.expires);
        if (known) return found->second.who;
    }
    return no(refusal{401, "Unauthorized", "Unauthorized", nullptr});
}

bool allowed(const cluster& all,
             const principal& who,
             const target& what,
             const std::string& verb) {
    if (who.is_master()) return true;
    for (const auto& [which, binding] : all.objects.all({rbac, "clusterrolebindings"}))
        if (binding_allows(all, *binding, who, what, verb)) return true;
    if (what.space.empty()) return false;
    for (const auto& [which, binding] : all.objects.all({rbac, "rolebindings"}))
        if (which.space == what.space && binding_allows(all, *binding, who, what, verb))
            return true;
    return false;
}

answer<bool> authorize(const cluster& all, const principal& who, const target& what) {
    if (allowed(all, who, what, what.verb)) return true;
    const auto& kind = *what.kind;
    auto resource = kind.plural;
    if (!what.subresource.empty()) resource += "/" + what.subresource;
    auto scope =
        what.space.empty() ? "at the cluster scope" : "in the namespace \"" + what.space + "\"";
    auto subject = kind.qualified() + (what.name.empty() ? "" : " \"" + what.name + "\"");
    json details = {{"kind", kind.plural}};
    if (!what.name.empty()) details["name"] = what.name;
    if (!kind.group.empty()) details["group"] = kind.group;
    return no(refusal{403,
                      "Forbidden",
                      subject + " is forbidden: User \"" + who.name + "\" cannot " + what.verb +
                          " resource \"" + resource + "\" in API group \"" + kind.group + "\" " +
                          scope,
                      details});
}

}  // namespace ha::kubesim
