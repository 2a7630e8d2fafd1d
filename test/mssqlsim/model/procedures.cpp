// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/session_environment.hpp"

#include <algorithm>
#include <array>

// The system procedures that agents and drivers call.

namespace ha::mssqlsim {

namespace {

statement_end silent_end() {
    statement_end made;
    made.silent = true;
    return made;
}

// By name, else by place.
const parameter* argument(const std::vector<parameter>& all,
                          std::string_view name,
                          std::size_t place) {
    for (const auto& one : all)
        if (same_name(one.name, name)) return &one;
    if (place < all.size() && all[place].name.empty()) return &all[place];
    return nullptr;
}

sql_error lacks(const std::string& procedure, const std::string& name) {
    return error_of(201,
                    "Procedure or function '" + procedure + "' expects parameter '" + name +
                        "', which was not supplied.",
                    16,
                    4);
}

progress set_context(session_state& session, const std::vector<parameter>& all) {
    const auto* key = argument(all, "@key", 0);
    const auto* contents = argument(all, "@value", 1);
    const auto* fixed = argument(all, "@read_only", 2);
    if (key == nullptr) return failed_with(lacks("sp_set_session_context", "@key"));
    if (contents == nullptr) return failed_with(lacks("sp_set_session_context", "@value"));
    auto& slot = session.context[lower(text_of(key->contents))];
    if (slot.second)
        return failed_with(error_of(
            15664,
            "Cannot set key '" + text_of(key->contents) +
                "' in the session context. The key has been set as read_only for this session."));
    slot.first = contents->contents;
    slot.second = fixed != nullptr && text_of(fixed->contents) == "1";
    return silent_end();
}

// The statement's parameters behind the declared ones, by name or by place.
sql_result<variable_scope> bound(const std::string& declarations,
                                 const std::vector<parameter>& all,
                                 std::size_t from) {
    variable_scope made;
    if (declarations.empty()) return made;
    const auto declared = parse_declarations(declarations);
    if (!declared) return tl::unexpected(declared.error());
    std::size_t place = from;
    for (const auto& one : *declared) {
        const parameter* given = nullptr;
        for (std::size_t i = from; i < all.size(); ++i)
            if (same_name(all[i].name, one.name)) given = &all[i];
        if (given == nullptr && place < all.size() && all[place].name.empty()) given = &all[place];
        ++place;
        if (given == nullptr)
            return tl::unexpected(sql_error{8178,
                                            "The parameterized query expects the parameter '" +
                                                one.name + "', which was not supplied.",
                                            16,
                                            1,
                                            sql_error::reach::batch,
                                            0,
                                            {}});
        auto v = convert(given->contents, one.type);
        if (!v) return tl::unexpected(v.error());
        made[lower(one.name)] = {one.type, std::move(*v)};
    }
    return made;
}

class prepared_calls {
public:
    prepared_calls(engine& owner, session_state& session, const std::vector<parameter>& all)
        : owner_(owner), session_(session), all_(all) {}

    progress execute_sql() {
        const auto* text = argument(all_, "@stmt", 0);
        if (text == nullptr && !all_.empty()) text = all_.data();
        if (text == nullptr) return failed_with(lacks("sp_executesql", "@statement"));
        return run_text(text_of(text->contents),
                        all_.size() > 1 ? text_of(all_[1].contents) : std::string{},
                        2);
    }

    // sp_prepexec @handle OUTPUT, @declarations, @statement, values...
    progress prepare(bool also_execute) {
        if (all_.size() < 3) return failed_with(lacks("sp_prepexec", "@stmt"));
        const std::int64_t handle = session_.next_handle++;
        session_.prepared[handle] = text_of(all_[2].contents);
        session_.prepared_parameters[handle] = text_of(all_[1].contents);
        return_handle(handle);
        if (also_execute)
            return run_text(session_.prepared[handle], session_.prepared_parameters[handle], 3);
        auto parsed = owner_.scripts_.parse(session_.prepared[handle]);
        if (!parsed) return failed_with(parsed.error());
        return silent_end();
    }

    progress execute_prepared() {
        const auto handle = handle_of(0);
        const auto at = session_.prepared.find(handle);
        if (at == session_.prepared.end())
            return failed_with(error_of(
                8179,
                "Could not find prepared statement with handle " + std::to_string(handle) + ".",
                16,
                2));
        return run_text(at->second, session_.prepared_parameters[handle], 1);
    }

    progress unprepare() {
        session_.prepared.erase(handle_of(0));
        session_.prepared_parameters.erase(handle_of(0));
        return silent_end();
    }

private:
    std::int64_t handle_of(std::size_t place) const {
        if (place >= all_.size()) return 0;
        const auto* number = std::get_if<std::int64_t>(&all_[place].contents);
        return number == nullptr ? 0 : *number;
    }

    void return_handle(std::int64_t handle) {
        const std::string name = all_.front().name;
        engine& owner = owner_;
        session_.at_end.emplace_back([&owner, name, handle](session_state& session) {
            owner.emit(return_value{
                session.number, name, {column_kind::integer, 4, 25, 0}, value{handle}});
        });
    }

