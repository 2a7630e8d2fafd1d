// SPDX-License-Identifier: MIT
#include "agent/statements/refusals.hpp"

#include <algorithm>
#include <array>

namespace ha::agent::sql {

namespace {

struct meaning {
    std::int32_t number;
    std::string_view words;
};

constexpr std::array meanings{
    meaning{refused_late, "the batch came too late: the engine's clock is past its limit"},
    meaning{refused_group, "the engine does not know this group under this id"},
    meaning{refused_replica, "this instance has another name than the replica that was meant"},
    meaning{refused_role, "the local replica is not in the role that was expected"},
    meaning{refused_group_exists, "the engine knows a group of this name already"},
    meaning{refused_target_behind,
            "the target is not connected and SYNCHRONIZED in every database"},
    meaning{refused_other_session, "the session to be killed is not ours any more"},
    meaning{error_latched, "the group's resource did not come online; see the engine's error log"},
    meaning{error_failover_pending, "a failover is under way already"},
    meaning{error_already_primary, "the local replica is the primary already"},
    meaning{error_not_previous_primary, "this replica was not the primary and is not synchronized"},
    meaning{error_not_primary, "the local replica is not the primary"},
    meaning{error_not_synchronized, "a database is not synchronized or has not joined"},
    meaning{error_context_missing, "the session context external_cluster was not set"},
    meaning{error_join_timeout, "the primary did not hand out its configuration in time"},
    meaning{error_lease_unavailable, "the group was made without WRITE_LEASE_VALIDITY: no fencing"},
    meaning{error_lease_stands, "a longer write lease stands"},
};

}  // namespace

bool is_own_refusal(std::int32_t number) {
    return number >= refused_late && number <= refused_other_session;
}

bool proves_no_failover(std::int32_t number) {
    return is_own_refusal(number) || number == error_not_synchronized ||
           number == error_not_previous_primary || number == error_context_missing;
}

std::string_view words_for(std::int32_t number) {
    auto found = std::find_if(
        meanings.begin(), meanings.end(), [&](const meaning& one) { return one.number == number; });
    return found == meanings.end() ? std::string_view{} : found->words;
}

}  // namespace ha::agent::sql
