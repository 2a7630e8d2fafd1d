// SPDX-License-Identifier: MIT
#include "agent/probes/advice.hpp"

#include "agent/core/reasons.hpp"

#include <algorithm>
#include <utility>

namespace ha::agent {

namespace {

using entry = std::pair<std::string_view, std::string_view>;

constexpr std::string_view passes = "Passes by itself.";

constexpr known_condition conditions[] = {
    {"AheadOfPrimary",
     "This replica has a newer configuration than the primary in the same term: following would "
     "undo what only it may have.",
     "It is left as it is. Compare the data of both; then drop the group on the one that loses."},
    {"ClusterTypeDiffers",
     "The specification asks for another cluster type than the group was made with.",
     "Write back clusterType as it was. A group changes its type only by being made anew, with "
     "another name or after DROP AVAILABILITY GROUP on every replica."},
    {"DatabaseWaits",
     "A database that spec.databases names is not in the group, and does not come by itself at "
     "once.",
     "Its words name each such database and what to do first; docs/databases.md has the "
     "statements."},
    {"EngineDown",
     "The engine of a replica whose supervisor answers does not: here, or at a peer that its words "
     "name.",
     "/status of that pod says whether it recovers, hangs or does not run; the errorlog and "
     "`kubectl describe pod` (CrashLoopBackOff) say why it ends. The others go on meanwhile, and "
     "it rejoins by itself."},
    {"FencingUnavailable",
     "The group was made without WRITE_LEASE_VALIDITY, so an old primary that is cut off cannot be "
     "stopped by its engine.",
     "Until the group is made anew the supervisor's own stop is the only fence; plan that."},
    {"LeaseIsWitness",
     "Two synchronous replicas and no third voter: the Lease says which of them have every "
     "acknowledged write, and its words whether that is both.",
     "Nothing is wrong. docs/two-replicas.md has what happens when one is lost."},
    {"LostPrimaryIsWaitedFor",
     "One of two data voters is gone, and it was the primary: the other cannot be promoted, "
     "because the primary took writes alone (or, without a witness, in any case).",
     "Bring the pod of the primary back (kubectl describe pod). For good: a third synchronous "
     "replica, or a configuration-only one."},
    {"LostSecondaryStopsWrites",
     "One of two data voters is gone, it was the secondary, and there is no witness or the spec "
     "wants every commit on both: commits wait for it.",
     "Bring its pod back; writes go on when it is SYNCHRONIZED. For good: a third synchronous "
     "replica."},
    {"MembershipWaits",
     "A replica is to be added, changed or removed, and something speaks against it now.",
     "Its words name the replica and what is waited for; the group goes on as it is."},
    {"NoPrimary",
     "Nobody leads, and this replica does not take over; its words say for whom it waits and why. "
     "In a group with clusterType NONE nobody ever takes over.",
     "Bring back the pods that are waited for; the reasons it names are in the table above."},
    {"OtherGroup",
     "The group here has another id than the primary's.",
     "It is left as it is. Drop the group that is not wanted, by hand, after a look at its data."},
    {"Paused",
     "Somebody paused the group: renewals go on, and nothing else.",
     "Its words say who, and since when. `spec.ha.pause: false`, or the annotation ha.mssql/pause "
     "taken away, ends it."},
    {"PodFenced",
     "Somebody fenced a pod: it is not primary, and does not become so.",
     "Its words say who, and since when. `spec.ha.fenced` without it, or the annotation "
     "ha.mssql/fence taken away, lifts the fence."},
    {"PrimaryMadeByHand",
     "Somebody made this engine primary without the supervisors.",
     "Nothing now: it has to follow the real primary again before it counts. Next time ask for a "
     "switchover in the group's request ConfigMap."},
    {"RecordUnreadable",
     "The replica's own record (recordFolder) cannot be read, or was written by a newer version.",
     "It neither votes nor leads until then. Newer: run the newer version. Damaged: restore the "
     "volume, or delete the pod and its volume so that the replica joins anew."},
    {"ReplicaRecoveryFailed",
     "The engine does not come under the primary although both supervisors see each other.",
     "Look into the errorlogs of both engines (endpoint, certificates, port 5022). The last step "
     "is "
     "DROP and JOIN on this replica."},
    {"RequiredNotLowered",
     "One of two data voters is lost, the Lease names the primary alone, and the engine still "
     "waits for the lost one: 10 s were not enough to change that.",
     "action_failed with set_required has the engine's error. The words have the statement for "
     "doing it by hand, on the primary only."},
    {"TwoDataVoters",
     "Two synchronous replicas and no witness: the loss of either stops writes.",
     "Not urgent. Let the Lease be the witness, or add a third synchronous or a "
     "configuration-only replica."},
    {"TwoPrimaries",
     "In a group with clusterType NONE several engines say that they are PRIMARY, as after a "
     "forced failover whose old primary came back: writes are routed to none of them.",
     "OFFLINE by hand on the one that is not to be believed; docs/read-scale.md has the rest."},
    {"WritesBlocked",
     "Fewer secondaries are synchronized than a commit must wait for: writes hang.",
     "Look at the secondaries: mssql_ha_replica_synchronized names them, their pods and errorlogs "
     "say why they do not follow."},
    {"WritesUnprotected",
     "Of two synchronous replicas one is lost, and the primary takes writes alone: they exist "
     "once.",
     "Bring the other's pod back before anything happens to the primary's. It counts again by "
     "itself when it is SYNCHRONIZED."},
};

constexpr entry advice[] = {
    {reason::engine_unknown,
     "Wait for the next canary (times.canaryPeriod). If it stays: engine_down in the log, and the "
     "engine's errorlog."},
    {reason::engine_unhealthy,
     "engine_health_changed in the log names the part of sp_server_diagnostics that is bad."},
    {reason::engine_gone,
     "The kubelet starts the engine again; kubectl describe pod says how it ended."},
    {reason::group_unknown,
     "Right for a new replica: it joins when a primary answers. Else look at /explain of the "
     "primary."},
    {reason::other_group,
     "This volume belongs to another group of the same name. Give the pod its own volume, or an "
     "empty one."},
    {reason::record_missing,
     "Was the record's folder lost, or put on another volume? See the condition RecordUnreadable."},
    {reason::not_synchronous, "As specified. Name a synchronous replica."},
    {reason::may_not_lead, "As specified."},
    {reason::strange_primary, "See the condition PrimaryMadeByHand."},
    {reason::vetoed, passes},
    {reason::voted_otherwise, "Passes with the next term."},
    {reason::term_too_low, "Passes by itself: the one that asked reads the Lease again."},
    {reason::behind_configuration,
     "Another replica must lead first; this one catches up by following it."},
    {reason::behind_log, "The one that says so has more, and should lead. Passes by itself."},
    {reason::below_lease,
     "This replica missed commits. Bring back one that had them: mssql_ha_sequence_number shows "
     "which."},
    {reason::below_forced, "It must follow the primary once. Passes when that one is up."},
    {reason::primary_lives, "Nothing is wrong: there is no failover while the primary works."},
    {reason::is_primary, "Nothing is wrong."},
    {reason::stepping_down, passes},
    {reason::pod_deleted, "The pod is going; its successor starts anew."},
    {reason::no_majority,
     "Bring back supervisors: a majority of the voters must answer (mssql_ha_peer_answers)."},
    {reason::promotion_refused,
     "The engine's error is in action_failed of the log. Another replica tries."},
    {reason::not_synchronized,
     "Bring back a secondary that was SYNCHRONIZED; no data is given up without being told to."},
    {reason::promotion_late,
     "A long redo, or a slow disk. The errorlog has the progress; times.promotionLimit is the "
     "limit."},
    {reason::fencing_unavailable, "See the condition FencingUnavailable."},
    {reason::authority_lost,
     "api_down and action_failed before it in the log say why the Lease could not be renewed."},
    {reason::lease_expired,
     "The supervisor that held the Lease is gone or cut off: look at its pod and node."},
    {reason::bootstrap, "Nothing is wrong: the group was formed."},
    {reason::switchover, "Somebody asked for it."},
    {reason::target_unknown, "Name one of the replicas of the group's spec, by its pod's name."},
    {reason::target_silent, "Bring the target's pod up, or name another."},
    {reason::target_not_synchronized,
     "Wait until mssql_ha_replica_synchronized is 1 for the target, then ask again."},
    {reason::target_redo_behind,
     "Wait until its redo has caught up (redo_queue_size on the primary), or raise the limit."},
    {reason::target_did_not_take_over,
     "The target's own log says why (vote_refused, action_failed). Ask again, or name another."},
    {reason::commit_pending, "Wait some seconds and ask again; a quorum must be up."},
    {reason::seal_failed,
     "The engine of the one that was asked did not obey; look at its errorlog. The candidate asks "
     "again."},
    {reason::bootstrap_waits,
     "All replicas of the spec must be up once. /explain and peer_down name those that are not."},
    {reason::instance_not_ready,
     "action_failed with prepare_instance says what is missing; --preflight tries it."},
    {reason::newer_format, "Some pods run a newer version. Finish the upgrade."},
    {reason::superseded, passes},
    {reason::role_lost,
     "Look for a command of somebody's, and into the engine's errorlog at that time."},
    {reason::ahead_of_primary, "See the condition AheadOfPrimary."},
    {reason::engines_apart,
     "The endpoints do not reach each other: port 5022, its certificates, a NetworkPolicy."},
    {reason::two_data_voters, "See the condition TwoDataVoters."},
    {reason::paused, "See the condition Paused."},
    {reason::fenced, "See the condition PodFenced."},
    {reason::manual_failover,
     "As specified (automaticFailover, failoverMode). Ask for a switchover that names the "
     "replica."},
    {reason::data_loss_refused,
     "Bring back a replica that was SYNCHRONIZED; a forced failover comes with a later version."},
    {reason::lease_is_witness, "Nothing is wrong: see the condition LeaseIsWitness."},
    {reason::alone, "See the condition WritesUnprotected."},
    {reason::not_in_set,
     "Bring back the replica that the Lease's annotation ha.mssql/synchronized names."},
    {reason::set_unknown,
     "Bring both synchronous replicas up: the one that has everything takes over, and says so in "
     "the Lease."},
    {reason::not_wanted, "As specified. Name it again if it is to stay."},
    {reason::not_a_member,
     "As specified where its pod goes; a new one joins when the primary has added it."},
    {reason::member_silent, "Bring its pod up: kubectl describe pod, then its log."},
    {reason::member_needed,
     "Bring back another secondary first: mssql_ha_replica_synchronized shows who is in step."},
    {reason::witness_stays, "Add a third synchronous replica first; then it may come or go."},
    {reason::cluster_type_none,
     "docs/read-scale.md has the statements, with and without loss of data. For failover by "
     "itself: a group with clusterType EXTERNAL."},
    {reason::cluster_type_differs, "Write back clusterType as it was."},
    {reason::two_primaries,
     "OFFLINE by hand on the one that is not to be believed; docs/read-scale.md has the rest."},
    {reason::group_not_whole,
     "Bring back the replica that is away; one that catches up or is seeded passes by itself."},
    {reason::database_unseen, passes},
    {reason::database_missing, "Make it or restore it at the primary, or take it off the list."},
    {reason::database_of_system, "Take it off the list."},
    {reason::database_of_other_group, "Take it out of the other group, or off this group's list."},
    {reason::database_not_online, "End the restore, or bring the database back, at the primary."},
    {reason::database_not_open, "ALTER DATABASE at the primary, as the sentence says."},
    {reason::database_not_full, "ALTER DATABASE and BACKUP DATABASE at the primary."},
    {reason::database_not_backed_up, "BACKUP DATABASE at the primary, to where you keep backups."},
    {reason::database_refused,
     "The number stands in SQL Server's list of errors, and its words in the log line "
     "action_failed of the primary's supervisor. It is tried again each half minute."},
    {reason::database_comes, passes},
    {reason::database_catching_up,
     "Passes by itself, unless a database of this name is left on that replica outside of the "
     "group: save what it has, DROP it there, and restart that engine."},
    {reason::change_unreported, "Passes by itself while a majority of the voters is up."},
};

std::string row(std::string_view name, std::string_view sentence, std::string_view helps) {
    return "| `" + std::string(name) + "` | " + std::string(sentence) + " | " + std::string(helps) +
           " |\n";
}

}  // namespace

std::span<const known_condition> known_conditions() {
    return conditions;
}

std::string_view advice_on(std::string_view reason) {
    auto found = std::find_if(std::begin(advice), std::end(advice), [&](const entry& one) {
        return one.first == reason;
    });
    return found == std::end(advice) ? std::string_view{} : found->second;
}

std::string reasons_page() {
    std::string page =
        "# Reasons and conditions\n\n"
        "Written from the code by its unit test; not to be edited.\n\n"
        "## Reasons\n\nEvery no carries at least one of these: in answers to requests, in Events, "
        "in `/status`, `/explain` and the log.\n\n"
        "| reason | what it says | what helps |\n| --- | --- | --- |\n";
    for (auto code : reason::codes()) page += row(code, reason::sentence(code), advice_on(code));
    page +=
        "\n## Conditions\n\nWhat is wrong with the group as a replica sees it: in `/status`, in "
        "the state ConfigMap and in the metric\n`mssql_ha_condition`.\n\n"
        "| condition | what it says | what helps |\n| --- | --- | --- |\n";
    for (const auto& one : conditions) page += row(one.type, one.meaning, one.advice);
    return page;
}

}  // namespace ha::agent
