// SPDX-License-Identifier: MIT
#include "agent/codec/values.hpp"
#include "agent/codec/words.hpp"
#include "agent/probes/probes.hpp"
#include "common/json/checked.hpp"

#include <nlohmann/json.hpp>

namespace ha::agent {

namespace {

using nlohmann::json;

double seconds(duration span) {
    return static_cast<double>(milliseconds(span)) / 1000.0;
}

json engine_json(const group_report& group, instant now) {
    const auto& engine = group.engine;
    json out{{"reach", word_of(engine.reachable)},
             {"processes", word_of(engine.processes)},
             {"neighbourVisible", engine.neighbour_visible},
             {"healthy", group.health.healthy},
             {"trippedLevel", group.health.tripped}};
    if (!group.health.reason.empty()) out["reason"] = group.health.reason;
    if (engine.last) {
        out["answeredSecondsAgo"] = seconds(now - engine.last->received_at);
        out["started"] = engine.last->started;
        out["serverName"] = engine.last->server_name;
        out["hadrEnabled"] = engine.last->hadr_enabled;
        out["endpoint"] = {{"url", engine.last->endpoint_url},
                           {"started", engine.last->endpoint_started}};
    }
    if (engine.diagnostics)
        out["diagnostics"] = {{"system", word_of(engine.diagnostics->system)},
                              {"resource", word_of(engine.diagnostics->resource)},
                              {"queryProcessing", word_of(engine.diagnostics->query_processing)},
                              {"secondsAgo", seconds(now - engine.diagnostics->received_at)}};
    return out;
}

json replicas_json(const group_view& group) {
    auto list = json::array();
    for (const auto& one : group.replicas) {
        json item{{"name", one.name},
                  {"mode", word_of(one.mode)},
                  {"synchronization", word_of(one.state)}};
        if (one.connected) item["connected"] = *one.connected;
        list.push_back(std::move(item));
    }
    return list;
}

json lease_json(const group_report& group) {
    const auto& lease = *group.lease;
    json out{{"holder", lease.holder},
             {"term", lease.transitions},
             {"resourceVersion", lease.resource_version},
             {"durationSeconds", seconds(lease.length)},
             {"groupId", lease.group_id}};
    if (group.lease_age) out["changedSecondsAgo"] = seconds(*group.lease_age);
    if (lease.lower_bound) out["configuration"] = write_configuration(*lease.lower_bound);
    if (lease.synchronized) out["synchronized"] = *lease.synchronized;
    if (lease.released)
        out["released"] = {{"by", lease.released->by},
                           {"reason", lease.released->reason},
                           {"target", lease.released->target},
                           {"when", lease.released->when}};
    return out;
}

json record_json(const group_report& group) {
    const auto& record = group.record;
    json out{{"intact", group.record_intact},
             {"voted", record.voted},
             {"votedFor", record.voted_for},
             {"line", record.line},
             {"numbered", write_configuration(record.numbered)}};
    if (record.promoting) out["promoting"] = *record.promoting;
    if (record.strange) out["strange"] = *record.strange;
    if (!group.record_trouble.empty()) out["trouble"] = group.record_trouble;
    return out;
}

json peers_json(const group_report& group) {
    auto list = json::array();
    for (const auto& one : group.peers) {
        json item{{"replica", one.replica}, {"answers", one.answers}};
        if (one.silent_for) item["silentSeconds"] = seconds(*one.silent_for);
        if (one.status) {
            item["role"] = word_of(one.status->local_role);
            item["podUid"] = one.status->pod_uid;
            item["authority"] = one.status->authority;
            item["numbered"] = write_configuration(one.status->numbered);
            item["line"] = one.status->line;
            item["voted"] = one.status->voted;
            item["databases"] = write_positions(one.status->databases);
        }
        list.push_back(std::move(item));
    }
    return list;
}

json transitions_json(const group_report& group) {
    auto list = json::array();
    for (const auto& one : group.transitions) {
        auto phases = json::array();
        for (const auto& phase : one.phases)
            phases.push_back({{"name", phase.name}, {"afterMs", milliseconds(phase.after)}});
        list.push_back({{"at", one.at},
                        {"from", one.from},
                        {"to", one.to},
                        {"term", one.of},
                        {"reason", one.reason},
                        {"phases", std::move(phases)}});
    }
    return list;
}

json conditions_json(const group_report& group) {
    auto list = json::array();
    for (const auto& one : group.conditions)
        list.push_back({{"type", one.type},
                        {"holds", one.holds},
                        {"reason", one.reason},
                        {"words", one.words}});
    return list;
}

json group_json(const group_report& group, instant now) {
    json out{{"group", group.group},
             {"standalone", group.standalone},
             {"formed", group.formed},
             {"specKnown", group.spec_known},
             {"role", group.role_known ? word_of(group.local_role) : "unknown"},
             {"caughtUpOnce", group.caught_up_once},
             {"authority", {{"held", group.authority}}},
             {"engine", engine_json(group, now)},
             {"record", record_json(group)},
             {"apiAnswers", group.api_answers},
             {"labelRole", group.label_role},
             {"peers", peers_json(group)},
             {"lastAction", group.last_action_code},
             {"refusals", group.refusals},
             {"conditions", conditions_json(group)},
             {"transitions", transitions_json(group)}};
    if (group.authority) {
        out["authority"]["term"] = group.authority_term;
        out["authority"]["secondsLeft"] = seconds(group.authority_left);
    }
    if (group.lease) out["lease"] = lease_json(group);
    if (group.engine.last && group.engine.last->group) {
        const auto& known = *group.engine.last->group;
        out["groupId"] = known.group_id;
        out["sequenceNumber"] = known.sequence_number;
        out["required"] = known.required;
        out["replicas"] = replicas_json(known);
        out["databases"] = write_positions(known.databases);
    }
    auto certificates = json::array();
    for (const auto& one : group.certificates)
        certificates.push_back({{"name", one.name}, {"expires", one.expires}});
    out["certificates"] = std::move(certificates);
    return out;
}

}  // namespace

std::string status_document(const view& seen, instant now) {
    auto groups = json::array();
    for (const auto& one : seen.groups) groups.push_back(group_json(one, now));
    const auto& times = seen.chosen.times;
    json document{{"format", format_version},
                  {"version", seen.version},
                  {"pod", {{"name", seen.self.name}, {"uid", seen.self.uid}}},
                  {"incarnation", seen.incarnation},
                  {"upSeconds", seconds(now - seen.started)},
                  {"deleting", seen.deleting},
                  {"times",
                   {{"leaseSeconds", seconds(times.lease)},
                    {"periodSeconds", seconds(times.period)},
                    {"writeLeaseSeconds", seconds(times.write_lease)},
                    {"marginSeconds", seconds(times.margin)},
                    {"worstTakeoverSeconds", seconds(worst_takeover(times))}}},
                  {"monitorPolicy", seen.chosen.monitor_policy},
                  {"groups", std::move(groups)}};
    return ha::json::dump(document) + "\n";
}

}  // namespace ha::agent
