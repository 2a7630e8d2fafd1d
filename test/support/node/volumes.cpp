// SPDX-License-Identifier: MIT
#include "test/support/node/volumes.hpp"

#include <fstream>
#include <functional>

namespace ha::test::node {
namespace {

using contents = std::map<std::string, std::string>;  // path in the volume to text

const json* volume_of(const json& pod, const std::string& name) {
    for (const auto& volume : at(pod, "/spec/volumes")) {
        if (text_at(volume, "/name") == name) return &volume;
    }
    return nullptr;
}

// Where the volume lies: claims outlive the pod, an emptyDir is one for all containers, the rest is
// written per container because its text names the container's paths.
files::path folder_of(const json& volume, const json& container, const folders& where) {
    auto claim = text_at(volume, "/persistentVolumeClaim/claimName");
    if (!claim.empty()) return where.claims / claim;
    auto name = text_at(volume, "/name");
    if (volume.contains("emptyDir")) return where.pod / "volumes" / name;
    return where.pod / text_at(container, "/name") / "volumes" / name;
}

contents config_contents(const json& map) {
    contents made;
    const auto& data = at(map, "/data");
    for (const auto& [key, text] : data.items()) made[key] = text.get<std::string>();
    return made;
}

contents secret_contents(const json& secret) {
    contents made;
    const auto& data = at(secret, "/data");
    for (const auto& [key, text] : data.items()) {
        made[key] = base64_decoded(text.get<std::string>());
    }
    return made;
}

// The keys that `items` chooses, under the paths it gives; all of them without `items`.
contents chosen(const contents& all, const json& items) {
    if (!items.is_array()) return all;
    contents made;
    for (const auto& item : items) {
        auto found = all.find(text_at(item, "/key"));
        if (found != all.end()) made[text_at(item, "/path")] = found->second;
    }
    return made;
}

using source_reader = std::function<contents(const json&)>;

result<contents> read_source(const std::map<std::string, json>& from,
                             const std::string& name,
                             const json& source,
                             const source_reader& read) {
    auto found = from.find(name);
    if (found != from.end()) return chosen(read(found->second), at(source, "/items"));
    if (at(source, "/optional") == json(true)) return contents{};
    return failure(errc::not_found, "'" + name + "' is not there");
}

std::string field_of(const json& pod, const std::string& path) {
    std::string pointer = "/" + path;
    for (auto& c : pointer) {
        if (c == '.') c = '/';
    }
    return text_at(pod, pointer.c_str());
}

result<contents> projected_part(const json& pod,
                                const json& volume,
                                const json& source,
                                const volume_sources& from) {
    if (source.contains("serviceAccountToken")) {
        auto token = from.tokens.find(text_at(volume, "/name"));
        if (token == from.tokens.end()) return failure(errc::not_found, "no token was given");
        return contents{{text_at(source, "/serviceAccountToken/path"), token->second}};
    }
    if (source.contains("downwardAPI")) {
        contents made;
        for (const auto& item : at(source, "/downwardAPI/items")) {
            made[text_at(item, "/path")] = field_of(pod, text_at(item, "/fieldRef/fieldPath"));
        }
        return made;
    }
    if (source.contains("configMap")) {
        const auto& inner = source.at("configMap");
        return read_source(from.config_maps, text_at(inner, "/name"), inner, config_contents);
    }
    const auto& inner = at(source, "/secret");
    return read_source(from.secrets, text_at(inner, "/name"), inner, secret_contents);
}

result<contents> projected(const json& pod, const json& volume, const volume_sources& from) {
    contents all;
    for (const auto& source : at(volume, "/projected/sources")) {
        auto part = projected_part(pod, volume, source, from);
        if (!part) return part;
        all.merge(*part);
    }
    return all;
}

result<contents> volume_contents(const json& pod, const json& volume, const volume_sources& from) {
    if (volume.contains("configMap")) {
        const auto& inner = volume.at("configMap");
        return read_source(from.config_maps, text_at(inner, "/name"), inner, config_contents);
    }
    if (volume.contains("secret")) {
        const auto& inner = volume.at("secret");
        return read_source(from.secrets, text_at(inner, "/secretName"), inner, secret_contents);
    }
    if (volume.contains("projected")) return projected(pod, volume, from);
    return contents{};
}

// By a new file under another name, so that a reader never sees half of it.
result<void> write_file(const files::path& path, const std::string& text, bool secret) {
    files::create_directories(path.parent_path());
    auto fresh = path;
    fresh += ".fresh";
    {
        std::ofstream out{fresh, std::ios::binary};
        out << text;
        if (!out) return failure(errc::failed, "cannot write " + fresh.string());
    }
    using files::perms;
    auto mode = perms::owner_read | perms::owner_write;
    if (!secret) mode |= perms::group_read | perms::others_read;
    files::permissions(fresh, mode);
    files::rename(fresh, path);
    return {};
}

bool is_boundary(char next) {
    return next == '/' || next == '"' || next == '\'' || next == ',' || next == ':' ||
           std::isspace(static_cast<unsigned char>(next)) != 0;
}

void need(const json& source, const char* pointer, std::vector<std::string>& into) {
    auto name = text_at(source, pointer);
    if (!name.empty()) into.push_back(name);
}

void need_environment(const json& container, volume_needs& into) {
    for (const auto& variable : at(container, "/env")) {
        need(variable, "/valueFrom/secretKeyRef/name", into.secrets);
        need(variable, "/valueFrom/configMapKeyRef/name", into.config_maps);
    }
}

}  // namespace

volume_needs needs_of(const json& pod) {
    volume_needs made;
    for (const auto& volume : at(pod, "/spec/volumes")) {
        need(volume, "/configMap/name", made.config_maps);
        need(volume, "/secret/secretName", made.secrets);
        for (const auto& source : at(volume, "/projected/sources")) {
            need(source, "/configMap/name", made.config_maps);
            need(source, "/secret/name", made.secrets);
        }
    }
    for (const auto& one : at(pod, "/spec/initContainers")) need_environment(one, made);
    for (const auto& one : at(pod, "/spec/containers")) need_environment(one, made);
    return made;
}

mount_table mounts_of(const json& pod, const json& container, const folders& where) {
    mount_table made;
    for (const auto& mount : at(container, "/volumeMounts")) {
        const auto* volume = volume_of(pod, text_at(mount, "/name"));
        if (volume == nullptr) continue;
        auto path = folder_of(*volume, container, where);
        auto part = text_at(mount, "/subPath");
        if (!part.empty()) path /= part;
        made[text_at(mount, "/mountPath")] = path.string();
    }
    return made;
}

std::string with_paths(std::string text, const mount_table& mounts) {
    // In one pass, so that what was put in is not looked at again.
    std::string made;
    for (std::size_t i = 0; i < text.size();) {
        const mount_table::value_type* best = nullptr;
        for (const auto& one : mounts) {
            auto end = i + one.first.size();
            if (text.compare(i, one.first.size(), one.first) != 0) continue;
            if (end < text.size() && !is_boundary(text[end])) continue;
            if (best == nullptr || one.first.size() > best->first.size()) best = &one;
        }
        if (best == nullptr) {
            made += text[i++];
        } else {
            made += best->second;
            i += best->first.size();
        }
    }
    return made;
}

result<void> write_volumes(const json& pod,
                           const json& container,
                           const folders& where,
                           const volume_sources& from) {
    auto mounts = mounts_of(pod, container, where);
    for (const auto& mount : at(container, "/volumeMounts")) {
        const auto* volume = volume_of(pod, text_at(mount, "/name"));
        if (volume == nullptr)
            return failure(errc::not_found, "a mount names no volume of the pod");
        auto folder = folder_of(*volume, container, where);
        files::create_directories(folder);
        auto inside = volume_contents(pod, *volume, from);
        if (!inside) {
            return failure(inside.error().kind,
                           "volume " + text_at(*volume, "/name") + ": " + inside.error().message);
        }
        bool is_secret = !volume->contains("configMap");
        for (const auto& [path, text] : *inside) {
            auto written =
                write_file(folder / path, is_secret ? text : with_paths(text, mounts), is_secret);
            if (!written) return written;
        }
    }
    return {};
}

}  // namespace ha::test::node
