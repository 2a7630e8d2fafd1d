// SPDX-License-Identifier: MIT
#pragma once

#include "agent/core/messages.hpp"
#include "agent/core/observation.hpp"

// Who may lead: comparisons between replicas, and what a voter says to a question (rules 11 to 14).

namespace ha::agent {

// What a replica can show for itself.
struct claim {
    configuration numbered;
    std::vector<database_position> databases;
};

enum class standing { level, behind_configuration, behind_log };

// How the candidate stands against a voter (rule 13). A lower configuration is behind, always. At
// equal ones the log decides: behind is who has nothing that the voter lacks, and lacks something.
// Crossed logs, and logs of which any position is unknown, are level.
standing compare(const claim& candidate, const claim& voter);

// The Lease was released for this very pod, so that its log is not compared (rule 24). Where it
// named itself, it must have been the primary of that term: what others have beyond its log was
// never acknowledged.
bool is_excused(const observation& seen, const pod_identity& candidate, term line);

// Names of the voters: SYNCHRONOUS_COMMIT and CONFIGURATION_ONLY replicas of the engine's
// configuration, of the spec while there is none.
std::vector<std::string> voters(const observation& seen);
std::size_t voters_number(const observation& seen);  // of them
std::size_t majority_of(std::size_t voters);

// Reason codes of a no to the pre-vote; empty is a yes. Binds nobody.
std::vector<std::string> prevote_refusals(const observation& seen, const prevote_question& asked);

// The same for a vote, before the seal...
std::vector<std::string> vote_refusals(const observation& seen, const vote_question& asked);
// ... and after it, by what the engine shows then: only this decides.
std::vector<std::string> sealed_refusals(const observation& seen, const vote_question& asked);

// How many replicas would go before this one, judged by the peers' last answers: who would get more
// votes, then who has the longer log, then priority, then ordinal (rule 10).
int takeover_rank(const observation& seen);

prevote_question own_prevote(const observation& seen);
vote_question own_vote(const observation& seen);

}  // namespace ha::agent
