// SPDX-License-Identifier: MIT
#pragma once

#include "common/http/client.hpp"
#include "common/k8s/outcome.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>

// From what came back, or did not, to a failure of its right kind.

namespace ha::k8s {

// The call that failed. Only a write can leave something behind that nobody knows of.
struct call_kind {
    std::string verb;
    std::string object;
    bool writes = false;
};

failure no_answer(const call_kind& call, const http::attempt_failure& why);

// An answer that is not 2xx: its body is a Status, or any text.
failure refusal(const call_kind& call, const http::exchange& answer);

// An ERROR event of a watch: the Status came inside a stream.
failure refusal(const call_kind& call, const nlohmann::json& status);

// A 2xx whose body makes no sense: it happened, and what came of it is not known.
failure senseless(const call_kind& call, instant sent_at, std::string why);

}  // namespace ha::k8s
