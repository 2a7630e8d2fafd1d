// SPDX-License-Identifier: MIT
#include "test/kubesim/api/refusal.hpp"

#include "test/kubesim/api/kinds.hpp"

#include <algorithm>

namespace ha::kubesim {
namespace {

using json = nlohmann::json;

json details_of(const kind_info& kind, const std::string& name) {
    json details = {{"name", name}, {"kind", kind.plural}};
    if (!kind.group.empty()) details["group"] = kind.group;
    return details;
}

}  // namespace

json refusal::status() const {
    json body = {{"kind", "Status"},
                 {"apiVersion", "v1"},
                 {"metadata", json::object()},
                 {"status", "Failure"},
                 {"message", message},
                 {"reason", reason},
                 {"code", code}};
    if (reason.empty()) body.erase("reason");
    if (!details.is_null()) body["details"] = details;
    return body;
}

no bad_request(std::string message) {
    return no(refusal{400, "BadRequest", std::move(message), nullptr});
}

no not_found(const kind_info& kind, const std::string& name) {
    return no(refusal{
        404, "NotFound", kind.qualified() + " \"" + name + "\" not found", details_of(kind, name)});
}

no path_not_found() {
    return no(refusal{
        404, "NotFound", "the server could not find the requested resource", json::object()});
}

no page_not_found() {
    return no(refusal{404, "NotFound", "404 page not found\n", nullptr, true});
}

no already_exists(const kind_info& kind, const std::string& name) {
    return no(refusal{409,
                      "AlreadyExists",
                      kind.qualified() + " \"" + name + "\" already exists",
                      details_of(kind, name)});
}

no conflict(const kind_info& kind, const std::string& name, const std::string& why) {
    return no(refusal{
        409,
        "Conflict",
        "Operation cannot be fulfilled on " + kind.qualified() + " \"" + name + "\": " + why,
        details_of(kind, name)});
}

no invalid(const kind_info& kind, const std::string& name, const std::vector<cause>& causes) {
    auto details = details_of(kind, name);
    details["kind"] = kind.kind;
    if (kind.groupless_errors) details.erase("group");
    if (name.empty()) details.erase("name");
    std::vector<std::string> texts;
    for (const auto& one : causes) {
        details["causes"].push_back(
            {{"reason", one.reason}, {"message", one.message}, {"field", one.field}});
        auto text = one.field + ": " + one.message;
        // The sentence says once what the list may say twice.
        if (std::find(texts.begin(), texts.end(), text) == texts.end()) texts.push_back(text);
    }
    std::string list;
    for (const auto& text : texts) list += (list.empty() ? "" : ", ") + text;
    if (texts.size() > 1) list = "[" + list + "]";
    return no(refusal{
        422, "Invalid", kind.qualified_kind() + " \"" + name + "\" is invalid: " + list, details});
}

no needs_version(const kind_info& kind, const std::string& name) {
    const std::string why = "Invalid value: 0: must be specified for an update";
    const std::string field = "metadata.resourceVersion";
    auto details = details_of(kind, name);
    details["causes"] = {{{"reason", "FieldValueInvalid"}, {"message", why}, {"field", field}}};
    return no(refusal{422,
                      "Invalid",
                      kind.qualified() + " \"" + name + "\" is invalid: " + field + ": " + why,
                      details});
}

no failed_precondition(const kind_info& kind, const std::string& name, const std::string& why) {
    auto details = details_of(kind, name);
    details["kind"] = kind.kind;
    if (kind.groupless_errors) details.erase("group");
    return no(refusal{
        409,
        "Conflict",
        "Operation cannot be fulfilled on " + kind.qualified_kind() + " \"" + name + "\": " + why,
        details});
}

no method_not_allowed() {
    return no(refusal{405,
                      "MethodNotAllowed",
                      "the server does not allow this method on the requested resource",
                      json::object()});
}

no expired(std::string message) {
    return no(refusal{410, "Expired", std::move(message), nullptr});
}

http::response json_response(int code, const nlohmann::json& body) {
    http::response made;
    made.status = code;
    made.headers["content-type"] = "application/json";
    made.body = text_of(body) + "\n";
    return made;
}

}  // namespace ha::kubesim
