// SPDX-License-Identifier: MIT
#include "agent/core/engine_view.hpp"

#include "agent/core/settings.hpp"

#include <algorithm>

namespace ha::agent {

namespace {

std::string component_words(const char* name, int level) {
    return std::string(name) + " is in error (level " + std::to_string(level) + ")";
}

health_verdict tripped(int level, int policy, std::string why) {
    if (level > policy) return health_verdict{level, true, std::move(why)};
    return health_verdict{level, false, std::move(why)};
}

}  // namespace

const configured_replica* group_view::find(const std::string& replica) const {
    auto found = std::find_if(
        replicas.begin(), replicas.end(), [&](const auto& one) { return one.name == replica; });
    return found == replicas.end() ? nullptr : &*found;
}

bool ticks_agree(const engine_view& before, const engine_view& after) {
    using std::chrono::milliseconds;
    constexpr auto grain = milliseconds{20};  // the counter's own steps
    duration least = after.sent_at - before.received_at;
    duration most = after.received_at - before.sent_at;
    duration told = milliseconds{after.ms_ticks - before.ms_ticks};
    return told >= least - least / 100 - grain && told <= most + most / 100 + grain;
}

// The first that holds decides, as in Microsoft's agent (sqlserver.md 1.5):
// 1. the login is refused: the engine lives and nothing else is known. Nothing is tripped.
// 2. the processes are proven gone, or the canary has been silent for its limit: level 1
// 3. the engine has no diagnostics: it is judged by its answers alone, and that is said
// 4. diagnostics were streaming and stopped for longer than their limit: level 2
// 5. system, resource, query_processing in error: levels 3, 4, 5
health_verdict judge_health(const engine_knowledge& engine, const settings& chosen, instant now) {
    const int policy = chosen.monitor_policy;
    if (engine.reachable == reach::login_refused && engine.processes != process_state::gone)
        return {};
    if (engine.processes == process_state::gone) return tripped(1, policy, "the engine is gone");
    if (engine.silent_since && now - *engine.silent_since >= chosen.canary_limit)
        return tripped(1, policy, "the engine does not answer");
    if (engine.diagnostics_absent)
        return {0, true, "there is no sp_server_diagnostics: only its answers are judged"};
    if (!engine.diagnostics) return {};

    const auto& last = *engine.diagnostics;
    if (now - last.received_at >=
        std::max(chosen.canary_limit * 3, duration{std::chrono::seconds{30}}))
        return tripped(2, policy, "sp_server_diagnostics is silent");
    if (last.system == component_state::error)
        return tripped(3, policy, component_words("system", 3));
    if (last.resource == component_state::error)
        return tripped(4, policy, component_words("resource", 4));
    if (last.query_processing == component_state::error)
        return tripped(5, policy, component_words("query_processing", 5));
    return {};
}

}  // namespace ha::agent
