// SPDX-License-Identifier: MIT
#include "test/kubesim/api/ownership.hpp"

#include "test/kubesim/api/field_set.hpp"

#include <algorithm>
#include <tuple>

namespace ha::kubesim {
namespace {

using json = nlohmann::json;

// One entry of managedFields.
struct holding {
    std::string manager;
    std::string operation;
    std::string subresource;
    std::string api_version;
    std::string time;
    field_set fields;

    bool is(const writer& who, const char* how) const {
        return manager == who.manager && operation == how && subresource == who.subresource;
    }
};
using holdings = std::vector<holding>;

holdings read_holdings(const json& object) {
    holdings found;
    if (!object.is_object() || !object.contains("metadata")) return found;
    for (const auto& entry : object["metadata"].value("managedFields", json::array()))
        found.push_back({entry.value("manager", ""),
                         entry.value("operation", ""),
                         entry.value("subresource", ""),
                         entry.value("apiVersion", ""),
                         entry.value("time", ""),
                         field_set::from_json(entry.value("fieldsV1", json::object()))});
    return found;
}

void write_holdings(json& object, holdings all) {
    std::erase_if(all, [](const holding& one) { return one.fields.empty(); });
    // The server's order: applies first, then by time, then by name.
    std::sort(all.begin(), all.end(), [](const holding& a, const holding& b) {
        return std::tie(a.operation, a.time, a.manager, a.api_version, a.subresource) <
               std::tie(b.operation, b.time, b.manager, b.api_version, b.subresource);
    });
    json list = json::array();
    for (const auto& one : all) {
        json entry = {{"manager", one.manager},
                      {"operation", one.operation},
                      {"apiVersion", one.api_version},
                      {"time", one.time},
                      {"fieldsType", "FieldsV1"},
                      {"fieldsV1", one.fields.to_json()}};
        if (!one.subresource.empty()) entry["subresource"] = one.subresource;
        list.push_back(std::move(entry));
    }
    if (list.empty()) {
        object["metadata"].erase("managedFields");
    } else {
        object["metadata"]["managedFields"] = std::move(list);
    }
}

// What nobody owns because the server itself writes it.
void strip(field_set& fields, const writer& who) {
    fields.erase({"f:apiVersion"});
    fields.erase({"f:kind"});
    fields.erase({"f:metadata"});
    for (const auto* name : {"name",
                             "namespace",
                             "creationTimestamp",
                             "selfLink",
                             "uid",
                             "generation",
                             "managedFields",
                             "resourceVersion",
                             "deletionTimestamp",
                             "deletionGracePeriodSeconds"})
        fields.erase({"f:metadata", std::string{"f:"} + name});
    (void)who;
}

json without_holdings(json object) {
    if (object.is_object() && object.contains("metadata"))
        object["metadata"].erase("managedFields");
    return object;
}

holding& entry_of(holdings& all, const writer& who, const char* how, const kind_info& kind) {
    for (auto& one : all)
        if (one.is(who, how)) return one;
    return all.emplace_back(
        holding{who.manager, how, who.subresource, kind.api_version(), who.now, {}});
}

json merged(const json& live, const json& wanted, const shape* form);

json merged_list(const json& live, const json& wanted, const shape& form) {
    auto name_of = [&](const json& item) {
        return form.what == shape::kind::keyed ? form.element_of(item) : item.dump();
    };
    json made = json::array();
    std::map<std::string, const json*> fresh;
    for (const auto& item : wanted) fresh[name_of(item)] = &item;
    std::map<std::string, const json*> old;
    for (const auto& item : live) old[name_of(item)] = &item;
    for (const auto& item : live) {
        auto found = fresh.find(name_of(item));
        made.push_back(found == fresh.end() ? item
                                            : merged(item, *found->second, form.items.get()));
    }
    for (const auto& item : wanted)
        if (!old.contains(name_of(item))) made.push_back(item);
    return made;
}

json merged(const json& live, const json& wanted, const shape* form) {
    if (form && form->what == shape::kind::atomic) return wanted;
    if (live.type() != wanted.type()) return wanted;
    bool by_item = form && (form->what == shape::kind::keyed || form->what == shape::kind::set);
    if (wanted.is_array()) return by_item ? merged_list(live, wanted, *form) : wanted;
    if (!wanted.is_object()) return wanted;
    json made = live;
    for (const auto& [name, value] : wanted.items()) {
        const auto* below = form ? form->field(name) : nullptr;
        made[name] = live.contains(name) ? merged(live[name], value, below) : value;
    }
    return made;
}

// Takes the field out, and then what is left empty around it unless somebody holds that.
bool take_out(json& value,
              const shape* form,
              const field_path& path,
              std::size_t depth,
              const field_set& held) {
    const auto& element = path[depth];
    bool last = depth + 1 == path.size();
    if (element[0] == 'f') {
        auto name = element.substr(2);
        if (!value.is_object() || !value.contains(name)) return false;
        const auto* below = form ? form->field(name) : nullptr;
        bool gone = last || take_out(value[name], below, path, depth + 1, held);
        if (gone) value.erase(name);
    } else {
        if (!value.is_array() || !form) return false;
        for (std::size_t i = 0; i < value.size(); ++i) {
            auto name = element[0] == 'k' ? form->element_of(value[i]) : "v:" + value[i].dump();
            if (name != element) continue;
            if (last || take_out(value[i], form->items.get(), path, depth + 1, held))
                value.erase(i);
            break;
        }
    }
    field_path here(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(depth));
    return value.empty() && depth > 0 && !held.touches(here);
}

// Drops what the writer applied before and no longer says, unless another holds it, too.
void prune(json& object, const kind_info& kind, const field_set& before, const holdings& all) {
    field_set held;
    for (const auto& one : all) held.add(one.fields);
    // Items before their parts: without its keys an item could not be found again.
    for (const auto& path : before.members())
        if (!held.touches(path)) take_out(object, kind.apply_shape.get(), path, 0, held);
}

std::string conflict_words(const holding& one) {
    auto text = "conflict with " + json(one.manager).dump();
    if (!one.subresource.empty()) text += " with subresource " + json(one.subresource).dump();
    if (one.operation == "Update") text += " using " + one.api_version;
    return text;
}

struct dispute {
    std::string who;
    std::vector<field_path> fields;
};

std::string listed(const std::vector<dispute>& disputes) {
    std::string text;
    for (const auto& one : disputes) {
        if (!text.empty()) text += "\n";
        // "conflict with" is for one field; the summary counts.
        text += "conflicts" + one.who.substr(std::string_view{"conflict"}.size()) + ":";
        for (const auto& path : one.fields) text += "\n- " + words(path);
    }
    return text;
}

no refuse(const std::vector<dispute>& disputes) {
    std::size_t count = 0;
    json causes = json::array();
    for (const auto& one : disputes)
        for (const auto& path : one.fields) {
            ++count;
            causes.push_back(
                {{"reason", "FieldManagerConflict"}, {"message", one.who}, {"field", words(path)}});
        }
    std::string text =
        "Apply failed with " + std::to_string(count) + " conflict" + (count == 1 ? "" : "s") + ": ";
    if (count == 1) {
        text += disputes[0].who + ": " + words(disputes[0].fields[0]);
    } else {
        text += listed(disputes);
    }
    return no(refusal{409, "Conflict", text, {{"causes", causes}}});
}

// What an object says that nobody is known to own.
holding holding_of_old_times(const json& live, const kind_info& kind, const writer& who) {
    auto fields = compare(json::object(), live, kind.apply_shape.get()).added;
    strip(fields, who);
    return {"before-first-apply", "Update", "", kind.api_version(), who.now, fields};
}

}  // namespace

answer<json> apply(const json& live, const json& wanted, const kind_info& kind, const writer& who) {
    const auto* form = kind.apply_shape.get();
    auto all = read_holdings(live);
    auto before = live.is_null() ? json::object() : without_holdings(live);
    if (!live.is_null() && all.empty()) all.push_back(holding_of_old_times(before, kind, who));

    auto& mine = entry_of(all, who, "Apply", kind);
    auto had = mine.fields;
    mine.fields = field_set::of(without_holdings(wanted), form);
    strip(mine.fields, who);

    auto result = merged(before, without_holdings(wanted), form);
    prune(result, kind, had, all);
    auto difference = compare(before, result, form);

    std::vector<dispute> disputes;
    auto written = difference.written();
    for (auto& one : all) {
        if (one.is(who, "Apply")) continue;
        auto clash = one.fields.intersection(written);
        if (!clash.empty()) disputes.push_back({conflict_words(one), clash.members()});
        one.fields.remove(clash);
        one.fields.remove(difference.removed);
    }
    if (!disputes.empty() && !who.force) return refuse(disputes);

    auto& now_mine = entry_of(all, who, "Apply", kind);
    if (!(now_mine.fields == had)) now_mine.time = who.now;
    write_holdings(result, std::move(all));
    return result;
}

json record_update(const json& before, json after, const kind_info& kind, const writer& who) {
    const auto* form = kind.apply_shape.get();
    auto all = read_holdings(before);
    // Who owned nothing so far is not followed until somebody applies.
    if (!before.is_null() && all.empty()) return after;
    auto old = before.is_null() ? json::object() : without_holdings(before);
    if (before.is_null() && !kind.custom())
        for (const auto* part : {"spec", "status"})
            if (after.contains(part)) old[part] = json::object();

    auto difference = compare(old, without_holdings(after), form);
    auto written = difference.written();
    for (auto& one : all) {
        one.fields.remove(difference.removed);
        if (!one.is(who, "Update")) one.fields.remove(written);
    }
    strip(written, who);
    auto& mine = entry_of(all, who, "Update", kind);
    auto had = mine.fields;
    mine.fields.add(written);
    if (!(mine.fields == had)) {
        mine.time = who.now;
        mine.api_version = kind.api_version();
    }
    write_holdings(after, std::move(all));
    return after;
}

}  // namespace ha::kubesim
