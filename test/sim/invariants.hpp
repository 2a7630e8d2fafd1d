// SPDX-License-Identifier: MIT
#pragma once

#include "agent/core/values.hpp"
#include "common/time.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

// The invariants of protocol.md section 7 over a history that somebody tells, event by event. It
// knows nothing of engines, clocks or files: a test can tell it any story.

namespace ha::sim {

// What the Lease says after a write. Times are instants of the holder's own machine, so that a
// machine whose clocks stood still is judged by what it could know.
struct lease_sight {
    std::string holder;  // empty: nobody
    agent::term of = 0;
    duration length{};
    instant renewed_at{};         // the send of this renewal
    bool released = false;        // empty by somebody's will
    std::string release_reason;   // as the holder wrote it
    bool may_be_primary = false;  // the engine of the pod named before is PRIMARY or becomes it now
    std::optional<std::set<std::string>> set;  // rule 27: the replicas that have every write
};

class invariants {
public:
    using report = std::function<void(const std::string& what)>;

    // `margin` is m of every replica.
    invariants(duration margin, report violate);

    // --- the Lease: S4, S7, the exclusiveness of authority (rule 10), one holder a term
    void lease_written(instant now, const lease_sight& next);
    const std::string& holder() const { return last_.holder; }
    const std::optional<std::set<std::string>>& set() const { return last_.set; }

    // --- the engines. `pod` is a holder identity everywhere, times are of its own machine.
    // S5: a statement that needs authority goes out.
    void statement_sent(const std::string& pod, const std::string& name, instant own_now);
    // Rule 27: the engine of this replica is PRIMARY, and its commits need no secondary.
    void commits_alone(const std::string& replica);
    // S3: the engine accepted FAILOVER or made the group. Rule 27: the set names it, if there is
    // one.
    void promotion_accepted(const std::string& pod);
    void became_primary(const std::string& pod, instant now);
    // Rule 4: the engine accepts writes until `end`, as it has been told.
    void write_lease_granted(const std::string& pod, instant end, instant own_now);
    // S2: everybody who could acknowledge now and was not the victim of a stopped clock.
    void writable_now(const std::vector<std::string>& pods);

    // --- writes: S1, S9
    void acknowledged(std::int64_t key, const std::string& pod);
    // Of a write to a primary that was promoted by a supervisor, not by somebody's hand.
    void acknowledged_since(const std::string& pod, instant submitted);
    void read_back(const std::string& pod,
                   const std::set<std::int64_t>& expected,
                   const std::set<std::int64_t>& there);
    const std::set<std::int64_t>& acknowledged_keys() const { return acknowledged_; }

    // --- votes: S8 as far as there are no promises: never two pods in one term, no way back
    void record_saved(const std::string& pod,
                      const agent::replica_record& before,
                      const agent::replica_record& after);

    // Rule 13: a yes is said by a voter whose engine follows nobody.
    void voted(const std::string& pod, bool sealed);

    // --- words: S7, L3
    void refused(const std::string& what, const std::vector<std::string>& reasons);
    void request_asked(const std::string& id) { last_request_ = id; }
    void request_answered(const std::string& id,
                          bool done,
                          const std::vector<std::string>& reasons);

    // --- S6: the group is paused from this instant on; nothing: it is not any more.
    void paused(std::optional<instant> since) { paused_ = since; }

    // --- liveness. From this instant on nothing may change hands any more (L2).
    void calm_from(instant when) { calm_from_ = when; }
    // L1: at the end, the last acknowledged write was so long ago; L3.
    void end(instant now, std::optional<instant> last_acknowledged, duration silence_allowed);

private:
    void violate(const std::string& what) { violate_(what); }
    void changed_hands(instant now, const std::string& what);
    void took_over(instant now, const std::string& what);
    std::optional<instant> authority_end(const std::string& pod) const;

    duration margin_;
    report violate_;
    lease_sight last_;
    instant last_written_{};
    std::string stands_for_;                  // who was named last, before the Lease was emptied
    duration stands_length_{};                // and for how long after his last renewal
    std::map<std::string, lease_sight> own_;  // by pod: the last write that named it
    std::map<agent::term, std::string> holders_;
    std::string newest_primary_;  // by its term
    agent::term newest_term_ = 0;
    instant newest_since_{};
    std::map<std::int64_t, std::string> writers_;
    std::set<std::int64_t> acknowledged_;
    std::string last_request_;
    std::set<std::string> answered_;
    std::optional<instant> calm_from_;
    std::optional<instant> paused_;
};

}  // namespace ha::sim
