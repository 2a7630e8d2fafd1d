// SPDX-License-Identifier: MIT
#pragma once

#include "common/async/clock.hpp"
#include "test/kubesim/api/target.hpp"

#include <set>

// The state of the small cluster and what every verb needs of it.

namespace ha::kubesim {

struct cluster {
    cluster(clock_source& time, std::size_t history_max);
    cluster(const cluster&) = delete;
    cluster& operator=(const cluster&) = delete;

    clock_source& clock;
    store objects;
    kinds known;

    std::string timestamp() const;  // now, "2006-01-02T15:04:05Z"
    std::string timestamp(duration after) const;
    std::string fresh_uid();
    std::string fresh_suffix();  // five letters, as generateName adds
    std::string fresh_service_address();

private:
    std::uint64_t uids_ = 0;
    std::uint64_t suffixes_ = 0;
    std::uint64_t addresses_ = 0;
};

// Writes `after` where `before` was (null: nothing), unless nothing changed; an object whose
// deletion only waited for its last finalizer is removed. Returns what is now, or was last.
nlohmann::json commit(cluster& all,
                      const kind_info& kind,
                      const nlohmann::json& before,
                      nlohmann::json after);

// Removes the object for good, `last` being its last state.
nlohmann::json remove_now(cluster& all, const kind_info& kind, nlohmann::json last);

key key_of(const nlohmann::json& object);

}  // namespace ha::kubesim
