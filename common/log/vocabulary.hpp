// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

// Every event that a line of the log can report, once: its name, its level, and what it means in
// one sentence. docs/log-events.md is made from this table.

namespace ha::log {

enum class level { debug, info, warning, error };

constexpr std::string_view to_string(level severity) {
    constexpr std::string_view words[] = {"debug", "info", "warning", "error"};
    return words[static_cast<int>(severity)];
}

// The level of a word that a setting has checked already; another word is info.
inline constexpr std::string_view level_choices = "debug|info|warning|error";
constexpr level level_named(std::string_view word) {
    for (auto one : {level::debug, level::warning, level::error})
        if (word == to_string(one)) return one;
    return level::info;
}

struct event_kind {
    std::string_view name;
    level severity;
    std::string_view sentence;
    std::string_view advice{};  // what to do, or where to look; a warning or an error has it
};

// By subject, in the order in which a life brings them. An error is something that a person must
// look at; a warning is something that we handle ourselves, but that should be rare. An event that
// nothing writes has no place here (its unit test looks).
inline constexpr auto vocabulary = std::to_array<event_kind>({
    {"process_started",
     level::info,
     "The program runs; its version follows, and the longest that a takeover from a lost node "
     "takes."},
    {"process_stopping", level::info, "The program was asked to end and hands over first."},
    {"loop_ended",
     level::error,
     "A loop that must run for ever ended; the process ends with it and is started again.",
     "`why` names the loop. Nothing is lost: the Lease and the record say where to go on. If it "
     "comes again, it is a bug: keep the log of the minute before."},
    {"crashed",
     level::error,
     "The program ends by its own fault; the container is started again. What led there stands "
     "below, outermost call last.",
     "`signal` says how. Nothing is lost: the Lease and the record say where to go on. It is a "
     "bug: "
     "keep this line, those below and the minute before (`kubectl logs --previous`)."},

    {"log_lines_dropped",
     level::warning,
     "The reader of this log was too slow for some lines.",
     "`count` lines are missing before this one. The container runtime or the node's disk is "
     "slow."},

    {"action_started", level::info, "An action of the decision table was begun; `row` names it."},
    {"action_failed",
     level::warning,
     "An action failed; the next look decides anew. The same failure is told once a minute.",
     "`action` and `why` say what and why. One alone means nothing; every minute means that the "
     "cause stays: Kubernetes' word has its verb and object in `why`, the engine's its number."},
    {"condition_set",
     level::warning,
     "A condition began to hold; or this replica begins to give up the role of primary "
     "(stepping_down).",
     "`condition` is one of those in reasons.md, which says what helps; `why` is a reason."},
    {"condition_cleared", level::info, "A condition does not hold any more."},
    {"request_done", level::info, "A request of the group's ConfigMap was carried out."},
    {"request_refused",
     level::warning,
     "A request was refused, or cannot be read.",
     "`reasons` or `why` say it in the words of reasons.md. Mend the cause and write the request "
     "again under a new id."},

    {"lease_acquired", level::info, "This replica holds the Lease of its group, in `term`."},
    {"lease_seen",
     level::debug,
     "The Lease names another holder (empty: nobody) than when it was last seen."},
    {"lease_lost",
     level::warning,
     "This replica's right to be primary is over: another holds the Lease, or it could not be "
     "renewed in time.",
     "The engine is taken offline and another replica takes over. Look for api_down and "
     "action_failed before this line: which of them came first is the cause."},
    {"lease_released", level::info, "The Lease was given back; `why` is a reason."},
    {"vote_given", level::info, "This replica voted for a candidate and left its old primary."},
    {"vote_refused", level::info, "This replica refused a vote; `reasons` say why."},

    {"engine_up", level::info, "The engine answers."},
    {"engine_down",
     level::warning,
     "The engine does not answer.",
     "Is the container running, and does its errorlog say that it accepts connections? The age of "
     "the last answer is in mssql_ha_engine_answer_age_seconds. `--preflight` tries the login."},
    {"engine_exited",
     level::warning,
     "The engine's process ended; the kubelet starts it again.",
     "kubectl describe pod says how it ended: 137 is a kill (the node's memory, or engine_killed "
     "before this line)."},
    {"engine_killed",
     level::warning,
     "The engine was killed because it had to stop and did not.",
     "`why` is a reason. It had lost the right to write and did not answer the order to stop; "
     "look at its disk and CPU at that time."},
    {"engine_role_changed", level::info, "The engine shows another role: `from`, `to`."},
    {"engine_health_changed",
     level::warning,
     "The verdict of monitorPolicy on the engine changed.",
     "`healthy` says which way, `level` which part tripped (1 down, 3 system, 4 resource, 5 "
     "query_processing), `why` what sp_server_diagnostics said."},

    {"promotion_started",
     level::info,
     "A phase of becoming primary was reached: detected, lease, votes, promoted, writable, "
     "routed; `after_s` counts from the first."},
    {"promotion_done", level::info, "The engine is primary and takes writes."},
    {"endpoint_restarted",
     level::warning,
     "The endpoint was stopped and started, because a peer's engine did not come through it.",
     "`with` names the peer or the reason. Comes at most a few times; if the peer stays away, the "
     "condition ReplicaRecoveryFailed follows: look into the errorlogs of both engines."},
    {"certificate_changed", level::info, "A certificate was made, exchanged or replaced."},

    {"peer_up", level::info, "A peer's supervisor answers."},
    {"peer_down",
     level::warning,
     "A peer's supervisor does not answer.",
     "`why` has the connection's own words. One peer: look at its pod. All of them: look at this "
     "pod's network, and at a NetworkPolicy that closes peers.port."},
    {"api_up", level::info, "The Kubernetes API answers again."},
    {"api_down",
     level::warning,
     "The Kubernetes API does not answer, or refuses us. Told once a minute.",
     "`why` has verb, object and what came back. 401: the token (the line says what to do). 403: "
     "the Role or its binding. No connection: the API server, or a NetworkPolicy. A primary gives "
     "up its role when this lasts as long as the Lease."},

    {"operator_leads", level::info, "This operator holds the operators' Lease and begins to work."},
    {"operator_watch_failed",
     level::warning,
     "A watch of the operator's ended with an error; it is begun again after a pause.",
     "`why` has the kind and what came back. Groups go on without the operator: only changes of "
     "the custom resources wait. 403: the operator's ClusterRole or Role."},
    {"operator_watch_waits",
     level::info,
     "The API server asks to come back later (a definition is new, or it has much to do): a watch "
     "is begun again after a pause."},
    {"operator_pass_failed",
     level::warning,
     "A group could not be looked at to the end; it is tried again, later and later.",
     "`why` has verb, object and what came back. Once means nothing; again and again means that "
     "the API server refuses or does not answer."},
    {"operator_group_changed",
     level::info,
     "The status of a group says something else than before; `reason` and `words` are the "
     "condition's."},
});

namespace detail {
constexpr bool names_are_unique() {
    for (std::size_t i = 0; i < vocabulary.size(); ++i)
        for (std::size_t j = i + 1; j < vocabulary.size(); ++j)
            if (vocabulary[i].name == vocabulary[j].name) return false;
    return true;
}
}  // namespace detail
static_assert(detail::names_are_unique());

// A name out of the table. A name that is not there does not compile.
class event {
public:
    consteval event(const char* name) : kind_(find(name)) {}
    constexpr const event_kind& kind() const { return *kind_; }

private:
    static consteval const event_kind* find(std::string_view name) {
        for (const auto& one : vocabulary)
            if (one.name == name) return &one;
        throw "this event is not in the vocabulary";
    }

    const event_kind* kind_;
};

}  // namespace ha::log
