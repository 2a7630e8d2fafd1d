// SPDX-License-Identifier: MIT
#include "test/contract/samples.hpp"
#include "test/contract/visit.hpp"

#include <algorithm>

// What holds for every kind alike: one row below is one check for each sample.

namespace ha::contract {
namespace {

using json = nlohmann::json;

// One kind in one check's namespace.
struct scene {
    visit& at;
    const sample& kind;
    std::string name = kind.name(at.space());
    std::string one = kind.path + "/" + name;

    json object() const {
        auto made = kind.named(name);
        if (made.contains("regarding")) made["regarding"]["namespace"] = at.space();
        return made;
    }
    json create() const { return at.prepare("POST", kind.path, object()).body; }
    json live() const { return at.prepare("GET", one).body; }
    std::string version() const { return live()["metadata"]["resourceVersion"]; }
    // Another write in between, so that what was read before is stale.
    void touch() const {
        manner how;
        how.content_type = "application/merge-patch+json";
        at.prepare("PATCH", one, {{"metadata", {{"annotations", {{"touched", "1"}}}}}}, how);
    }
    json changed() const {
        auto made = object();
        made.merge_patch(kind.change);
        return made;
    }
    // As small as an applied object may be: what identifies the object, and the change.
    json sparse() const {
        json made = {{"apiVersion", kind.object["apiVersion"]},
                     {"kind", kind.kind},
                     {"metadata", {{"name", name}}}};
        made.merge_patch(kind.change);
        return made;
    }
};

void create(scene s) {
    s.at.expect_status(s.at.ask("POST", s.kind.path, s.object()), 201);
}

void create_twice(scene s) {
    s.create();
    s.at.expect_status(s.at.ask("POST", s.kind.path, s.object()), 409);
}

void create_generated(scene s) {
    auto object = s.object();
    object["metadata"].erase("name");
    object["metadata"]["generateName"] = s.at.space() + "-g-";
    auto made = s.at.ask("POST", s.kind.path, object);
    s.at.expect_status(made, 201);
    auto name = made.body["metadata"].value("name", "");
    s.at.expect(name.size() == s.at.space().size() + 8, "five letters are added to the name");
}

void create_nameless(scene s) {
    auto object = s.object();
    object["metadata"].erase("name");
    s.at.expect_status(s.at.ask("POST", s.kind.path, object), 422);
}

void create_dry(scene s) {
    s.at.expect_status(s.at.ask_code("POST", s.kind.path + "?dryRun=All", s.object()), 201);
    s.at.expect_status(s.at.ask("GET", s.one), 404);
}

void get(scene s) {
    s.create();
    s.at.expect_status(s.at.ask("GET", s.one), 200);
}

void get_missing(scene s) {
    s.at.expect_status(s.at.ask("GET", s.one), 404);
}

void list_by_name(scene s) {
    s.create();
    auto found = s.at.ask("GET", s.kind.path + "?fieldSelector=metadata.name%3D" + s.name);
    s.at.expect_status(found, 200);
    s.at.expect(found.body["items"].size() == 1, "the list has the one object");
}

void watch_by_name(scene s) {
    auto list = s.at.prepare("GET", s.kind.path).body;
    auto from = list["metadata"]["resourceVersion"].get<std::string>();
    auto events = s.at.watch(s.kind.path + "?watch=true&fieldSelector=metadata.name%3D" + s.name +
                             "&timeoutSeconds=20&resourceVersion=" + from);
    s.create();
    s.touch();
    s.at.prepare("DELETE", s.one + "?gracePeriodSeconds=0");
    s.at.events(*events, 3);
}

void update(scene s) {
    auto object = s.create();
    object.merge_patch(s.kind.change);
    s.at.expect_status(s.at.ask("PUT", s.one, object), 200);
}

void update_same(scene s) {
    auto object = s.create();
    auto same = s.at.ask("PUT", s.one, object);
    s.at.expect_status(same, 200);
    s.at.expect(same.body["metadata"]["resourceVersion"] == object["metadata"]["resourceVersion"],
                "nothing is written");
}

void update_stale(scene s) {
    auto object = s.create();
    s.touch();
    object.merge_patch(s.kind.change);
    s.at.expect_status(s.at.ask("PUT", s.one, object), 409);
}

void update_blind(scene s) {
    auto object = s.create();
    object["metadata"].erase("resourceVersion");
    object["metadata"]["annotations"]["blind"] = "1";
    s.at.ask("PUT", s.one, object);
}

void update_other_uid(scene s) {
    auto object = s.create();
    object["metadata"]["uid"] = "00000000-1111-2222-3333-444444444444";
    s.at.expect_status(s.at.ask("PUT", s.one, object), 409);
}

void update_missing(scene s) {
    s.at.ask("PUT", s.one, s.object());
}

// A write given up may land after the object was deleted: what it was guarded by holds it back.
void update_deleted(scene s) {
    auto gone = s.create();
    s.at.ask("DELETE", s.one);
    s.at.ask("PUT", s.one, gone);
}

void update_missing_versioned(scene s) {
    auto object = s.object();
    object["metadata"]["resourceVersion"] = "1";
    s.at.ask_code("PUT", s.one, object);
}

void update_other_name(scene s) {
    s.create();
    auto object = s.object();
    object["metadata"]["name"] = "other";
    s.at.expect_status(s.at.ask_code("PUT", s.one, object), 400);
}

void patch(scene s) {
    s.create();
    s.at.expect_status(s.at.merge(s.one, s.kind.change), 200);
}

void patch_guarded(scene s) {
    auto made = s.create();
    auto change = s.kind.change;
    change["metadata"]["uid"] = made["metadata"]["uid"];
    change["metadata"]["resourceVersion"] = s.version();
    s.at.expect_status(s.at.merge(s.one, change), 200);
}

void patch_stale(scene s) {
    auto change = s.kind.change;
    s.create();
    change["metadata"]["resourceVersion"] = s.version();
    s.touch();
    s.at.expect_status(s.at.merge(s.one, change), 409);
}

void patch_other_uid(scene s) {
    s.create();
    auto change = s.kind.change;
    change["metadata"]["uid"] = "00000000-1111-2222-3333-444444444444";
    // Not a conflict: to the server a patch that says another uid changes what cannot change.
    s.at.expect_status(s.at.merge(s.one, change), 422);
}

void patch_missing(scene s) {
    s.at.expect_status(s.at.merge(s.one, s.kind.change), 404);
}

void apply_creates(scene s) {
    s.at.expect_status(s.at.apply(s.one, "first", s.object()), 201);
}

void apply_again(scene s) {
    auto first = s.at.apply(s.one, "first", s.object());
    auto again = s.at.apply(s.one, "first", s.object());
    s.at.expect_status(again, 200);
    s.at.expect(
        first.body["metadata"]["resourceVersion"] == again.body["metadata"]["resourceVersion"],
        "nothing is written");
}

void apply_changes(scene s) {
    s.at.apply(s.one, "first", s.object());
    s.at.expect_status(s.at.apply(s.one, "first", s.changed()), 200);
}

void apply_drops(scene s) {
    auto more = s.object();
    more["metadata"]["labels"] = {{"kept", "1"}, {"dropped", "1"}};
    s.at.apply(s.one, "first", more);
    more["metadata"]["labels"].erase("dropped");
    auto left = s.at.apply(s.one, "first", more);
    s.at.expect_status(left, 200);
    s.at.expect(!left.body["metadata"]["labels"].contains("dropped"), "the label is gone");
}

void apply_conflicts(scene s) {
    auto mine = s.object();
    mine["metadata"]["labels"] = {{"role", "mine"}};
    s.at.apply(s.one, "first", mine);
    auto other = s.sparse();
    other["metadata"]["labels"] = {{"role", "other"}};
    s.at.expect_status(s.at.apply(s.one, "second", other), 409);
}

void apply_forces(scene s) {
    auto mine = s.object();
    mine["metadata"]["labels"] = {{"role", "mine"}};
    s.at.apply(s.one, "first", mine);
    auto other = s.sparse();
    other["metadata"]["labels"] = {{"role", "other"}};
    s.at.expect_status(s.at.apply(s.one, "second", other, true), 200);
}

json with_uid(const scene& s, const json& uid) {
    auto mine = s.sparse();
    mine["metadata"]["uid"] = uid;
    return mine;
}

void apply_own_uid(scene s) {
    auto uid = s.create()["metadata"]["uid"];
    s.at.expect_status(s.at.apply(s.one, "first", with_uid(s, uid), true), 200);
}

void apply_other_uid(scene s) {
    s.create();
    s.at.expect_status(
        s.at.apply(s.one, "first", with_uid(s, "00000000-1111-2222-3333-444444444444"), true), 422);
}

void remove(scene s) {
    s.create();
    s.at.expect_status(s.at.ask("DELETE", s.one + "?gracePeriodSeconds=0"), 200);
}

void remove_missing(scene s) {
    s.at.expect_status(s.at.ask("DELETE", s.one), 404);
}

void remove_other_uid(scene s) {
    s.create();
    json options = {{"preconditions", {{"uid", "00000000-1111-2222-3333-444444444444"}}}};
    s.at.expect_status(s.at.ask("DELETE", s.one, options), 409);
    s.at.expect_status(s.at.ask_code("GET", s.one), 200);
}

void remove_own_uid(scene s) {
    json options = {{"preconditions", {{"uid", s.create()["metadata"]["uid"]}}},
                    {"propagationPolicy", "Background"},
                    {"gracePeriodSeconds", 0}};
    s.at.expect_status(s.at.ask("DELETE", s.one, options), 200);
}

void remove_stale(scene s) {
    s.create();
    auto version = s.version();
    s.touch();
    json options = {{"preconditions", {{"resourceVersion", version}}}};
    s.at.expect_status(s.at.ask("DELETE", s.one, options), 409);
}

void remove_held(scene s) {
    auto object = s.object();
    object["metadata"]["finalizers"] = {"contract.example.com/hold"};
    s.at.prepare("POST", s.kind.path, object);
    s.at.expect_status(s.at.ask("DELETE", s.one + "?gracePeriodSeconds=0"), 200);
    s.at.expect_status(s.at.ask_code("GET", s.one), 200);
    s.at.expect_status(s.at.merge(s.one, {{"metadata", {{"finalizers", nullptr}}}}), 200);
    s.at.expect_status(s.at.ask_code("GET", s.one), 404);
}

struct row {
    const char* name;
    const char* verb;
    const char* what;
    void (*run)(scene);
};

constexpr row rows[] = {
    {"create", "create", "201, with what the server adds", create},
    {"create.twice", "create", "409 AlreadyExists", create_twice},
    {"create.generated", "create", "generateName makes a name", create_generated},
    {"create.nameless", "create", "422 without a name", create_nameless},
    {"create.dry", "create", "dryRun leaves nothing behind", create_dry},
    {"get", "get", "200, the object", get},
    {"get.missing", "get", "404 NotFound", get_missing},
    {"list.by_name", "list", "a field selector finds one object", list_by_name},
    {"watch.by_name", "watch", "ADDED, MODIFIED, DELETED", watch_by_name},
    {"update", "update", "200, replaced", update},
    {"update.same", "update", "what changes nothing is not written", update_same},
    {"update.stale", "update", "409 Conflict", update_stale},
    {"update.blind", "update", "without resourceVersion", update_blind},
    {"update.other_uid",
     "update",
     "409 Conflict for a successor of the same name",
     update_other_uid},
    {"update.missing", "update", "404, or 201 for kinds that allow it", update_missing},
    {"update.deleted", "update", "the uid of an object that was deleted", update_deleted},
    {"update.missing_versioned",
     "update",
     "a resourceVersion where there is no object",
     update_missing_versioned},
    {"update.other_name", "update", "400", update_other_name},
    {"patch", "patch", "200, merged", patch},
    {"patch.guarded", "patch", "uid and resourceVersion that fit", patch_guarded},
    {"patch.stale", "patch", "409 Conflict", patch_stale},
    {"patch.other_uid", "patch", "422 Invalid for a successor of the same name", patch_other_uid},
    {"patch.missing", "patch", "404 NotFound", patch_missing},
    {"apply.creates", "patch", "201, owned by its manager", apply_creates},
    {"apply.again", "patch", "what changes nothing is not written", apply_again},
    {"apply.changes", "patch", "200, changed", apply_changes},
    {"apply.drops", "patch", "what is no longer said goes", apply_drops},
    {"apply.conflicts", "patch", "409 with the fields in dispute", apply_conflicts},
    {"apply.forces", "patch", "200, and ownership moves", apply_forces},
    {"apply.own_uid", "patch", "200: it is the object that was meant", apply_own_uid},
    {"apply.other_uid", "patch", "422 Invalid for a successor of the same name", apply_other_uid},
    {"delete", "delete", "200, gone", remove},
    {"delete.missing", "delete", "404 NotFound", remove_missing},
    {"delete.other_uid", "delete", "409 Conflict", remove_other_uid},
    {"delete.own_uid", "delete", "200, gone, dependents later", remove_own_uid},
    {"delete.stale", "delete", "409 Conflict", remove_stale},
    {"delete.held", "delete", "a finalizer holds it until it is taken away", remove_held},
};

void status_patch(scene s) {
    s.create();
    s.at.expect_status(s.at.merge(s.one + "/status", s.kind.status), 200);
}

void status_update(scene s) {
    auto object = s.create();
    object.merge_patch(s.kind.status);
    object.merge_patch({{"metadata", {{"labels", {{"by", "status"}}}}}});
    s.at.expect_status(s.at.ask("PUT", s.one + "/status", object), 200);
}

void status_apply(scene s) {
    s.create();
    json object = {{"apiVersion", s.kind.object["apiVersion"]},
                   {"kind", s.kind.kind},
                   {"metadata", {{"name", s.name}}}};
    object.merge_patch(s.kind.status);
    s.at.expect_status(s.at.apply(s.one + "/status", "reporter", object), 200);
}

void status_stays(scene s) {
    s.create();
    s.at.expect_status(s.at.merge(s.one, s.kind.status), 200);
}

constexpr row status_rows[] = {
    {"status.patch", "patch", "the status subresource writes the status", status_patch},
    {"status.update", "update", "of the status subresource", status_update},
    {"status.apply", "patch", "of the status subresource", status_apply},
    {"status.stays", "patch", "the main resource does not write the status", status_stays},
};

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char letter) {
        return static_cast<char>(std::tolower(letter));
    });
    return text;
}

bool fits(const sample& kind, const row& one) {
    return std::none_of(kind.without.begin(), kind.without.end(), [&](const std::string& begin) {
        return std::string_view{one.name}.starts_with(begin);
    });
}

}  // namespace

std::vector<check> checks_of_every_kind() {
    std::vector<check> made;
    auto add = [&](const sample& kind, const row& one) {
        if (!fits(kind, one)) return;
        auto run = one.run;
        made.push_back({lower(kind.kind) + "." + one.name,
                        kind.kind,
                        one.verb,
                        one.what,
                        [&kind, run](visit& at) { run(scene{at, kind}); }});
    };
    for (const auto& kind : samples()) {
        for (const auto& one : rows) add(kind, one);
        if (!kind.has_status) continue;
        for (const auto& one : status_rows) add(kind, one);
    }
    return made;
}

}  // namespace ha::contract
