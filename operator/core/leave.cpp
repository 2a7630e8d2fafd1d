// SPDX-License-Identifier: MIT
#include "operator/core/leave.hpp"

#include "operator/core/names.hpp"

namespace ha::op {
namespace {

// The community operator's: what it was to undo was in that operator's memory, and a deleted
// resource would wait for it for ever.
constexpr const char* former_finalizer = "sql.mssql.microsoft.com/ag-finalizer";

step waiting(const char* reason, const std::string& pod, std::string words) {
    return {step::kind::wait, reason, pod, std::move(words), {}, {}};
}

step next(const leave_view& seen) {
    const auto& [pod, stay, group, waited] = seen;
    if (stay.empty() || !group.state.formed) return {};
    if (is_among(group.told.names, pod))
        return waiting("ListFirst", pod, "Supervisors are to be told a list without it.");
    if (group.paused) return waiting("Paused", pod, "The group is paused: no replica is removed.");
    if (!is_led(group)) return waiting("NoPrimary", pod, "Nobody is primary.");
    if (group.holder == pod)
        return waiting("HandsOver", pod, pod + " is primary and hands over before it leaves.");
    if (!is_member(group, pod)) return {};
    if (group.state.replicas.size() == 2) return {};
    return waiting("Leaving", pod, pod + " is to leave the group.");
}

}  // namespace

step next_leave_step(const leave_view& seen) {
    auto now = next(seen);
    if (now.what == step::kind::nothing) return now;
    now.words = "A SqlServer of this group is being deleted. " + now.words;
    if (seen.waited < leave_patience) return now;
    now.what = step::kind::stopped;
    now.help = "That was waited for; its pod goes all the same.";
    return now;
}

std::vector<std::string> wanted_finalizers(std::vector<std::string> there,
                                           bool in_group,
                                           bool deleting,
                                           bool leaves) {
    std::erase(there, former_finalizer);
    bool held = is_among(there, leave_finalizer);
    if (in_group && !deleting && !held) there.emplace_back(leave_finalizer);
    if (!in_group || leaves) std::erase(there, leave_finalizer);
    return there;
}

}  // namespace ha::op
