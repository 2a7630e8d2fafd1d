// SPDX-License-Identifier: MIT
#include "agent/codec/words.hpp"
#include "agent/core/reasons.hpp"
#include "agent/probes/probes.hpp"

namespace ha::agent {

namespace {

std::string row_line(const row_view& row) {
    return std::string(row.holds ? "  [x] " : "  [ ] ") + row.code + ": " + row.sentence + "\n";
}

std::string rows_text(const group_report& group) {
    std::string text;
    if (!group.last_action_code.empty()) text += "last acted: " + group.last_action_code + "\n";
    text += "the rows of the decision table, in order; those with a cross hold now:\n";
    for (const auto& row : group.rows) text += row_line(row);
    return text;
}

// "Why was nobody promoted" is answered here, whoever is asked.
std::string refusals_text(const group_report& group) {
    if (group.refusals.empty()) return "nothing stands against a takeover by this replica\n";
    std::string text = "this replica does not take over, because:\n";
    for (const auto& code : group.refusals)
        text += "  " + code + ": " + std::string(reason::sentence(code)) + "\n";
    return text;
}

std::string conditions_text(const group_report& group) {
    std::string text;
    for (const auto& one : group.conditions)
        if (one.holds)
            text += "condition " + one.type + " (" + one.reason + "): " + one.words + "\n";
    return text;
}

std::string heading(const group_report& group, instant now) {
    if (group.standalone)
        return "standalone: in no group; the engine: " +
               std::string(word_of(group.engine.reachable)) +
               (group.health.reason.empty() ? "" : ", " + group.health.reason) + "\n";
    auto role = std::string(group.role_known ? word_of(group.local_role) : "unknown");
    auto text = "group " + group.group + ": role " + role;
    if (group.authority) text += ", authority in term " + std::to_string(group.authority_term);
    if (group.lease) {
        text += ", lease held by ";
        text += group.lease->holder.empty() ? "nobody" : group.lease->holder;
    }
    auto age = std::chrono::duration_cast<std::chrono::milliseconds>(now - group.published_at);
    return text + " (as of " + std::to_string(age.count()) + " ms ago)\n";
}

}  // namespace

std::string explain_document(const view& seen, instant now) {
    std::string text = "pod " + seen.self.name + " (" + seen.self.uid + ")\n";
    for (const auto& group : seen.groups) {
        text += "\n" + heading(group, now);
        if (group.standalone) continue;
        text += conditions_text(group) + refusals_text(group) + rows_text(group);
    }
    if (seen.groups.empty()) text += "\nstandalone: no group is served here\n";
    return text;
}

}  // namespace ha::agent
