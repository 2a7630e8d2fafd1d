// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/event_session.hpp"

#include "test/mssqlsim/model/view_maker.hpp"

namespace ha::mssqlsim {

namespace {

constexpr const char* health_name = "AlwaysOn_health";
constexpr std::int64_t health_id = 65536;

// assumption: what the session is made of, but for its name and states, is as CREATE EVENT SESSION
// makes it when nothing is said.
shared_rows sessions(const event_session_record& health) {
    view_maker made;
    made.begin();
    made.number("event_session_id", health_id).text("name", health_name);
    made.fixed("event_retention_mode", "S", 1)
        .text("event_retention_mode_desc", "ALLOW_SINGLE_EVENT_LOSS", 128);
    made.number("max_dispatch_latency", 30'000).number("max_memory", 4096);
    made.number("max_event_size", 0).fixed("memory_partition_mode", "G", 1);
    made.text("memory_partition_mode_desc", "NONE", 128).bit("track_causality", false);
    made.bit("startup_state", health.starts_with_server).bit("has_long_running_target", false);
    return made.done();
}

// Those that run.
shared_rows running(const engine& owner) {
    view_maker made;
    made.begin();
    made.bytes("address", binary{0, 0, 0, 0, 0, 0, 0, 1}, 8).text("name", health_name, 256);
    made.number("pending_buffers", 0).number("total_regular_buffers", 3);
    made.big("regular_buffer_size", std::int64_t{1'441'587});
    made.number("total_large_buffers", 0).big("large_buffer_size", std::int64_t{0});
    made.big("total_buffer_size", std::int64_t{4'324'761});
    made.number("buffer_policy_flags", 0).text("buffer_policy_desc", "drop_event", 256);
    made.number("flags", 0).text("flag_desc", "flush_on_close", 256);
    made.number("dropped_event_count", 0).number("dropped_buffer_count", 0);
    made.number("blocked_event_fire_time", 0);
    made.time("create_time", owner.utc_before(owner.now_ - owner.started_at_));
    if (owner.catalog_.health_session().running) return made.done();
    return made.without_rows();
}

}  // namespace

progress define_event_session(engine& owner, const definition_statement& what) {
    if (!same_name(what.name, health_name))
        return failed_with(error_of(15151,
                                    "Cannot alter the event session '" + what.name +
                                        "', because it does not exist or you do not have "
                                        "permission."));
    event_session_record changed = owner.catalog_.health_session();
    if (const auto* starts = option(what.options, "STARTUP_STATE"))
        changed.starts_with_server = starts->text == "ON";
    const bool starts = what.action == "START";
    if (!what.action.empty() && changed.running == starts)
        return failed_with(error_of(starts ? 25705 : 25704,
                                    std::string{"The event session has already been "} +
                                        (starts ? "started." : "stopped.")));
    if (!what.action.empty()) changed.running = starts;
    return owner.until_hardened(owner.append(changed));
}

shared_rows event_session_view(const engine& owner, const std::string& name) {
    if (name == "server_event_sessions") return sessions(owner.catalog_.health_session());
    if (name == "dm_xe_sessions") return running(owner);
    return {};
}

}  // namespace ha::mssqlsim
