// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/completion.hpp"
#include "test/mssqlsim/model/engine.hpp"

#include <algorithm>
#include <array>

// sp_server_diagnostics: sqlserver.md 1.

namespace ha::mssqlsim {

namespace {

constexpr std::array<const char*, 5> components{
    "system", "resource", "query_processing", "io_subsystem", "events"};
constexpr std::array<const char*, 4> states{"unknown", "clean", "warning", "error"};

struct told_component {
    health_state state = health_state::unknown;
    std::string data;
};

// What a component is in, or what it was told to be in.
template <class Health>
told_component told(const Health& now, int wanted) {
    const auto state = static_cast<health_state>(std::clamp(wanted, 0, 3));
    if (state == health_state::clean) return {state_of(now), xml_of(now)};
    return {state, xml_of(worsened(now, state))};
}

}  // namespace

// Rule: a set takes at least the floor; with an interval a set comes each interval until the client
// cancels.
progress engine::diagnostics(session_state& session, std::int64_t interval) {
    if (interval != 0 && interval < 5)
        // assumption: the number and words for a repeat interval of 1 to 4 seconds.
        return failed_with(
            error_of(11303, "Invalid repeat interval: it must be 0, or 5 or more seconds.", 16));
    const auto next = std::make_shared<instant>(now_ + options_.delays.diagnostics_floor +
                                                faults_.slow_diagnostics);
    const session_number number = session.number;
    statement_wait made;
    made.wakes_at = *next;
    made.poll = [this, next, number, interval](instant now) -> std::optional<statement_end> {
        if (now < *next) return {};
        auto& waiting = sessions_.at(number);
        if (!faults_.diagnostics_silent) {
            take_dumps();
            row_set rows = diagnostics_rows();
            count_set();
            const auto count = static_cast<std::int64_t>(rows.rows.size());
            emit(result_rows{number, std::move(rows.columns), std::move(rows.rows)});
            if (interval == 0) {
                statement_end end;
                end.rows = count;
                end.command = completion::select;
                end.told_rows = true;
                return end;
            }
            emit(statement_done{number, count, false, true, completion::select});
        }
        *next = now + std::chrono::seconds{std::max<std::int64_t>(interval, 5)} +
                faults_.slow_diagnostics;
        waiting.waiting->wakes_at = *next;
        return {};
    };
    return made;
}

row_set engine::diagnostics_rows() const {
    row_set made;
    const column_type name{column_kind::nvarchar, 128, 25, 0};
    made.columns = {{"create_time", {column_kind::datetime, 8, 25, 3}, false},
                    {"component_type", name, false},
                    {"component_name", name, false},
                    {"state", {column_kind::integer, 4, 25, 0}, false},
                    {"state_desc", name, false},
                    {"data", {column_kind::varchar_max, 0, 25, 0}, false}};
    const std::string now = utc();
    const auto& wanted = faults_.diagnostics;
    const auto of_events = static_cast<health_state>(std::clamp(wanted[4], 0, 3));
    const std::array<told_component, components.size()> all{
        told(system_health_now(), wanted[0]),
        told(resource_health_now(), wanted[1]),
        told(query_health_now(), wanted[2]),
        told(io_health_now(), wanted[3]),
        told_component{of_events, xml_of_events()}};
    for (std::size_t i = 0; i < components.size(); ++i) {
        const auto state = static_cast<std::size_t>(all[i].state);
        made.rows.push_back({now,
                             std::string{"instance"},
                             std::string{components[i]},
                             static_cast<std::int64_t>(state),
                             std::string{states[state]},
                             all[i].data});
    }
    for (const auto& [id, one] : groups_) {
        const std::int64_t state = one.role == replica_role::resolving ? 2 : 1;
        made.rows.push_back({now,
                             std::string{"Always On:AvailabilityGroup"},
                             one.configuration.name,
                             state,
                             std::string{states[static_cast<std::size_t>(state)]},
                             std::string{"<availabilityGroup/>"}});
    }
    return made;
}

}  // namespace ha::mssqlsim
