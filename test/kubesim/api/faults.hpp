// SPDX-License-Identifier: MIT
#pragma once

#include "common/http/message.hpp"
#include "common/result.hpp"
#include "common/time.hpp"
#include "test/kubesim/api/target.hpp"

#include <vector>

// Troubles made on purpose: which requests they meet, and what happens to those.

namespace ha::kubesim {

struct fault {
    enum class kind {
        status,         // answered with `status`, nothing done
        lost_response,  // done, but never answered
        unanswered,     // neither done nor answered
        late,           // done and answered after `delay`
    } what{};
    int status = 503;
    std::optional<int> retry_after_seconds{};
    duration delay{};
    // Empty matches all.
    std::string verb{};
    std::string resource{};  // plural
    std::string name{};
    std::string user{};
    std::size_t left = 0;  // requests still to be met; 0: until cleared
    std::size_t id = 0;
};

class fault_table {
public:
    std::size_t add(fault one);
    void clear() { faults_.clear(); }
    void clear(std::size_t id);
    const std::vector<fault>& all() const { return faults_; }
    std::size_t met() const { return met_; }

    // The first fault that meets this request, and one less of it.
    std::optional<fault> meet(const target& what, const std::string& user);
    // Whether the user's watches are silent now: a fault that answers nothing meets every verb.
    bool silences(const std::string& user) const;

private:
    std::vector<fault> faults_;
    std::size_t next_ = 1;
    std::size_t met_ = 0;
};

refusal refusal_of(const fault& one, const target& what);

// {"fault": "status", "status": 429, "retryAfterSeconds": 1, "verb": "update", ..., "times": 2}
result<fault> read_fault(const nlohmann::json& from);

}  // namespace ha::kubesim
