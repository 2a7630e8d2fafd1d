// SPDX-License-Identifier: MIT
#include "operator/reconcile/standing_orders.hpp"

#include <nlohmann/json.hpp>

#include <array>

namespace ha::op {
namespace {

using document = nlohmann::json;

constexpr std::array annotations{pause_annotation, fence_annotation, switchover_annotation};

// A reader of what the entry holds; of nothing where it is not there, or no JSON.
class entry {
public:
    entry(const std::map<std::string, std::string>& all, const char* name) {
        auto found = all.find(name);
        if (found == all.end() || found->second.empty()) return;
        words_ = found->second;
        auto parsed = json::parse(words_, name);
        if (parsed) content_ = std::move(*parsed);
        if (!content_.is_object()) content_ = document::object();
    }
    bool there() const { return !words_.empty(); }
    const std::string& words() const { return words_; }
    bool is_plain() const { return content_.empty(); }
    json::view root() { return reader_.root(); }

private:
    std::string words_;
    document content_ = document::object();
    json::reader reader_{content_};
};

order order_in(entry& from) {
    if (from.is_plain()) return {"", from.words()};
    return {from.root().text_or("since", ""), from.root().text_or("by", "")};
}

std::optional<switchover> switchover_in(entry from) {
    if (!from.there()) return std::nullopt;
    auto root = from.root();
    return switchover{root.text_or("id", ""), root.text_or("target", ""), root.text_or("by", "")};
}

const document* inside(const document* fields, std::initializer_list<std::string> path) {
    for (const auto& name : path) {
        if (fields == nullptr || !fields->is_object() || !fields->contains(name)) return nullptr;
        fields = &fields->at(name);
    }
    return fields;
}

}  // namespace

orders standing_orders(const std::map<std::string, std::string>& entries) {
    orders found;
    entry pause{entries, "pause"};
    if (pause.there() && pause.words() != "false") found.pause = order_in(pause);
    entry fence{entries, "fence"};
    if (fence.there() && !fence.is_plain()) {
        for (const auto& pod : fence.root().optional_items("pods"))
            found.fenced.push_back(pod.as_text());
        found.fence = order_in(fence);
    }
    found.asked = switchover_in({entries, "operatorSwitchover"});
    found.own = switchover_in({entries, "cordonSwitchover"});
    return found;
}

document our_annotations(const json::view& metadata) {
    auto all = metadata.texts("annotations");
    document kept = document::object();
    for (const auto* name : annotations)
        if (auto found = all.find(name); found != all.end()) kept[name] = found->second;
    return kept;
}

document askers(const json::view& metadata) {
    document found = document::object();
    for (const auto& one : metadata.optional_items("managedFields")) {
        auto fields = one.optional_object("fieldsV1");
        auto manager = one.text_or("manager", "");
        for (const auto* name : annotations)
            if (inside(fields.raw(), {"f:metadata", "f:annotations", std::string("f:") + name}))
                found[name] = manager;
        for (std::string name : {"pause", "fenced"})
            if (inside(fields.raw(), {"f:spec", "f:ha", "f:" + name}))
                found["spec.ha." + name] = manager;
    }
    return found;
}

}  // namespace ha::op
