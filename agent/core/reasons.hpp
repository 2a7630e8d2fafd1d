// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

// The one vocabulary of reasons: what stands in answers, Events, status and /explain.

namespace ha::agent::reason {

inline constexpr std::string_view engine_unknown = "engine_unknown";
inline constexpr std::string_view engine_unhealthy = "engine_unhealthy";
inline constexpr std::string_view engine_gone = "engine_gone";
inline constexpr std::string_view group_unknown = "group_unknown";
inline constexpr std::string_view other_group = "other_group";
inline constexpr std::string_view record_missing = "record_missing";
inline constexpr std::string_view not_synchronous = "not_synchronous";
inline constexpr std::string_view may_not_lead = "may_not_lead";
inline constexpr std::string_view strange_primary = "strange_primary";
inline constexpr std::string_view vetoed = "vetoed";
inline constexpr std::string_view voted_otherwise = "voted_otherwise";
inline constexpr std::string_view term_too_low = "term_too_low";
inline constexpr std::string_view behind_configuration = "behind_configuration";
inline constexpr std::string_view behind_log = "behind_log";
inline constexpr std::string_view below_lease = "below_lease";
inline constexpr std::string_view below_forced = "below_forced";
inline constexpr std::string_view primary_lives = "primary_lives";
inline constexpr std::string_view is_primary = "is_primary";
inline constexpr std::string_view stepping_down = "stepping_down";
inline constexpr std::string_view pod_deleted = "pod_deleted";
inline constexpr std::string_view no_majority = "no_majority";
inline constexpr std::string_view promotion_refused = "promotion_refused";
inline constexpr std::string_view not_synchronized = "not_synchronized";
inline constexpr std::string_view promotion_late = "promotion_late";
inline constexpr std::string_view fencing_unavailable = "fencing_unavailable";
inline constexpr std::string_view authority_lost = "authority_lost";
inline constexpr std::string_view role_lost = "role_lost";
inline constexpr std::string_view switchover = "switchover";
inline constexpr std::string_view lease_expired = "lease_expired";
inline constexpr std::string_view bootstrap = "bootstrap";
inline constexpr std::string_view target_unknown = "target_unknown";
inline constexpr std::string_view target_silent = "target_silent";
inline constexpr std::string_view target_not_synchronized = "target_not_synchronized";
inline constexpr std::string_view target_redo_behind = "target_redo_behind";
inline constexpr std::string_view target_did_not_take_over = "target_did_not_take_over";
inline constexpr std::string_view commit_pending = "commit_pending";
inline constexpr std::string_view seal_failed = "seal_failed";
inline constexpr std::string_view bootstrap_waits = "bootstrap_waits";
inline constexpr std::string_view instance_not_ready = "instance_not_ready";
inline constexpr std::string_view newer_format = "newer_format";
inline constexpr std::string_view superseded = "superseded";
inline constexpr std::string_view ahead_of_primary = "ahead_of_primary";
inline constexpr std::string_view engines_apart = "engines_apart";
inline constexpr std::string_view two_data_voters = "two_data_voters";
inline constexpr std::string_view paused = "paused";
inline constexpr std::string_view fenced = "fenced";
inline constexpr std::string_view manual_failover = "manual_failover";
inline constexpr std::string_view data_loss_refused = "data_loss_refused";
inline constexpr std::string_view lease_is_witness = "lease_is_witness";
inline constexpr std::string_view alone = "alone";
inline constexpr std::string_view not_in_set = "not_in_set";
inline constexpr std::string_view set_unknown = "set_unknown";
inline constexpr std::string_view not_wanted = "not_wanted";
inline constexpr std::string_view not_a_member = "not_a_member";
inline constexpr std::string_view member_silent = "member_silent";
inline constexpr std::string_view witness_stays = "witness_stays";
inline constexpr std::string_view member_needed = "member_needed";
inline constexpr std::string_view change_unreported = "change_unreported";
inline constexpr std::string_view cluster_type_none = "cluster_type_none";
inline constexpr std::string_view cluster_type_differs = "cluster_type_differs";
inline constexpr std::string_view two_primaries = "two_primaries";
inline constexpr std::string_view group_not_whole = "group_not_whole";
inline constexpr std::string_view database_unseen = "database_unseen";
inline constexpr std::string_view database_missing = "database_missing";
inline constexpr std::string_view database_of_system = "database_of_system";
inline constexpr std::string_view database_of_other_group = "database_of_other_group";
inline constexpr std::string_view database_not_online = "database_not_online";
inline constexpr std::string_view database_not_open = "database_not_open";
inline constexpr std::string_view database_not_full = "database_not_full";
inline constexpr std::string_view database_not_backed_up = "database_not_backed_up";
inline constexpr std::string_view database_refused = "database_refused";
inline constexpr std::string_view database_comes = "database_comes";
inline constexpr std::string_view database_catching_up = "database_catching_up";

// One English sentence for a code; the code itself when it has none.
std::string_view sentence(std::string_view code);

// Every code that has a sentence, in the order of the table.
std::vector<std::string_view> codes();

}  // namespace ha::agent::reason
