// SPDX-License-Identifier: MIT
#pragma once

#include "common/time.hpp"

#include <tl/expected.hpp>

#include <optional>
#include <string>

// How a call to the Kubernetes API can end other than well. "No" and "nobody knows" are different
// types of end: whoever writes a lock must never take one for the other.

namespace ha::k8s {

struct failure {
    enum class kind {
        refused,   // the server answered: it did not happen. Decide by reason, then by code.
        unknown,   // it may have happened, or may still: timeout, lost connection, 5xx, 429, 403,
                   // 409 of a write
        not_sent,  // no connection: it did not happen through us
    } what{};
    std::string verb;    // "update"
    std::string object;  // "leases.coordination.k8s.io default/ag1"
    int code = 0;        // HTTP status; 0 when there was no answer
    std::string reason;  // Status.reason: Conflict, NotFound, Expired, AlreadyExists ...
    std::string message;
    std::optional<duration> retry_after;
    instant sent_at{};

    // One line for people: verb, object, code, reason, message.
    std::string words() const;
};

template <class T>
using outcome = tl::expected<T, failure>;

}  // namespace ha::k8s
