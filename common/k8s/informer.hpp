// SPDX-License-Identifier: MIT
#pragma once

#include "common/json/checked.hpp"
#include "common/k8s/reflector.hpp"

#include <nlohmann/json.hpp>

#include <compare>
#include <functional>
#include <map>
#include <set>
#include <string>

// What is known of the objects of a selection: of each only what its user asked for, kept fresh by
// a reflector, and a call when that changes. Whole objects are never kept.

namespace ha::k8s {

struct object_key {
    std::string space;
    std::string name;
    auto operator<=>(const object_key&) const = default;
};

// Projection is a value with ==. It is made from an object by a function of the user's, which must
// not fail: what is wrong with an object is part of its projection.
template <class Projection>
class informer final : private reflector_sink {
public:
    struct entry {
        std::string uid;
        std::string resource_version;  // the newest, also when the projection stayed the same
        Projection value;
    };

    struct callbacks {
        // New, or another projection. An object that was deleted and made again between two looks
        // is a deletion and a change.
        std::function<void(const object_key&, const entry&)> changed{};
        std::function<void(const object_key&, const entry& last)> deleted{};
        std::function<void(bool)> in_step{};
        std::function<void(const failure&)> trouble{};
    };

    informer(clock_source& clock,
             client& api,
             selection what,
             std::function<Projection(const nlohmann::json&)> project,
             callbacks tell,
             reflector_plan plan = {})
        : project_(std::move(project)),
          tell_(std::move(tell)),
          reflector_(clock, api, std::move(what), *this, plan) {}

    // Until cancelled.
    boost::asio::awaitable<void> run() { return reflector_.run(); }

    const std::map<object_key, entry>& all() const { return known_; }
    const entry* find(const object_key& which) const {
        auto found = known_.find(which);
        return found == known_.end() ? nullptr : &found->second;
    }
    // False until the first list, too: an empty all() means nothing before.
    bool listed() const { return listed_; }
    bool in_step_now() const { return in_step_; }

private:
    void replace(const nlohmann::json& list) override {
        std::set<object_key> present;
        auto items = list.find("items");
        if (items != list.end() && items->is_array()) {
            for (auto& one : *items) {
                present.insert(key_of(one));
                change(one);
            }
        }
        for (auto place = known_.begin(); place != known_.end();) {
            auto here = place++;
            if (!present.contains(here->first)) drop(here);
        }
        listed_ = true;
    }

    void change(const nlohmann::json& object) override {
        auto key = key_of(object);
        auto fresh = entry{
            metadata_of(object, "uid"), metadata_of(object, "resourceVersion"), project_(object)};
        auto found = known_.find(key);
        if (found != known_.end() && found->second.uid != fresh.uid) {
            drop(found);
            found = known_.end();
        }
        bool same = found != known_.end() && found->second.value == fresh.value;
        auto& kept = known_.insert_or_assign(key, std::move(fresh)).first->second;
        if (!same && tell_.changed) tell_.changed(key, kept);
    }

    void remove(const nlohmann::json& object) override {
        auto found = known_.find(key_of(object));
        if (found != known_.end()) drop(found);
    }

    void in_step(bool now) override {
        in_step_ = now;
        if (tell_.in_step) tell_.in_step(now);
    }

    void trouble(const failure& why) override {
        if (tell_.trouble) tell_.trouble(why);
    }

    void drop(typename std::map<object_key, entry>::iterator which) {
        auto last = known_.extract(which);
        if (tell_.deleted) tell_.deleted(last.key(), last.mapped());
    }

    static std::string metadata_of(const nlohmann::json& object, std::string_view field) {
        json::reader reader(object);
        return reader.root().optional_object("metadata").text_or(field, "");
    }

    static object_key key_of(const nlohmann::json& object) {
        return {metadata_of(object, "namespace"), metadata_of(object, "name")};
    }

    std::function<Projection(const nlohmann::json&)> project_;
    callbacks tell_;
    std::map<object_key, entry> known_;
    bool listed_ = false;
    bool in_step_ = false;
    reflector reflector_;
};

}  // namespace ha::k8s
