// SPDX-License-Identifier: MIT
#include "agent/codec/requests.hpp"

#include "agent/codec/values.hpp"
#include "agent/codec/words.hpp"
#include "common/json/checked.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace ha::agent {

namespace {

// Known to later versions; named, so that whoever writes them learns that they do nothing yet.
constexpr std::array<std::string_view, 4> later_requests{
    "pause", "fence", "forcedFailover", "reinit"};

replica_spec read_replica(const json::view& place, int ordinal) {
    place.only({"name", "endpointUrl", "mode", "failover", "priority", "readable"});
    replica_spec one;
    one.name = place.text("name");
    one.ordinal = ordinal;
    one.endpoint_url = place.text("endpointUrl");
    one.mode = place.optional_choice("mode", mode_words).value_or(availability_mode::synchronous);
    bool automatic =
        place.optional_choice<bool>("failover", {{"automatic", true}, {"manual", false}})
            .value_or(true);
    one.may_lead = automatic && one.mode == availability_mode::synchronous;
    one.priority = static_cast<int>(place.optional_integer("priority", -1000, 1000).value_or(0));
    one.readable = place.optional_boolean("readable").value_or(false);
    return one;
}

void check_names(const group_spec& spec, const json::view& place) {
    std::vector<std::string> names;
    for (const auto& one : spec.replicas) names.push_back(one.name);
    std::sort(names.begin(), names.end());
    auto twice = std::adjacent_find(names.begin(), names.end());
    if (twice != names.end()) place.complain("names " + *twice + " twice");
    if (names.empty()) place.complain("names no replica");
}

result<group_spec> read_spec(const std::string& text, const std::string& group) {
    auto document = json::parse(text, "the key spec");
    if (!document) return tl::unexpected(document.error());
    json::reader reader(*document);
    auto root = reader.root();
    root.only({"replicas", "required"});
    group_spec spec;
    spec.name = group;
    for (const auto& item : root.items("replicas"))
        spec.replicas.push_back(read_replica(item, static_cast<int>(spec.replicas.size())));
    if (auto required = root.optional_integer("required", 0, 8))
        spec.required = static_cast<int>(*required);
    check_names(spec, root);
    if (auto wrong = reader.failure("the key spec")) return tl::unexpected(*wrong);
    return spec;
}

result<switchover_request> read_switchover(const std::string& text) {
    auto document = json::parse(text, "the key switchover");
    if (!document) return tl::unexpected(document.error());
    json::reader reader(*document);
    reader.root().only({"id", "target"});
    switchover_request found{reader.root().text("id"), reader.root().text_or("target", "")};
    if (found.id.empty()) reader.root().complain("has an empty id");
    if (auto wrong = reader.failure("the key switchover")) return tl::unexpected(*wrong);
    return found;
}

void read_parts(const std::map<std::string, std::string>& data,
                const std::string& group,
                group_requests& into) {
    auto ignore = [&](std::string_view what, std::string why) {
        into.ignored.push_back({std::string(what), std::move(why)});
    };
    if (auto found = data.find("spec"); found != data.end()) {
        auto spec = read_spec(found->second, group);
        if (!spec) ignore("spec", spec.error().message);
        if (spec) into.spec = *spec;
    }
    if (auto found = data.find("switchover"); found != data.end() && !found->second.empty()) {
        auto request = read_switchover(found->second);
        if (!request) ignore("switchover", request.error().message);
        if (request) into.switchover = *request;
    }
    for (auto later : later_requests)
        if (data.count(std::string(later)) != 0)
            ignore(later, "this version does not carry out " + std::string(later) + " requests");
}

}  // namespace

result<group_requests> read_requests(const nlohmann::json& config_map, const std::string& group) {
    json::reader reader(config_map);
    group_requests found;
    found.resource_version =
        reader.root().optional_object("metadata").text_or("resourceVersion", "");
    auto data = reader.root().texts("data");
    if (auto wrong = reader.failure("the ConfigMap of requests")) return tl::unexpected(*wrong);
    auto format = data.find("format");
    if (format != data.end() && format->second != std::to_string(format_version))
        return failure(errc::refused,
                       "the ConfigMap of requests has format '" + format->second +
                           "', this version reads " + std::to_string(format_version) +
                           ": update this supervisor, or write that format");
    read_parts(data, group, found);
    return found;
}

}  // namespace ha::agent
