// SPDX-License-Identifier: MIT
#include "test/support/node/environment.hpp"

#include <cstdlib>

namespace ha::test::node {
namespace {

result<std::string> key_of(const std::map<std::string, json>& from,
                           const json& reference,
                           bool encoded) {
    auto name = text_at(reference, "/name");
    auto key = text_at(reference, "/key");
    auto found = from.find(name);
    const auto& data = found == from.end() ? json::object() : at(found->second, "/data");
    if (!data.is_object() || !data.contains(key)) {
        return failure(errc::not_found, "key '" + key + "' of '" + name + "' is not there");
    }
    auto text = data.at(key).get<std::string>();
    return encoded ? base64_decoded(text) : text;
}

result<std::string> content_of(const json& pod,
                               const json& variable,
                               const pod_place& place,
                               const volume_sources& from) {
    const auto& source = at(variable, "/valueFrom");
    if (source.is_null()) return text_at(variable, "/value");
    if (source.contains("secretKeyRef")) {
        return key_of(from.secrets, source.at("secretKeyRef"), true);
    }
    if (source.contains("configMapKeyRef")) {
        return key_of(from.config_maps, source.at("configMapKeyRef"), false);
    }
    auto path = text_at(source, "/fieldRef/fieldPath");
    if (path == "status.podIP" || path == "status.hostIP") return place.ip;
    for (auto& c : path) {
        if (c == '.') c = '/';
    }
    return text_at(pod, ("/" + path).c_str());
}

fillings fillings_of(const json& pod,
                     const json& container,
                     const pod_place& place,
                     const mount_table& mounts) {
    auto folder = place.where.pod / text_at(container, "/name");
    fillings made{{"podIP", place.ip},
                  {"podName", text_at(pod, "/metadata/name")},
                  {"podUID", text_at(pod, "/metadata/uid")},
                  {"namespace", text_at(pod, "/metadata/namespace")},
                  {"folder", folder.string()},
                  {"hosts", place.hosts_file}};
    for (const auto& [inside, here] : mounts) made["mount:" + inside] = here;
    return made;
}

void add_arguments(const json& list, const mount_table& mounts, std::vector<std::string>& into) {
    for (const auto& word : list) into.push_back(with_paths(word.get<std::string>(), mounts));
}

}  // namespace

result<command_line> command_of(const json& pod,
                                const json& container,
                                const program& stands_for,
                                const pod_place& place,
                                const volume_sources& from) {
    auto mounts = mounts_of(pod, container, place.where);
    auto fill = fillings_of(pod, container, place, mounts);
    command_line made;
    for (const auto& word : stands_for.command) made.arguments.push_back(filled(word, fill));
    if (stands_for.takes_arguments) {
        add_arguments(at(container, "/args"), mounts, made.arguments);
    }
    made.variables = place.cluster;
    for (const char* inherited : {"PATH", "HOME", "LANG", "ODBCSYSINI", "ODBCINSTINI"}) {
        if (const char* content = std::getenv(inherited)) made.variables[inherited] = content;
    }
    made.variables["HOSTNAME"] = text_at(pod, "/metadata/name");
    for (const auto& variable : at(container, "/env")) {
        auto content = content_of(pod, variable, place, from);
        if (!content) return tl::unexpected(content.error());
        made.variables[text_at(variable, "/name")] = with_paths(*content, mounts);
    }
    for (const auto& [name, content] : stands_for.variables) {
        made.variables[name] = filled(content, fill);
    }
    return made;
}

}  // namespace ha::test::node
