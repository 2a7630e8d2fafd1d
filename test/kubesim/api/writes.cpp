// SPDX-License-Identifier: MIT
#include "test/kubesim/api/writes.hpp"

#include "common/json/checked.hpp"
#include "test/kubesim/api/admission.hpp"
#include "test/kubesim/api/ownership.hpp"

namespace ha::kubesim {
namespace {

using json = nlohmann::json;

constexpr const char* stale =
    "the object has been modified; please apply your changes to the latest version and try again";

std::string text(const json& object, const char* name) {
    return object.contains(name) && object[name].is_string() ? object[name].get<std::string>() : "";
}

writer writer_of(cluster& all, const target& what, const write& how) {
    return {how.manager, what.subresource, all.timestamp(), what.flag("force")};
}

answer<json> read_object(const target& what, const std::string& body) {
    auto parsed = ha::json::parse(body, "the object");
    const auto& kind = *what.kind;
    if (!parsed || !parsed->is_object())
        return bad_request("the object provided is unrecognized (must be of type " + kind.kind +
                           "): couldn't get version/kind; json parse error");
    auto object = std::move(*parsed);
    auto given = text(object, "kind");
    auto version = text(object, "apiVersion");
    if (kind.custom() && given.empty())
        return bad_request("Object 'Kind' is missing in '" + object.dump() + "'");
    if ((!given.empty() && given != kind.kind) ||
        (!version.empty() && version != kind.api_version()))
        return bad_request(given + " in version \"" + version + "\" cannot be handled as a " +
                           kind.kind + ": no kind \"" + given + "\" is registered");
    object["kind"] = kind.kind;
    object["apiVersion"] = kind.api_version();
    if (!object["metadata"].is_object()) object["metadata"] = json::object();
    if (auto readable = check_readable(kind, object); !readable) return no(readable.error());
    return object;
}

// Name and namespace of the body against those of the path.
answer<bool> place(const target& what, json& object) {
    auto& metadata = object["metadata"];
    auto space = text(metadata, "namespace");
    if (!space.empty() && space != what.space)
        return bad_request(
            "the namespace of the provided object does not match the namespace sent on the "
            "request");
    if (!what.space.empty()) metadata["namespace"] = what.space;
    if (what.name.empty()) return true;
    auto name = text(metadata, "name");
    if (name != what.name)
        return bad_request("the name of the object (" + (name.empty() ? "" : name) +
                           ") does not match the name on the URL (" + what.name + ")");
    return true;
}

json without_bookkeeping(const json& object, const kind_info& kind) {
    auto left = object;
    left.erase("metadata");
    if (kind.has_status) left.erase("status");
    // Labels of slices say whose they are, and count.
    if (kind.plural == "endpointslices")
        left["labels"] = object["metadata"].value("labels", json());
    return left;
}

// Empty containers that the real server's types leave out when they are written.
void drop_empties(json& object) {
    auto& metadata = object["metadata"];
    for (const auto* name : {"labels", "annotations", "finalizers", "ownerReferences"})
        if (metadata.contains(name) && (metadata[name].is_null() || metadata[name].empty()))
            metadata.erase(name);
    for (const auto* name : {"creationTimestamp", "generation"})
        if (metadata.contains(name) && metadata[name].is_null()) metadata.erase(name);
}

void drop_nulls(json& value) {
    if (value.is_array())
        for (auto& item : value) drop_nulls(item);
    if (!value.is_object()) return;
    for (auto at = value.begin(); at != value.end();) {
        if (at.value().is_null()) {
            at = value.erase(at);
        } else {
            drop_nulls(at.value());
            ++at;
        }
    }
}

answer<written> finish_create(cluster& all,
                              const target& what,
                              json object,
                              const writer* updater) {
    const auto& kind = *what.kind;
    auto& metadata = object["metadata"];
    metadata["uid"] = all.fresh_uid();
    metadata["creationTimestamp"] = all.timestamp();
    for (const auto* name : {"resourceVersion",
                             "generation",
                             "selfLink",
                             "deletionTimestamp",
                             "deletionGracePeriodSeconds"})
        metadata.erase(name);
    if (kind.has_generation) metadata["generation"] = 1;
    if (kind.has_status) object.erase("status");
    drop_empties(object);
    drop_nulls(object);
    if (kind.plural == "namespaces")
        metadata["labels"]["kubernetes.io/metadata.name"] = metadata["name"];
    if (updater) object = record_update(nullptr, std::move(object), kind, *updater);
    fill_defaults(all, kind, nullptr, object);
    if (auto ruled = check_rules(kind, nullptr, object); !ruled) return no(ruled.error());
    if (what.option("dryRun") == "All") return written{201, object};
    return written{201, commit(all, kind, nullptr, std::move(object))};
}

answer<bool> check_space(const cluster& all, const target& what) {
    if (!what.kind->namespaced) return true;
    auto space = all.objects.find({"", "namespaces"}, {"", what.space});
    if (!space) return not_found(*all.known.find({"", "namespaces"}), what.space);
    return true;
}

// What this endpoint may not touch is taken from the object as it is.
void keep_foreign_parts(const target& what, const json& live, json& object) {
    const auto& kind = *what.kind;
    bool has = live.contains("status");
    if (what.subresource != "status") {
        if (!kind.has_status) return;
        if (has) {
            object["status"] = live["status"];
        } else {
            object.erase("status");
        }
        return;
    }
    auto status = object.contains("status") ? object["status"] : json(nullptr);
    auto metadata = object["metadata"];
    object = live;
    if (!kind.custom()) {
        auto owners = live["metadata"].value("ownerReferences", json(nullptr));
        object["metadata"] = metadata;
        if (owners.is_null()) {
            object["metadata"].erase("ownerReferences");
        } else {
            object["metadata"]["ownerReferences"] = owners;
        }
    } else if (metadata.contains("managedFields")) {
        object["metadata"]["managedFields"] = metadata["managedFields"];
    }
    object["status"] = status;
    if (status.is_null()) object.erase("status");
}

// The server's own fields stay whatever the body says.
void keep_own_fields(const json& live, json& object) {
    const auto& old = live["metadata"];
    auto& metadata = object["metadata"];
    for (const auto* name : {"uid", "creationTimestamp"})
        if (text(metadata, name).empty()) metadata[name] = old[name];
    for (const auto* name : {"generation",
                             "deletionTimestamp",
                             "deletionGracePeriodSeconds",
                             "resourceVersion",
                             "generateName"}) {
        metadata.erase(name);
        if (old.contains(name)) metadata[name] = old[name];
    }
}

answer<written> finish_update(
    cluster& all, const target& what, const json& live, json object, const writer* updater) {
    const auto& kind = *what.kind;
    keep_own_fields(live, object);
    keep_foreign_parts(what, live, object);
    drop_empties(object);
    drop_nulls(object);
    if (updater) object = record_update(live, std::move(object), kind, *updater);
    fill_defaults(all, kind, live, object);
    if (auto ruled = check_rules(kind, live, object); !ruled) return no(ruled.error());
    if (kind.has_generation && without_bookkeeping(live, kind) != without_bookkeeping(object, kind))
        object["metadata"]["generation"] = live["metadata"].value("generation", 0) + 1;
    if (what.option("dryRun") == "All") return written{200, object};
    return written{200, commit(all, kind, live, std::move(object))};
}

// Without an object its uid is empty.
answer<bool> check_uid(const target& what, const std::string& found, const json& metadata) {
    auto uid = text(metadata, "uid");
    if (uid.empty() || uid == found) return true;
    return conflict(
        *what.kind,
        what.name,
        "Precondition failed: UID in precondition: " + uid + ", UID in object meta: " + found);
}

answer<bool> check_preconditions(const target& what, const json& live, const json& metadata) {
    const auto& found = live["metadata"]["uid"].get_ref<const std::string&>();
    if (auto same = check_uid(what, found, metadata); !same) return same;
    auto at = text(metadata, "resourceVersion");
    if (!at.empty() && live["metadata"]["resourceVersion"] != at)
        return conflict(*what.kind, what.name, stale);
    return true;
}

answer<json> patched(const target& what, const json& live, const write& how) {
    auto change = json::parse(how.body, nullptr, false);
    if (change.is_discarded()) return bad_request("error decoding patch: invalid JSON");
    if (how.content_type == "application/json-patch+json") {
        try {
            return live.patch(change);
        } catch (const json::exception& trouble) {
            return no(refusal{422, "Invalid", trouble.what(), nullptr});
        }
    }
    if (!change.is_object()) return bad_request("the patch is not an object");
    auto metadata = change.value("metadata", json::object());
    // Another uid is no conflict here: the patched object is found to change what cannot change.
    metadata.erase("uid");
    if (auto good = check_preconditions(what, live, metadata); !good) return no(good.error());
    auto object = live;
    object.merge_patch(change);
    return object;
}

answer<written> apply_patch(cluster& all,
                            const target& what,
                            const shared_object& live,
                            const write& how) {
    auto wanted = json::parse(how.body, nullptr, false);
    if (!wanted.is_object()) return bad_request("error decoding YAML: not an object");
    if (what.option("fieldManager").empty())
        return no(refusal{422,
                          "Invalid",
                          "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: "
                          "is required for apply patch",
                          {{"group", "meta.k8s.io"},
                           {"kind", "PatchOptions"},
                           {"causes",
                            {{{"reason", "FieldValueRequired"},
                              {"message", "Required value: is required for apply patch"},
                              {"field", "fieldManager"}}}}}});
    if (wanted.value("metadata", json::object()).contains("managedFields"))
        return bad_request("metadata.managedFields must be nil");
    if (text(wanted, "kind").empty() || text(wanted, "apiVersion").empty())
        return bad_request("apiVersion and kind must be set");
    auto uid = text(wanted.value("metadata", json::object()), "uid");
    if (!live && !uid.empty())
        return conflict(*what.kind,
                        what.name,
                        "uid mismatch: the provided object specified uid " + uid +
                            ", and no existing object was found");
    if (!live && !what.subresource.empty()) return not_found(*what.kind, what.name);
    if (auto placed = place(what, wanted); !placed) return no(placed.error());
    if (auto readable = check_readable(*what.kind, wanted); !readable) return no(readable.error());
    // Another uid is no conflict here either.
    wanted["metadata"].erase("uid");
    if (live)
        if (auto good = check_preconditions(what, *live, wanted["metadata"]); !good)
            return no(good.error());
    wanted["metadata"].erase("resourceVersion");
    auto made = apply(live ? *live : json(nullptr), wanted, *what.kind, writer_of(all, what, how));
    if (!made) return no(made.error());
    if (!uid.empty()) (*made)["metadata"]["uid"] = uid;
    if (live) return finish_update(all, what, *live, std::move(*made), nullptr);
    if (auto space = check_space(all, what); !space) return no(space.error());
    return finish_create(all, what, std::move(*made), nullptr);
}

}  // namespace

answer<written> create(cluster& all, const target& what, const write& how) {
    auto object = read_object(what, how.body);
    if (!object) return no(object.error());
    if (auto placed = place(what, *object); !placed) return no(placed.error());
    if (auto space = check_space(all, what); !space) return no(space.error());
    auto& metadata = (*object)["metadata"];
    if (!text(metadata, "resourceVersion").empty())
        return no(refusal{
            500, "", "resourceVersion should not be set on objects to be created", nullptr});
    if (text(metadata, "name").empty() && !text(metadata, "generateName").empty())
        metadata["name"] = text(metadata, "generateName") + all.fresh_suffix();
    auto name = text(metadata, "name");
    if (name.empty())
        return invalid(*what.kind,
                       "",
                       {{"FieldValueRequired",
                         "Required value: name or generateName is required",
                         "metadata.name"}});
    if (all.objects.find(what.kind->where(), {what.space, name}))
        return already_exists(*what.kind, name);
    auto who = writer_of(all, what, how);
    return finish_create(all, what, std::move(*object), &who);
}

answer<written> update(cluster& all, const target& what, const write& how) {
    auto object = read_object(what, how.body);
    if (!object) return no(object.error());
    if (auto placed = place(what, *object); !placed) return no(placed.error());
    auto live = all.objects.find(what.kind->where(), what.which());
    auto who = writer_of(all, what, how);
    const auto& metadata = (*object)["metadata"];
    if (!live) {
        if (!what.kind->create_on_update || !what.subresource.empty())
            return not_found(*what.kind, what.name);
        if (auto none = check_uid(what, "", metadata); !none) return no(none.error());
        if (auto space = check_space(all, what); !space) return no(space.error());
        return finish_create(all, what, std::move(*object), &who);
    }
    if (text(metadata, "resourceVersion").empty() && !what.kind->unconditional_update)
        return needs_version(*what.kind, what.name);
    if (auto good = check_preconditions(what, *live, metadata); !good) return no(good.error());
    return finish_update(all, what, *live, std::move(*object), &who);
}

answer<written> patch(cluster& all, const target& what, const write& how) {
    auto live = all.objects.find(what.kind->where(), what.which());
    auto type = how.content_type.substr(0, how.content_type.find(';'));
    if (type == "application/apply-patch+yaml") return apply_patch(all, what, live, how);
    bool known = type == "application/merge-patch+json" || type == "application/json-patch+json";
    if (!known)
        return no(refusal{415,
                          "UnsupportedMediaType",
                          "the body of the request was in an unknown format - accepted media types "
                          "include: application/json-patch+json, application/merge-patch+json, "
                          "application/apply-patch+yaml",
                          json::object()});
    if (!live) return not_found(*what.kind, what.name);
    auto object = patched(what, *live, how);
    if (!object) return no(object.error());
    if (auto placed = place(what, *object); !placed) return no(placed.error());
    if (auto readable = check_readable(*what.kind, *object); !readable) return no(readable.error());
    auto who = writer_of(all, what, how);
    return finish_update(all, what, *live, std::move(*object), &who);
}

}  // namespace ha::kubesim
