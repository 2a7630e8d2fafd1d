// SPDX-License-Identifier: MIT
#include "test/kubesim/api/removal.hpp"

#include "test/kubesim/api/controllers.hpp"

#include <algorithm>

namespace ha::kubesim {
namespace {

using json = nlohmann::json;

constexpr const char* foreground = "foregroundDeletion";
constexpr const char* orphan = "orphan";

bool is_pod(const kind_info& kind) {
    return kind.group.empty() && kind.plural == "pods";
}

void mark(cluster& all, json& object, int grace) {
    auto& metadata = object["metadata"];
    bool first = !metadata.contains("deletionTimestamp");
    if (first && metadata.value("generation", 0) > 0)
        metadata["generation"] = metadata["generation"].get<int>() + 1;
    metadata["deletionGracePeriodSeconds"] = grace;
    if (first || grace > 0)
        metadata["deletionTimestamp"] = all.timestamp(std::chrono::seconds{grace});
}

// Only pods that a node knows of are given time.
int grace_of(const kind_info& kind, const json& object, const removal& how) {
    if (!is_pod(kind)) return 0;
    auto phase = object["status"].value("phase", "");
    bool never_ran = object["spec"].value("nodeName", "").empty();
    if (never_ran || phase == "Failed" || phase == "Succeeded") return 0;
    auto grace =
        how.grace_seconds.value_or(object["spec"].value("terminationGracePeriodSeconds", 30));
    // A later deletion can only shorten what an earlier one granted.
    if (object["metadata"].contains("deletionTimestamp"))
        grace = std::min(grace, object["metadata"].value("deletionGracePeriodSeconds", 0));
    return grace;
}

void add_finalizer(json& object, const char* name) {
    auto& list = object["metadata"]["finalizers"];
    if (!list.is_array()) list = json::array();
    if (std::find(list.begin(), list.end(), name) == list.end()) list.push_back(name);
}

void drop_finalizer(cluster& all, const kind_info& kind, const json& object, const char* name) {
    auto finalizers = object["metadata"].value("finalizers", json::array());
    auto found = std::find(finalizers.begin(), finalizers.end(), name);
    if (found == finalizers.end()) return;
    finalizers.erase(static_cast<std::size_t>(found - finalizers.begin()));
    auto after = object;
    after["metadata"]["finalizers"] = finalizers;
    if (finalizers.empty()) after["metadata"].erase("finalizers");
    commit(all, kind, object, after);
}

bool holds(const json& object, const char* name) {
    const auto finalizers = object["metadata"].value("finalizers", json::array());
    return std::find(finalizers.begin(), finalizers.end(), name) != finalizers.end();
}

// What the garbage collector does with the dependents of an object that is being deleted.
void propagate(cluster& all, const kind_info& kind, const json& owner) {
    if (holds(owner, orphan)) {
        orphan_dependents(all, owner);
        drop_finalizer(all, kind, owner, orphan);
    }
    if (!holds(owner, foreground)) return;
    collect_dependents(all, owner);
    // The last dependent's end may have been the owner's, too.
    auto left = all.objects.find(kind.where(), key_of(owner));
    if (left) finish_foreground(all, kind, *left);
}

no mismatch(const target& what,
            const std::string& field,
            const std::string& wanted,
            const std::string& found,
            const char* maybe) {
    return failed_precondition(*what.kind,
                               what.name,
                               "the " + field + " in the precondition (" + wanted +
                                   ") does not match the " + field + " in record (" + found +
                                   "). The object might have been " + maybe);
}

json success(const target& what, const json& object) {
    json details = {
        {"name", what.name}, {"kind", what.kind->plural}, {"uid", object["metadata"]["uid"]}};
    if (!what.kind->group.empty()) details["group"] = what.kind->group;
    return {{"kind", "Status"},
            {"apiVersion", "v1"},
            {"metadata", json::object()},
            {"status", "Success"},
            {"details", details}};
}

}  // namespace

answer<removal> read_removal(const target& what, const std::string& body) {
    removal made;
    made.propagation = what.option("propagationPolicy");
    if (auto seconds = what.option("gracePeriodSeconds"); !seconds.empty())
        made.grace_seconds = std::atoi(seconds.c_str());
    if (body.empty()) return made;
    auto options = json::parse(body, nullptr, false);
    if (!options.is_object()) return bad_request("the body is not a DeleteOptions object");
    auto text = [&](const json& from, const char* name) {
        return from.contains(name) && from[name].is_string() ? from[name].get<std::string>() : "";
    };
    if (options.contains("preconditions")) {
        made.uid = text(options["preconditions"], "uid");
        made.resource_version = text(options["preconditions"], "resourceVersion");
    }
    if (auto word = text(options, "propagationPolicy"); !word.empty()) made.propagation = word;
    if (options.contains("gracePeriodSeconds") && options["gracePeriodSeconds"].is_number_integer())
        made.grace_seconds = options["gracePeriodSeconds"].get<int>();
    return made;
}

removed begin_removal(cluster& all, const kind_info& kind, json object, const removal& how) {
    auto policy = how.propagation.empty() ? kind.propagation : how.propagation;
    const auto before = object;
    if (policy == "Orphan") add_finalizer(object, orphan);
    if (policy == "Foreground") add_finalizer(object, foreground);
    auto grace = grace_of(kind, object, how);
    bool waits = grace > 0 || !object["metadata"].value("finalizers", json::array()).empty();
    bool marked = object["metadata"].contains("deletionTimestamp");
    if (!marked || how.grace_seconds) mark(all, object, grace);
    if (waits) {
        auto now = commit(all, kind, before, object);
        propagate(all, kind, now);
        return {false, now};
    }
    if (!is_pod(kind)) return {true, remove_now(all, kind, before)};
    // A pod is always seen to end before it is gone.
    auto ending = *all.objects.put(kind.where(), key_of(object), object);
    run_controllers(all, kind, before, ending);
    return {true, remove_now(all, kind, ending)};
}

void finish_foreground(cluster& all, const kind_info& kind, const json& owner) {
    if (!has_blocking_dependents(all, owner)) drop_finalizer(all, kind, owner, foreground);
}

answer<written> evict(cluster& all, const target& what, const std::string& body) {
    auto eviction = json::parse(body, nullptr, false);
    if (!eviction.is_object()) return bad_request("the body is not an Eviction object");
    auto how = read_removal(what, eviction.value("deleteOptions", json::object()).dump());
    if (!how) return no(how.error());
    auto may = remove(all, what, *how, true);
    if (!may) return no(may.error());
    auto before = *all.objects.find(what.kind->where(), what.which());
    auto after = before;
    after["status"]["conditions"].push_back({{"type", "DisruptionTarget"},
                                             {"status", "True"},
                                             {"lastProbeTime", nullptr},
                                             {"lastTransitionTime", all.timestamp()},
                                             {"reason", "EvictionByEvictionAPI"},
                                             {"message", "Eviction API: evicting"}});
    commit(all, *what.kind, before, std::move(after));
    auto done = remove(all, what, *how, false);
    if (!done) return no(done.error());
    return written{201,
                   {{"kind", "Status"},
                    {"apiVersion", "v1"},
                    {"metadata", json::object()},
                    {"status", "Success"},
                    {"code", 201}}};
}

answer<json> remove(cluster& all, const target& what, const removal& how, bool dry_run) {
    auto found = all.objects.find(what.kind->where(), what.which());
    if (!found) return not_found(*what.kind, what.name);
    const auto& metadata = (*found)["metadata"];
    auto uid = metadata["uid"].get<std::string>();
    auto at = metadata["resourceVersion"].get<std::string>();
    if (!how.uid.empty() && how.uid != uid)
        return mismatch(what, "UID", how.uid, uid, "deleted and then recreated");
    if (!how.resource_version.empty() && how.resource_version != at)
        return mismatch(what, "ResourceVersion", how.resource_version, at, "modified");
    if (dry_run) return success(what, *found);
    auto done = begin_removal(all, *what.kind, *found, how);
    if (!done.gone || what.kind->returns_deleted) return done.object;
    return success(what, done.object);
}

}  // namespace ha::kubesim
