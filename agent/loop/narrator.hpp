// SPDX-License-Identifier: MIT
#pragma once

#include "agent/core/conditions.hpp"
#include "agent/core/decision.hpp"
#include "agent/probes/view.hpp"
#include "common/k8s/event_writer.hpp"
#include "common/log/log.hpp"

#include <map>

// Tells what happened: compares what was known with what is known now, and writes the log lines,
// Events and transitions that follow from the difference.

namespace ha::agent {

class narrator {
public:
    narrator(clock_source& clock, log::logger lines);

    // After every turn of the loop.
    void tell(const observation& now);
    // An action is begun.
    void tell_action(const decision& what);
    void tell_failure(std::string_view what, const std::string& why);
    // What the watch of the Lease says of the API server; an empty `trouble`: it answers.
    void tell_api(const std::string& trouble);

    // Events that wait to be written; the caller takes them.
    std::vector<k8s::event_note> take_events();
    const std::vector<transition_view>& transitions() const { return transitions_; }
    // That hold, as of the last turn.
    const std::vector<condition>& conditions() const { return conditions_; }

private:
    // What a turn is compared with: of the one before it, what is told when it changes.
    struct glance {
        bool answers = false;
        std::string role;
        bool ended = false;
        health_verdict health;
        std::string holder;
        std::optional<authority> held;
        bool leaving = false;
        std::size_t answers_given = 0;
    };
    static glance glance_at(const observation& now);
    void tell_engine(const observation& now, const glance& seen);
    void tell_lease(const observation& now, const glance& seen);
    void tell_primary(const observation& now);
    void follow_lease(const observation& now);
    void tell_conditions(const observation& now);
    void phase(const char* name, instant at);
    bool repeats(std::string_view what, const std::string& why);
    void finish_transition(const observation& now);

    struct told_failure {
        std::string why;
        instant at{};
    };

    clock_source& clock_;
    log::logger lines_;
    std::optional<glance> before_;
    std::vector<k8s::event_note> events_;
    std::vector<transition_view> transitions_;
    // The transition under way, from the first sign that the primary is gone.
    std::optional<instant> detected_;
    std::vector<phase_view> phases_;
    // Who held the Lease last, in which term, and who before; why that one let it go, empty when it
    // did not.
    std::string holder_;
    term holder_term_ = 0;
    std::string from_;
    std::string reason_;
    std::optional<term> acquired_;  // the newest term that was acquired in this life
    std::string taken_for_;         // the same, of the acquisition that made the holder of now
    std::map<std::string, told_failure> told_failures_;  // by action, and of the API
    // By type: since when each holds, and whether that was told.
    struct standing_condition {
        instant since{};
        bool told = false;
        bool holds = false;
    };
    std::map<std::string, standing_condition> standing_;
    std::vector<condition> conditions_;
};

}  // namespace ha::agent
