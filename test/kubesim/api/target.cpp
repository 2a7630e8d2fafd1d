// SPDX-License-Identifier: MIT
#include "test/kubesim/api/target.hpp"

#include <charconv>
#include <sstream>

namespace ha::kubesim {
namespace {

std::string decoded(std::string_view text) {
    std::string made;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned byte = 0;
        if (text[i] == '%' && i + 2 < text.size() + 0 &&
            std::from_chars(&text[i + 1], &text[i + 1] + 2, byte, 16).ec == std::errc{}) {
            made += static_cast<char>(byte);
            i += 2;
        } else {
            made += text[i] == '+' ? ' ' : text[i];
        }
    }
    return made;
}

std::vector<std::string> split(const std::string& path) {
    std::vector<std::string> parts;
    std::istringstream stream{path};
    for (std::string part; std::getline(stream, part, '/');)
        if (!part.empty()) parts.push_back(decoded(part));
    return parts;
}

// The single name that metadata.name of a field selector demands; the authorizer sees it as a name.
std::string selected_name(const target& what) {
    std::istringstream parts{what.option("fieldSelector")};
    for (std::string part; std::getline(parts, part, ',');)
        if (part.starts_with("metadata.name=")) {
            auto value = part.substr(part.find_last_of('=') + 1);
            return value;
        }
    return {};
}

std::string verb_of(const std::string& method, const target& what) {
    bool one = !what.name.empty();
    if (method == "GET" || method == "HEAD")
        return what.flag("watch") ? "watch" : one ? "get" : "list";
    if (method == "POST" && (!one || !what.subresource.empty())) return "create";
    if (method == "PUT" && one) return "update";
    if (method == "PATCH" && one) return "patch";
    if (method == "DELETE") return one ? "delete" : "deletecollection";
    return {};
}

}  // namespace

std::string target::option(const std::string& wanted) const {
    auto found = query.find(wanted);
    return found == query.end() ? "" : found->second;
}

bool target::flag(const std::string& wanted) const {
    auto value = option(wanted);
    return value == "true" || value == "1" || value == "True";
}

std::string path_of(const std::string& text) {
    return text.substr(0, text.find('?'));
}

std::map<std::string, std::string> query_of(const std::string& text) {
    std::map<std::string, std::string> made;
    auto mark = text.find('?');
    if (mark == std::string::npos) return made;
    std::istringstream parts{text.substr(mark + 1)};
    for (std::string part; std::getline(parts, part, '&');) {
        auto equals = part.find('=');
        auto value = equals == std::string::npos ? "" : part.substr(equals + 1);
        made[decoded(part.substr(0, equals))] = decoded(value);
    }
    return made;
}

answer<target> read_target(const kinds& known, const http::request& asked) {
    target made;
    made.query = query_of(asked.target);
    auto parts = split(path_of(asked.target));
    bool core = !parts.empty() && parts[0] == "api";
    std::size_t at = core ? 2 : 3;
    if (parts.size() <= at || (!core && parts[0] != "apis")) return path_not_found();
    auto group = core ? std::string{} : parts[1];
    auto version = parts[at - 1];

    bool spaced = parts[at] == "namespaces" && parts.size() > at + 2 && parts[at + 2] != "status" &&
                  parts[at + 2] != "finalize";
    if (spaced) {
        made.space = parts[at + 1];
        at += 2;
    }
    made.kind = known.find(group, version, parts[at]);
    if (!made.kind && !known.serves(group, version)) return page_not_found();
    if (!made.kind || (spaced && !made.kind->namespaced)) return path_not_found();
    if (parts.size() > at + 1) made.name = parts[at + 1];
    if (parts.size() > at + 2) made.subresource = parts[at + 2];
    if (parts.size() > at + 3) return path_not_found();
    bool needs_space = made.kind->namespaced && made.space.empty();
    if (needs_space && !made.name.empty()) return path_not_found();
    made.verb = verb_of(asked.method, made);
    if (made.verb.empty() || (needs_space && asked.method != "GET")) return method_not_allowed();
    bool known_part = made.subresource.empty() ||
                      (made.subresource == "status" && made.kind->has_status) ||
                      (made.subresource == "eviction" && made.kind->plural == "pods") ||
                      (made.subresource == "token" && made.kind->plural == "serviceaccounts");
    if (!known_part) return path_not_found();
    if ((made.verb == "watch" || made.verb == "list") && made.name.empty())
        made.name = selected_name(made);
    return made;
}

}  // namespace ha::kubesim
