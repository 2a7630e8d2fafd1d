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

struct event_kind {
    std::string_view name;
    level severity;
    std::string_view sentence;
};

// By subject, in the order in which a life brings them. An error is something that a person must
// look at; a warning is something that we handle ourselves, but that should be rare.
inline constexpr auto vocabulary = std::to_array<event_kind>({
    {"process_started", level::info, "The program runs; its version and settings follow."},
    {"settings_refused", level::error, "The settings are wrong; the program does not start."},
    {"process_stopping", level::info, "The program was asked to end and hands over first."},
    {"loop_ended", level::error, "A loop that must run for ever ended; the process ends with it."},
    {"log_lines_dropped", level::warning, "The reader of this log was too slow for some lines."},

    {"decided", level::info, "The decision changed; the rows that hold say why."},
    {"waits", level::info, "Nothing can be done now; the rows say what is waited for."},
    {"action_started", level::info, "An action of a decision was begun."},
    {"action_done", level::info, "An action ended as it should."},
    {"action_failed", level::warning, "An action failed; the next look decides anew."},
    {"condition_set", level::warning, "A condition that people should know of began."},
    {"condition_cleared", level::info, "A condition ended."},
    {"request_received", level::info, "A person or a program asked for something."},
    {"request_done", level::info, "A request was carried out."},
    {"request_refused", level::warning, "A request was refused; the reasons are named."},

    {"lease_acquired", level::info, "This replica holds the Lease of its group."},
    {"lease_renewed", level::debug, "The Lease was renewed."},
    {"lease_renewal_failed", level::warning, "A renewal had no answer, or a no."},
    {"lease_seen", level::debug, "The Lease was seen in a new state."},
    {"lease_lost", level::warning, "Another holds the Lease, or its time ran out."},
    {"lease_released", level::info, "The Lease was given back."},
    {"authority_ended", level::warning, "The time in which this replica may be primary is over."},
    {"vote_given", level::info, "This replica voted for a candidate and left its old primary."},
    {"vote_refused", level::info, "This replica refused a vote; the reason is named."},
    {"votes_counted", level::info, "The answers of the voters to this candidate."},
    {"record_written", level::debug, "The replica's own record went to the disk."},
    {"record_refused", level::error, "The replica's own record cannot be read or is too new."},

    {"engine_up", level::info, "The engine answers."},
    {"engine_down", level::warning, "The engine does not answer."},
    {"engine_exited", level::warning, "The engine's process ended."},
    {"engine_killed", level::warning, "The engine was killed because it had to stop and did not."},
    {"engine_role_changed", level::info, "The engine shows another role."},
    {"engine_health_changed", level::warning, "The engine's own diagnostics changed."},
    {"engine_login_failed", level::warning, "The engine refused the login; its state is unknown."},
    {"engine_statement", level::debug, "A statement was run."},
    {"engine_statement_failed", level::warning, "A statement failed or had no answer in time."},
    {"engine_worker_abandoned", level::warning, "A driver call is stuck; its thread is left."},
    {"write_lease_renewed", level::debug, "The engine's write lease was renewed."},
    {"write_lease_failed", level::warning, "The engine's write lease could not be renewed."},
    {"driver_missing", level::error, "No usable ODBC driver is installed."},

    {"group_created", level::info, "The availability group was created here."},
    {"group_joined", level::info, "This replica joined the availability group."},
    {"promotion_started", level::info, "The engine is told to become primary."},
    {"promotion_done", level::info, "The engine is primary and takes writes."},
    {"promotion_failed", level::warning, "The engine did not become primary."},
    {"demotion_done", level::info, "The engine is no longer primary."},
    {"rejoin_started", level::info, "This replica goes back to following the primary."},
    {"rejoin_done", level::info, "This replica follows the primary again."},
    {"endpoint_restarted",
     level::warning,
     "The endpoint was stopped and started, because a peer's engine did not come through it."},
    {"certificate_changed", level::info, "A certificate was made, exchanged or replaced."},
    {"label_changed", level::info, "The role label of a pod was changed."},

    {"peer_up", level::info, "A peer answers."},
    {"peer_down", level::warning, "A peer does not answer."},
    {"peer_refused", level::warning, "A peer's certificate or message was refused."},
    {"api_up", level::info, "The Kubernetes API answers again."},
    {"api_down", level::warning, "The Kubernetes API does not answer."},
    {"api_refused", level::warning, "The Kubernetes API said no; verb and object are named."},
    {"watch_restarted", level::debug, "A watch began anew with a list."},
    {"http_served", level::debug, "A request to this program's own server was answered."},
    {"http_failed", level::warning, "A request to this program's own server failed."},
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
