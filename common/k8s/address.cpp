// SPDX-License-Identifier: MIT
#include "common/k8s/address.hpp"

namespace ha::k8s {

namespace {

std::string encoded(const std::string& text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    constexpr std::string_view plain =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    std::string out;
    for (char each : text) {
        if (plain.find(each) != std::string_view::npos) {
            out += each;
            continue;
        }
        auto byte = static_cast<unsigned char>(each);
        out += '%';
        out += digits[byte / 16];
        out += digits[byte % 16];
    }
    return out;
}

std::string kind_words(const resource& kind) {
    return kind.group.empty() ? kind.plural : kind.plural + "." + kind.group;
}

std::string joined(const std::string& space, const std::string& name) {
    if (space.empty()) return name;
    return name.empty() ? space : space + "/" + name;
}

}  // namespace

std::string collection_path(const resource& kind, const std::string& space) {
    auto path =
        kind.group.empty() ? "/api/" + kind.version : "/apis/" + kind.group + "/" + kind.version;
    if (kind.namespaced && !space.empty()) path += "/namespaces/" + encoded(space);
    return path + "/" + kind.plural;
}

std::string object_path(const object_name& what) {
    auto path = collection_path(what.kind, what.space) + "/" + encoded(what.name);
    return what.subresource.empty() ? path : path + "/" + what.subresource;
}

std::string query_text(const query& all) {
    std::string text;
    for (auto& [key, value] : all) {
        if (value.empty()) continue;
        text += (text.empty() ? "?" : "&") + key + "=" + encoded(value);
    }
    return text;
}

query query_of(const selection& what) {
    return {{"fieldSelector", what.name.empty() ? "" : "metadata.name=" + what.name},
            {"labelSelector", what.label_selector},
            {"resourceVersion", what.resource_version}};
}

std::string words(const object_name& what) {
    auto text = kind_words(what.kind) + " " + joined(what.space, what.name);
    return what.subresource.empty() ? text : text + " (" + what.subresource + ")";
}

std::string words(const selection& what) {
    auto where = joined(what.space, what.name);
    auto text = kind_words(what.kind) + (where.empty() ? "" : " " + where);
    return what.label_selector.empty() ? text : text + " with " + what.label_selector;
}

}  // namespace ha::k8s
