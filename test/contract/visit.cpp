// SPDX-License-Identifier: MIT
#include "test/contract/visit.hpp"

#include <algorithm>
#include <regex>
#include <set>
#include <stdexcept>

namespace ha::contract {
namespace {

using json = nlohmann::json;

// Values that are different in every run, wherever they stand.
const std::set<std::string> fleeting = {"uid", "resourceVersion", "continue", "clusterIP"};

void replace_all(std::string& text, const std::string& from, const std::string& to) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
        text.replace(at, from.size(), to);
}

}  // namespace

visit::visit(conversation& server, std::string space) : server_(server), space_(std::move(space)) {}

std::string visit::placed(const std::string& target) const {
    auto made = target;
    replace_all(made, "{space}", space_);
    return made;
}

std::string visit::normal_text(std::string text) const {
    static const std::vector<std::pair<std::regex, std::string>> rules = {
        {std::regex{"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"}, "<uid>"},
        {std::regex{R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z)"}, "<time>"},
        {std::regex{R"(10\.96\.\d+\.\d+)"}, "<address>"},
        {std::regex{R"(([Rr]esource ?[Vv]ersion: )\d+)"}, "$1<version>"},
        {std::regex{R"(\(\d+\))"}, "(<version>)"},
        {std::regex{R"((current: )\d+)"}, "$1<version>"},
        // Where the real server keeps an object is nobody's business.
        {std::regex{R"(StorageError: .*AdditionalErrorMsg: )"}, ""},
    };
    replace_all(text, space_, "<space>");
    static const std::regex generated{"<space>-g-[a-z0-9]{5}"};
    text = std::regex_replace(text, generated, "<generated>");
    for (const auto& [pattern, with] : rules) text = std::regex_replace(text, pattern, with);
    return text;
}

json visit::normal(const json& value, const std::string& name) const {
    if (name == "managedFields") return normal_owners(value);
    if (value.is_string()) {
        if (fleeting.contains(name) && value != "None" && value != "") return "<" + name + ">";
        return normal_text(value.get<std::string>());
    }
    if (value.is_array()) {
        json made = json::array();
        for (const auto& item : value) made.push_back(normal(item));
        return made;
    }
    if (!value.is_object()) return value;
    json made = json::object();
    bool generated = value.contains("generateName");
    for (const auto& [field, child] : value.items())
        made[normal_text(field)] =
            generated && field == "name" ? json("<generated>") : normal(child, field);
    return made;
}

// Which fields somebody owns by an update is a matter of the server's own types; that he does is
// not.
json visit::normal_owners(const json& entries) const {
    std::vector<json> found;
    for (const auto& entry : entries) {
        json left = entry;
        left.erase("time");
        if (entry.value("operation", "") == "Update") left.erase("fieldsV1");
        found.push_back(normal(left));
    }
    std::sort(found.begin(), found.end());
    return found;
}

said visit::ask(const std::string& method,
                const std::string& target,
                const json& body,
                const manner& how) {
    auto answer = server_.ask(method, placed(target), body, how);
    transcript_.push_back(method + " " + target + " -> " + std::to_string(answer.status) + " " +
                          normal(answer.body).dump());
    return answer;
}

said visit::ask_code(const std::string& method,
                     const std::string& target,
                     const json& body,
                     const manner& how) {
    auto answer = server_.ask(method, placed(target), body, how);
    transcript_.push_back(method + " " + target + " -> " + std::to_string(answer.status) + " " +
                          answer.reason());
    return answer;
}

said visit::prepare(const std::string& method,
                    const std::string& target,
                    const json& body,
                    const manner& how) {
    auto answer = server_.ask(method, placed(target), body, how);
    // A scene that could not be set would make the check say nothing.
    if (method != "GET" && answer.status >= 300)
        throw std::runtime_error{method + " " + target + ": " + answer.body.dump()};
    return answer;
}

said visit::merge(const std::string& target, const json& patch, const manner& how) {
    auto as_patch = how;
    as_patch.content_type = "application/merge-patch+json";
    return ask("PATCH", target, patch, as_patch);
}

said visit::apply(const std::string& target,
                  const std::string& manager,
                  const json& object,
                  bool force) {
    manner as_apply;
    as_apply.content_type = "application/apply-patch+yaml";
    auto where = target + "?fieldManager=" + manager + (force ? "&force=true" : "");
    return ask("PATCH", where, object, as_apply);
}

std::shared_ptr<watched> visit::watch(const std::string& target, const manner& how) {
    return server_.watch(placed(target), how);
}

void visit::events(const watched& from, std::size_t count) {
    server_.wait_until([&] { return from.events.size() >= count || from.over; });
    expect(from.events.size() >= count, "there are " + std::to_string(count) + " events");
    for (std::size_t i = 0; i < std::min(count, from.events.size()); ++i)
        transcript_.push_back("event " + normal(from.events[i]).dump());
}

said visit::eventually(const std::string& target, const std::function<bool(const said&)>& wanted) {
    said last;
    server_.count(false);
    bool came = server_.wait_until(
        [&] {
            last = server_.ask("GET", placed(target));
            return wanted(last);
        },
        std::chrono::seconds{60});
    server_.count(true);
    expect(came, target + " becomes what is waited for");
    // How many steps a controller took shows in the body; what matters of it the check notes.
    transcript_.push_back("eventually GET " + target + " -> " + std::to_string(last.status));
    return last;
}

void visit::expect(bool holds, const std::string& words) {
    if (!holds) broken_.push_back(words);
}

void visit::expect_status(const said& answer, int status) {
    expect(answer.status == status,
           "status " + std::to_string(status) + ", not " + std::to_string(answer.status) + ": " +
               answer.body.dump());
}

void visit::note(const std::string& name, const json& value) {
    transcript_.push_back(name + " = " + normal(value, name).dump());
}

}  // namespace ha::contract