    progress run_text(const std::string& text, const std::string& declarations, std::size_t from) {
        auto variables = bound(declarations, all_, from);
        if (!variables) return failed_with(variables.error());
        auto parsed = owner_.scripts_.parse(text);
        if (!parsed) return failed_with(parsed.error());
        owner_.push_dynamic(session_, *parsed, std::move(*variables));
        return silent_end();
    }

    engine& owner_;
    session_state& session_;
    const std::vector<parameter>& all_;
};

}  // namespace

progress engine::call_procedure(session_state& session,
                                const std::string& name,
                                const std::vector<parameter>& all) {
    std::string known = lower(name);
    for (const std::string_view prefix : {"sys.", "master.", "dbo.", "[sys].", "."})
        if (known.starts_with(prefix)) known.erase(0, prefix.size());
    if (session.procedure_call && session.frames.empty())
        session.at_end.emplace_back(
            [this](session_state& done) { emit(return_status{done.number, done.failed ? 1 : 0}); });
    prepared_calls prepared{*this, session, all};
    if (known == "sp_executesql") return prepared.execute_sql();
    if (known == "sp_prepexec") return prepared.prepare(true);
    if (known == "sp_prepare") return prepared.prepare(false);
    if (known == "sp_execute") return prepared.execute_prepared();
    if (known == "sp_unprepare") return prepared.unprepare();
    if (known == "sp_set_session_context") return set_context(session, all);
    if (known == "sp_reset_connection") {
        reset(session.number);
        return silent_end();
    }
    if (known == "sp_server_diagnostics" && !options_.edge) {
        const auto* interval = argument(all, "@repeat_interval", 0);
        if (!is_administrator(session) &&
            !catalog_.granted(session.login, "VIEW SERVER STATE", "SERVER", ""))
            return failed_with(error_of(
                300,
                "VIEW SERVER STATE permission was denied on object 'server', database 'master'.",
                14));
        const auto seconds = interval == nullptr
                                 ? sql_result<value>{value{std::int64_t{0}}}
                                 : convert(interval->contents, {column_kind::integer, 4, 25, 0});
        if (!seconds) return failed_with(seconds.error());
        const auto* number = std::get_if<std::int64_t>(&*seconds);
        return diagnostics(session, number == nullptr ? 0 : *number);
    }
    return failed_with(error_of(2812, "Could not find stored procedure '" + name + "'.", 16, 62));
}

// Rule: a set takes at least the floor; with an interval a set comes each interval until the client
// cancels.
progress engine::diagnostics(session_state& session, std::int64_t interval) {
    if (interval != 0 && interval < 5)
        // assumption: the number and words for a repeat interval of 1 to 4 seconds.
        return failed_with(
            error_of(11303, "Invalid repeat interval: it must be 0, or 5 or more seconds.", 16));
    const auto next = std::make_shared<instant>(now_ + options_.delays.diagnostics_floor);
    const session_number number = session.number;
    statement_wait made;
    made.wakes_at = *next;
    made.poll = [this, next, number, interval](instant now) -> std::optional<statement_end> {
        if (now < *next) return {};
        auto& waiting = sessions_.at(number);
        if (!faults_.diagnostics_silent) {
            row_set rows = diagnostics_rows();
            const auto count = static_cast<std::int64_t>(rows.rows.size());
            emit(result_rows{number, std::move(rows.columns), std::move(rows.rows)});
            if (interval == 0) {
                statement_end end;
                end.rows = count;
                end.command = 0xC1;
                return end;
            }
            emit(statement_done{number, count, false, true, 0xC1});
        }
        *next = now + std::chrono::seconds{std::max<std::int64_t>(interval, 5)};
        waiting.waiting->wakes_at = *next;
        return {};
    };
    return made;
}

row_set engine::diagnostics_rows() const {
    static const std::array<const char*, 5> components{
        "system", "resource", "query_processing", "io_subsystem", "events"};
    static const std::array<const char*, 5> elements{
        "system", "resource", "queryProcessing", "ioSubsystem", "events"};
    static const std::array<const char*, 4> states{"unknown", "clean", "warning", "error"};
    row_set made;
    const column_type name{column_kind::nvarchar, 128, 25, 0};
    made.columns = {{"create_time", {column_kind::datetime, 8, 25, 3}, false},
                    {"component_type", name, false},
                    {"component_name", name, false},
                    {"state", {column_kind::integer, 4, 25, 0}, false},
                    {"state_desc", name, false},
                    {"data", {column_kind::varchar_max, 0, 25, 0}, false}};
    const std::string now = utc();
    for (std::size_t i = 0; i < components.size(); ++i) {
        const int state = std::clamp(faults_.diagnostics[i], 0, 3);
        made.rows.push_back({now,
                             std::string{"instance"},
                             std::string{components[i]},
                             std::int64_t{state},
                             std::string{states[static_cast<std::size_t>(state)]},
                             std::string{"<"} + elements[i] + "/>"});
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
