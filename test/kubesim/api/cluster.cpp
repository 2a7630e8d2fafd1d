// SPDX-License-Identifier: MIT
#include "test/kubesim/api/cluster.hpp"

#include "test/kubesim/api/controllers.hpp"

#include <ctime>

namespace ha::kubesim {
namespace {

using json = nlohmann::json;

json initial(const kind_info& kind, const std::string& name, std::string uid, std::string time) {
    return {{"apiVersion", kind.api_version()},
            {"kind", kind.kind},
            {"metadata",
             {{"name", name},
              {"uid", std::move(uid)},
              {"creationTimestamp", std::move(time)},
              {"labels", {{"kubernetes.io/metadata.name", name}}}}},
            {"spec", {{"finalizers", {"kubernetes"}}}},
            {"status", {{"phase", "Active"}}}};
}

bool only_waited(const json& object) {
    const auto& metadata = object["metadata"];
    return metadata.contains("deletionTimestamp") &&
           metadata.value("finalizers", json::array()).empty() &&
           metadata.value("deletionGracePeriodSeconds", 0) == 0;
}

}  // namespace

cluster::cluster(clock_source& time, std::size_t history_max) : clock(time), objects(history_max) {
    const auto& spaces = *known.find({"", "namespaces"});
    for (const auto* name : {"default", "kube-system", "kube-public", "kube-node-lease"})
        objects.put(spaces.where(), {"", name}, initial(spaces, name, fresh_uid(), timestamp()));
}

std::string cluster::timestamp() const {
    return timestamp(duration{0});
}

std::string cluster::timestamp(duration after) const {
    auto when = clock.wall_time() + std::chrono::duration_cast<std::chrono::microseconds>(after);
    auto seconds = std::chrono::duration_cast<std::chrono::seconds>(when.time_since_epoch());
    auto count = static_cast<std::time_t>(seconds.count());
    std::tm parts{};
    gmtime_r(&count, &parts);
    char text[32];
    auto length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return {text, length};
}

std::string cluster::fresh_uid() {
    char text[40];
    auto number = ++uids_;
    // Spread over the digits, so that a truncated uid still differs from its neighbours.
    auto mixed = static_cast<std::uint32_t>(number * 2654435761u);
    std::snprintf(text,
                  sizeof text,
                  "%08x-0000-4000-8000-%012llx",
                  mixed,
                  static_cast<unsigned long long>(number));
    return text;
}

std::string cluster::fresh_suffix() {
    static constexpr std::string_view letters = "bcdfghjklmnpqrstvwxz2456789";
    std::string made;
    auto number = ++suffixes_ * 7919 + 104729;
    for (int i = 0; i < 5; ++i, number /= letters.size()) made += letters[number % letters.size()];
    return made;
}

std::string cluster::fresh_service_address() {
    auto number = ++addresses_ + 16;
    return "10.96." + std::to_string(number / 250) + "." + std::to_string(number % 250 + 1);
}

key key_of(const json& object) {
    const auto& metadata = object.at("metadata");
    return {metadata.value("namespace", ""), metadata.at("name").get<std::string>()};
}

json commit(cluster& all, const kind_info& kind, const json& before, json after) {
    if (!before.is_null() && only_waited(after)) return remove_now(all, kind, std::move(after));
    if (!before.is_null() && before == after) return before;
    auto which = key_of(after);
    auto written = all.objects.put(kind.where(), which, std::move(after));
    run_controllers(all, kind, before, *written);
    auto now = all.objects.find(kind.where(), which);
    return kind.plural == "customresourcedefinitions" || !now ? *written : *now;
}

json remove_now(cluster& all, const kind_info& kind, json last) {
    auto which = key_of(last);
    auto gone = all.objects.erase(kind.where(), which, std::move(last));
    run_controllers(all, kind, *gone, nullptr);
    return *gone;
}

}  // namespace ha::kubesim
