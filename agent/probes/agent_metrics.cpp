// SPDX-License-Identifier: MIT
#include "agent/probes/agent_metrics.hpp"

#include "agent/codec/words.hpp"
#include "agent/probes/advice.hpp"
#include "common/k8s/lease_codec.hpp"

namespace ha::agent {

namespace {

using metrics::family;
using enum metrics::kind;

constexpr family table[] = {
    {"mssql_ha_up_seconds", gauge, "Time since this supervisor started."},
    {"mssql_ha_loop_age_seconds",
     gauge,
     "Time since the group's loop last turned.",
     "group",
     "",
     "Rising steadily: the supervisor is stuck, and /livez has it started again."},
    {"mssql_ha_engine_answers",
     gauge,
     "1 while the engine's canary answers.",
     "group",
     "",
     "0 for longer than a restart takes: engine_down in the log, then the engine's errorlog."},
    {"mssql_ha_engine_answer_age_seconds",
     gauge,
     "Age of the engine's last answer.",
     "group",
     "",
     "Near times.canaryLimit: the engine is about to count as down."},
    {"mssql_ha_engine_healthy",
     gauge,
     "1 while monitorPolicy finds the engine healthy.",
     "group",
     "",
     "0 on a primary: it gives up the role; mssql_ha_engine_tripped_level says which part."},
    {"mssql_ha_engine_tripped_level",
     gauge,
     "Level of monitorPolicy that is tripped; 0: none.",
     "group"},
    {"mssql_ha_role",
     gauge,
     "1 for the role that the engine reports.",
     "group|role",
     "",
     "No primary, or two, over all pods of a group for longer than a failover takes."},
    {"mssql_ha_authority",
     gauge,
     "1 while this replica may be primary.",
     "group",
     "",
     "0 in all pods of a group: nobody leads; /explain of each says why."},
    {"mssql_ha_authority_left_seconds",
     gauge,
     "Time until authority ends without a renewal.",
     "group",
     "",
     "Under half of times.lease on a primary: renewals fail; look for api_down."},
    {"mssql_ha_lease_term",
     gauge,
     "Term of the Lease as last seen.",
     "group",
     "",
     "Rising again and again: the role moves about; the log of each new primary says why."},
    {"mssql_ha_lease_age_seconds", gauge, "Time since the Lease was last seen to change.", "group"},
    {"mssql_ha_api_answers",
     gauge,
     "1 while the Kubernetes API answers.",
     "group",
     "",
     "0: no failover is possible, and a primary stops when its Lease runs out."},
    {"mssql_ha_record_intact",
     gauge,
     "1 when the replica's own record is readable.",
     "group",
     "",
     "0: this replica neither votes nor leads; /status says why."},
    {"mssql_ha_sequence_number", gauge, "Configuration number that the engine shows.", "group"},
    {"mssql_ha_required_secondaries",
     gauge,
     "Secondaries that a commit waits for at least.",
     "group"},
    {"mssql_ha_replica_synchronized",
     gauge,
     "1 while all databases of the replica are SYNCHRONIZED, as the primary sees it.",
     "group|replica",
     "",
     "0 for long: fewer replicas can take over; with too few, writes stop (WritesBlocked)."},
    {"mssql_ha_peer_answers",
     gauge,
     "1 while the peer answers.",
     "group|replica",
     "",
     "0: one vote less; without a majority nobody is promoted."},
    {"mssql_ha_condition",
     gauge,
     "1 while the condition holds.",
     "group|type",
     "",
     "1: reasons.md has each condition and what lifts it."},
    {"mssql_ha_transitions_total", counter, "Changes of the primary seen to their end.", "group"},
    {"mssql_ha_last_transition_phase_seconds",
     gauge,
     "From the start of the last change of primary to each of its phases.",
     "group|phase"},
    {"mssql_ha_certificate_expires_seconds",
     gauge,
     "Time left of an endpoint certificate.",
     "group|certificate",
     "",
     "Under 30 days: at 0 the replicas stop talking to each other."},
    {"mssql_ha_odbc_connections_total", counter, "Connections to the engine that were made."},
    {"mssql_ha_odbc_connections_failed_total",
     counter,
     "Attempts to connect to the engine that failed, refused logins left out.",
     "",
     "",
     "Rising while the engine answers: it is out of connections or of workers."},
    {"mssql_ha_odbc_logins_refused_total",
     counter,
     "Logins that the engine refused.",
     "",
     "",
     "Rising: the password file and the engine differ; --preflight names the login and the file."},
    {"mssql_ha_odbc_batches_total", counter, "Batches that were sent to the engine."},
    {"mssql_ha_odbc_batches_unanswered_total",
     counter,
     "Batches that were sent and had no answer, so that nobody knows what they did.",
     "",
     "",
     "Rising: the engine hangs under load, or its container stands still."},
    {"mssql_ha_odbc_calls_abandoned_total",
     counter,
     "Calls of the ODBC driver that were late and were left behind with their threads.",
     "",
     "",
     "Each costs a thread until the driver returns. Dozens: the engine takes connections and "
     "answers nothing; when it is well again, start the supervisor anew."}};

double seconds(duration span) {
    return std::chrono::duration<double>(span).count();
}

double truth(bool holds) {
    return holds ? 1 : 0;
}

void show_engine(metrics::registry& into, const group_report& group, instant now) {
    const auto& name = group.group;
    into.set("mssql_ha_engine_answers", truth(group.engine.reachable == reach::answering), {name});
    into.set("mssql_ha_engine_healthy", truth(group.health.healthy), {name});
    into.set("mssql_ha_engine_tripped_level", group.health.tripped, {name});
    if (group.engine.last)
        into.set("mssql_ha_engine_answer_age_seconds",
                 seconds(now - group.engine.last->received_at),
                 {name});
    for (const auto& [word, meaning] : role_words)
        into.set(
            "mssql_ha_role", truth(group.role_known && group.local_role == meaning), {name, word});
    if (!group.engine.last || !group.engine.last->group) return;
    const auto& known = *group.engine.last->group;
    into.set("mssql_ha_sequence_number", static_cast<double>(known.sequence_number), {name});
    into.set("mssql_ha_required_secondaries", known.required, {name});
    for (const auto& one : known.replicas) {
        // Only a primary sees the others.
        if (known.local_role == role::primary)
            into.set("mssql_ha_replica_synchronized",
                     truth(one.state == synchronization::synchronized),
                     {name, one.name});
        else
            into.forget("mssql_ha_replica_synchronized", {name, one.name});
    }
}

void show_lease(metrics::registry& into, const group_report& group) {
    const auto& name = group.group;
    into.set("mssql_ha_authority", truth(group.authority), {name});
    into.set("mssql_ha_authority_left_seconds",
             group.authority ? seconds(group.authority_left) : 0,
             {name});
    into.set("mssql_ha_api_answers", truth(group.api_answers), {name});
    into.set("mssql_ha_record_intact", truth(group.record_intact), {name});
    if (group.lease)
        into.set("mssql_ha_lease_term", static_cast<double>(group.lease->transitions), {name});
    if (group.lease_age) into.set("mssql_ha_lease_age_seconds", seconds(*group.lease_age), {name});
}

void show_transitions(metrics::registry& into, const group_report& group) {
    const auto& name = group.group;
    into.raise("mssql_ha_transitions_total", static_cast<double>(group.transitions.size()), {name});
    if (group.transitions.empty()) return;
    for (const auto& phase : group.transitions.back().phases)
        into.set(
            "mssql_ha_last_transition_phase_seconds", seconds(phase.after), {name, phase.name});
}

void show_certificates(metrics::registry& into, const view& seen, const group_report& group) {
    for (const auto& one : group.certificates) {
        auto expires = k8s::parse_time(one.expires + "Z");
        if (!expires) continue;
        auto left = *expires - seen.wall_time;
        into.set("mssql_ha_certificate_expires_seconds",
                 std::chrono::duration<double>(left).count(),
                 {group.group, one.name});
    }
}

void show_driver(metrics::registry& into, const driver_counts& driver) {
    auto raise = [&](std::string_view name, std::uint64_t total) {
        into.raise(name, static_cast<double>(total));
    };
    raise("mssql_ha_odbc_connections_total", driver.connections);
    raise("mssql_ha_odbc_connections_failed_total", driver.connections_failed);
    raise("mssql_ha_odbc_logins_refused_total", driver.logins_refused);
    raise("mssql_ha_odbc_batches_total", driver.batches);
    raise("mssql_ha_odbc_batches_unanswered_total", driver.batches_unanswered);
    raise("mssql_ha_odbc_calls_abandoned_total", driver.calls_abandoned);
}

}  // namespace

std::span<const metrics::family> agent_families() {
    return table;
}

void show(metrics::registry& into, const view& seen, instant now) {
    into.set("mssql_ha_up_seconds", seconds(now - seen.started));
    show_driver(into, seen.driver);
    for (const auto& group : seen.groups) {
        into.set("mssql_ha_loop_age_seconds", seconds(now - group.published_at), {group.group});
        show_engine(into, group, now);
        show_lease(into, group);
        show_transitions(into, group);
        show_certificates(into, seen, group);
        for (const auto& one : group.peers)
            into.set("mssql_ha_peer_answers", truth(one.answers), {group.group, one.replica});
        // Conditions that a report leaves out do not hold.
        for (const auto& one : known_conditions())
            into.set("mssql_ha_condition", 0, {group.group, one.type});
        for (const auto& one : group.conditions)
            into.set("mssql_ha_condition", truth(one.holds), {group.group, one.type});
    }
}

}  // namespace ha::agent
