// SPDX-License-Identifier: MIT
#include "agent/core/reasons.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace ha::agent::reason {

namespace {

using entry = std::pair<std::string_view, std::string_view>;

constexpr std::array table{
    entry{engine_unknown, "The engine has not answered lately, so nothing is known of it."},
    entry{engine_unhealthy, "The engine's health is below what monitorPolicy asks for."},
    entry{engine_gone, "The engine's processes are gone."},
    entry{group_unknown, "The engine here does not know the group."},
    entry{other_group, "The group here is not the one asked about: the group ids differ."},
    entry{record_missing,
          "This replica's own record is missing or unreadable although its engine has a history."},
    entry{not_synchronous, "Only a synchronous-commit replica may become primary."},
    entry{may_not_lead, "The specification forbids this replica to become primary."},
    entry{strange_primary,
          "The engine was made primary by hand; it must follow a primary before it counts again."},
    entry{vetoed, "This replica failed to take over a moment ago and waits before it tries again."},
    entry{voted_otherwise, "The vote of this term was given to another replica."},
    entry{term_too_low, "A later term is known than the one asked about."},
    entry{behind_configuration, "The candidate's configuration is older than this replica's."},
    entry{behind_log, "This replica has everything the candidate has, and more."},
    entry{below_lease, "The candidate's configuration is older than the one the Lease records."},
    entry{below_forced, "This replica has not followed a primary since the last forced failover."},
    entry{primary_lives, "A working primary is seen from here."},
    entry{is_primary, "The engine here is the primary."},
    entry{stepping_down, "This replica is giving up the role."},
    entry{pod_deleted, "This pod is being deleted."},
    entry{no_majority, "Fewer than half of the voters agreed."},
    entry{promotion_refused, "The engine refused to become primary."},
    entry{not_synchronized,
          "The engine refused to become primary because data would be lost (41142)."},
    entry{promotion_late, "The engine did not become primary in time."},
    entry{fencing_unavailable,
          "The group was made without WRITE_LEASE_VALIDITY, so an old primary cannot be fenced."},
    entry{authority_lost, "The Lease could not be renewed in time."},
    entry{role_lost, "The engine left the primary role by itself, or by somebody's command."},
    entry{switchover, "Somebody asked for a switchover."},
    entry{lease_expired, "The Lease ran out: its holder did not renew it any more."},
    entry{bootstrap, "The group was formed."},
    entry{target_unknown, "The target of the request is not a replica of this group."},
    entry{target_silent, "The target's supervisor does not answer."},
    entry{target_not_synchronized, "The target is not synchronized in every database."},
    entry{target_redo_behind, "The target has more log to redo yet than engine.redoLimit allows."},
    entry{target_did_not_take_over, "The target was offered the role and did not take it."},
    entry{commit_pending, "A configuration commit is waiting for its quorum."},
    entry{seal_failed, "The engine could not be taken off its old primary, so no vote was given."},
    entry{bootstrap_waits,
          "The group is not formed yet, and not every replica has said that it knows no group."},
    entry{instance_not_ready, "The endpoint or a peer's certificate is not in place yet."},
    entry{newer_format, "What was read was written by a newer version than this one."},
    entry{superseded, "A later question took the place of this one."},
    entry{ahead_of_primary,
          "The configuration here is newer than the primary's, and was taken under its own term."},
    entry{engines_apart, "Both supervisors see each other, their engines do not."},
    entry{two_data_voters,
          "There are two synchronous replicas and no third voter: each waits for the other."},
    entry{paused, "The group is paused: nothing is changed until somebody ends the pause."},
    entry{fenced, "The pod is fenced: it is not primary until somebody lifts the fence."},
    entry{manual_failover,
          "Failover to this replica is manual: it takes over only when it is named."},
    entry{data_loss_refused, "A forced failover gives up data; this version carries out none."},
    entry{lease_is_witness,
          "Of two synchronous replicas the Lease is the witness: it names those that have every "
          "acknowledged write."},
    entry{alone, "The primary takes writes alone: the other synchronous replica lacks them."},
    entry{not_in_set,
          "The Lease does not name this replica among those that have every acknowledged write."},
    entry{set_unknown,
          "The Lease was made anew and does not say who has every acknowledged write."},
    entry{not_wanted, "The specification no longer names this replica: it is leaving the group."},
    entry{not_a_member, "This replica was removed from the group, or is not in it yet."},
    entry{
        member_silent,
        "The replica to be added is not ready yet: its supervisor, its engine, its endpoint, or a "
        "peer's certificate is not there."},
    entry{
        member_needed,
        "Without the replica to be removed fewer secondaries than REQUIRED, or no majority, would "
        "be there."},
    entry{witness_stays,
          "Beside two synchronous replicas a configuration-only one neither comes nor goes while "
          "the group lives."},
    entry{change_unreported,
          "The last change of the group is not yet known to majorities of the old and the new "
          "voters."},
    entry{cluster_type_none,
          "The group's cluster type is NONE: fail over by hand with OFFLINE on the primary and "
          "FORCE_FAILOVER_ALLOW_DATA_LOSS on its successor, as docs/read-scale.md says."},
    entry{cluster_type_differs,
          "The cluster type that is asked for is not the one that the group was made with."},
    entry{two_primaries,
          "More than one engine says that it is the primary, and only a person knows which is to "
          "be believed."},
    entry{group_not_whole,
          "A replica that the specification names is not there, or is not in step in every "
          "database; what is to be added to the group waits for it."},
    entry{database_unseen, "The engine has not been asked yet whether it has this database."},
    entry{database_missing,
          "The primary has no database of this name, and none is made: CREATE DATABASE or RESTORE "
          "it there, then take a full backup."},
    entry{database_of_system, "master, model, msdb and tempdb cannot be in an availability group."},
    entry{database_of_other_group, "The database is in another availability group already."},
    entry{database_not_online,
          "The database is not ONLINE: RESTORE ... WITH RECOVERY ends a restore, SET ONLINE brings "
          "it back; the errorlog says why it is SUSPECT."},
    entry{database_not_open,
          "The database is read-only, for one user alone, or closes by itself: ALTER DATABASE ... "
          "SET READ_WRITE, MULTI_USER, AUTO_CLOSE OFF."},
    entry{database_not_full,
          "The recovery model is not FULL: ALTER DATABASE ... SET RECOVERY FULL, then take a full "
          "backup."},
    entry{database_not_backed_up,
          "There is no full backup from which a chain of logs begins: BACKUP DATABASE ... TO DISK, "
          "once; none is taken for you, because it would stand among your own."},
    entry{database_refused, "The engine refused to add the database to the group."},
    entry{database_comes, "The database is as it should be and is added next."},
    entry{database_catching_up,
          "The database is in the group and is being seeded, or catches up; a replica that does "
          "not have it in step cannot become primary."},
};

}  // namespace

std::string_view sentence(std::string_view code) {
    auto found = std::find_if(
        table.begin(), table.end(), [&](const entry& one) { return one.first == code; });
    return found == table.end() ? code : found->second;
}

std::vector<std::string_view> codes() {
    std::vector<std::string_view> all;
    all.reserve(table.size());
    for (const auto& one : table) all.push_back(one.first);
    return all;
}

}  // namespace ha::agent::reason
