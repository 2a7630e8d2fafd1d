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
constexpr std::array<std::string_view, 1> later_requests{"reinit"};

// One key for each who writes: with server-side apply nobody takes another's.
constexpr std::array<std::string_view, 4> switchover_keys{
    "switchover", "operatorSwitchover", "cordonSwitchover", "forcedFailover"};

replica_spec read_replica(const json::view& place, int ordinal) {
    place.only({"name", "endpointUrl", "mode", "failover", "priority", "readable"});
    replica_spec one;
    one.name = place.text("name");
    one.ordinal = ordinal;
    one.endpoint_url = place.text("endpointUrl");
    one.mode = place.optional_choice("mode", mode_words).value_or(availability_mode::synchronous);
    one.automatic =
        place.optional_choice<bool>("failover", {{"automatic", true}, {"manual", false}})
            .value_or(true);
    one.may_lead = one.mode == availability_mode::synchronous;
    one.priority = static_cast<int>(place.optional_integer("priority", -1000, 1000).value_or(0));
    one.readable = place.optional_boolean("readable").value_or(false);
    return one;
}

void check_names(const group_spec& spec, const json::view& place) {
    std::vector<std::string> names;
    names.reserve(spec.replicas.size());
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
    root.only({"clusterType", "replicas", "required", "witness"});
    group_spec spec;
    spec.name = group;
    spec.cluster =
        root.optional_choice("clusterType", cluster_words).value_or(cluster_type::external);
    for (const auto& item : root.items("replicas"))
        spec.replicas.push_back(read_replica(item, static_cast<int>(spec.replicas.size())));
    if (auto required = root.optional_integer("required", 0, 8))
        spec.required = static_cast<int>(*required);
    spec.lease_witness =
        root.optional_choice<bool>("witness", {{"Lease", true}, {"None", false}}).value_or(true);
    check_names(spec, root);
    if (auto wrong = reader.failure("the key spec")) return tl::unexpected(*wrong);
    return spec;
}

result<switchover_request> read_switchover(std::string_view key, const std::string& text) {
    auto what = "the key " + std::string(key);
    auto document = json::parse(text, what);
    if (!document) return tl::unexpected(document.error());
    json::reader reader(*document);
    auto root = reader.root();
    root.only({"id", "target", "by"});
    switchover_request found{root.text("id"), root.text_or("target", ""), key == "forcedFailover"};
    if (found.id.empty()) root.complain("has an empty id");
    if (auto wrong = reader.failure(what)) return tl::unexpected(*wrong);
    return found;
}

// What forbids is never left out because of how it is written: any words pause the group.
std::optional<standing_order> read_pause(const std::string& text) {
    if (text.empty() || text == "false") return std::nullopt;
    auto document = json::parse(text, "the key pause");
    if (!document || !document->is_object()) return standing_order{"", text};
    json::reader reader(*document);
    return standing_order{reader.root().text_or("since", ""), reader.root().text_or("by", "")};
}

result<group_orders> read_orders(const std::map<std::string, std::string>& data) {
    group_orders found;
    if (auto pause = data.find("pause"); pause != data.end())
        found.pause = read_pause(pause->second);
    auto fence = data.find("fence");
    if (fence == data.end() || fence->second.empty()) return found;
    auto document = json::parse(fence->second, "the key fence");
    if (!document) return tl::unexpected(document.error());
    json::reader reader(*document);
    auto root = reader.root();
    root.only({"pods", "since", "by"});
    for (const auto& pod : root.items("pods")) found.fenced.push_back(pod.as_text());
    found.fence = {root.text_or("since", ""), root.text_or("by", "")};
    if (auto wrong = reader.failure("the key fence")) return tl::unexpected(*wrong);
    return found;
}

// Of UTF-8: a byte that goes on with a character begins none.
std::size_t characters_in(const std::string& text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
    }));
}

result<wanted_databases> read_databases(const std::map<std::string, std::string>& data) {
    constexpr std::size_t longest = 128;
    wanted_databases found;
    auto key = data.find("databases");
    if (key == data.end() || key->second.empty()) return found;
    auto document = json::parse(key->second, "the key databases");
    if (!document) return tl::unexpected(document.error());
    json::reader reader(*document);
    auto root = reader.root();
    root.only({"names"});
    found.given = true;
    for (const auto& name : root.items("names")) {
        found.names.push_back(name.as_text());
        const auto& last = found.names.back();
        if (last.empty() || characters_in(last) > longest)
            root.complain("has the name '" + last + "', and a database's has 1 to 128 characters");
    }
    if (auto wrong = reader.failure("the key databases")) return tl::unexpected(*wrong);
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
    for (auto key : switchover_keys) {
        auto found = data.find(std::string(key));
        if (found == data.end() || found->second.empty()) continue;
        auto request = read_switchover(key, found->second);
        if (!request) ignore(key, request.error().message);
        if (request) into.switchovers.push_back(*request);
    }
    auto databases = read_databases(data);
    if (!databases) ignore("databases", databases.error().message);
    if (databases) into.databases = std::move(*databases);
    auto orders = read_orders(data);
    if (!orders) ignore("fence", orders.error().message);
    if (orders) into.orders = *orders;
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
