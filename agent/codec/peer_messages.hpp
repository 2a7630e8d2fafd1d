// SPDX-License-Identifier: MIT
#pragma once

#include "agent/core/messages.hpp"
#include "common/result.hpp"

#include <string>
#include <string_view>

// Questions and answers of peers as JSON.

namespace ha::agent {

struct peer_envelope {
    std::string group;
    pod_identity from;
    peer_question question;
    bool operator==(const peer_envelope&) const = default;
};

// status, prevote, vote, primary, restart-endpoint: the last part of the path.
std::string_view kind_of(const peer_question& question);

std::string write_question(const peer_envelope& envelope);
std::string write_answer(const peer_answer& answer);

// Not found: a kind that this version does not know. Refused: a newer format. Malformed: the rest.
result<peer_envelope> read_question(std::string_view kind, std::string_view body);
result<peer_answer> read_answer(std::string_view body);

}  // namespace ha::agent
