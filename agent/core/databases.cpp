// SPDX-License-Identifier: MIT
#include "agent/core/databases.hpp"

#include "agent/core/membership.hpp"
#include "agent/core/reasons.hpp"
#include "agent/core/rows.hpp"
#include "agent/core/witness.hpp"

#include <algorithm>

namespace ha::agent {

using namespace std::chrono_literals;

namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

const database_position* in_group(const group_view& group, const std::string& name) {
    auto found = std::ranges::find_if(
        group.databases, [&](const auto& one) { return is_same_database(one.name, name); });
    return found == group.databases.end() ? nullptr : &*found;
}

// A server that tells cases apart may have two that differ in nothing else: exactly the name first.
const found_database* find(const observation& seen, const std::string& name) {
    if (!seen.databases.found) return nullptr;
    const auto& all = *seen.databases.found;
    auto found = std::ranges::find(all, name, &found_database::name);
    if (found == all.end())
        found = std::ranges::find_if(
            all, [&](const auto& one) { return is_same_database(one.name, name); });
    return found == all.end() ? nullptr : &*found;
}

// In the order in which a person has to mend it.
std::string_view unfitness(const found_database& one) {
    if (one.of_system) return reason::database_of_system;
    if (one.grouped) return reason::database_of_other_group;
    if (!one.online) return reason::database_not_online;
    if (!one.open) return reason::database_not_open;
    if (!one.full_recovery) return reason::database_not_full;
    if (!one.backed_up) return reason::database_not_backed_up;
    return {};
}

bool is_level(const group_view& group, const configured_replica& one) {
    if (!one.connected.value_or(false)) return false;
    if (one.mode == availability_mode::configuration_only || group.databases.empty()) return true;
    bool patient = one.mode == availability_mode::asynchronous;
    return one.state == synchronization::synchronized ||
           (patient && one.state == synchronization::synchronizing);
}

std::vector<std::string> behind_in(const group_view& group, const std::string& database) {
    std::vector<std::string> all;
    for (const auto& copy : group.lagging) {
        const auto* replica = group.find(copy.replica);
        bool patient = replica && replica->mode == availability_mode::asynchronous;
        bool level = patient && copy.state == synchronization::synchronizing;
        if (is_same_database(copy.database, database) && !level) all.push_back(copy.replica);
    }
    return all;
}

database_report told(database_report::place where,
                     const std::string& name,
                     std::string_view why,
                     std::string words) {
    return {where, name, std::string(why), std::move(words)};
}

database_report told(database_report::place where, const std::string& name, std::string_view why) {
    return told(where, name, why, std::string(reason::sentence(why)));
}

database_report report_member(const group_view& group, const std::string& name) {
    using enum database_report::place;
    auto behind = behind_in(group, name);
    if (behind.empty()) return {in_group, name, "", "In the group, and in step everywhere."};
    std::string who;
    for (const auto& one : behind) who += (who.empty() ? "" : ", ") + one;
    return told(
        catching_up,
        name,
        reason::database_catching_up,
        std::string(reason::sentence(reason::database_catching_up)) + " Not in step: " + who + ".");
}

database_report report_missing(const observation& seen, const std::string& name) {
    using enum database_report::place;
    const auto& known = seen.databases;
    if (!known.found) return told(waiting, name, reason::database_unseen);
    const auto* found = find(seen, name);
    if (!found) return told(refused, name, reason::database_missing);
    if (auto why = unfitness(*found); !why.empty()) return told(refused, name, why);
    auto obstacles = adding_obstacles(seen);
    if (!obstacles.empty()) {
        std::string words;
        for (auto code : obstacles)
            words += (words.empty() ? "" : " ") + std::string(reason::sentence(code));
        return told(waiting, name, obstacles.front(), words);
    }
    if (auto no = known.refused.find(found->name); no != known.refused.end())
        return told(refused,
                    name,
                    reason::database_refused,
                    std::string(reason::sentence(reason::database_refused)) + " Its error is " +
                        std::to_string(no->second.error) + ".");
    return told(waiting, name, reason::database_comes);
}

bool is_listed(const observation& seen, const std::string& database) {
    return std::ranges::any_of(seen.databases.wanted.names,
                               [&](const auto& one) { return is_same_database(one, database); });
}

}  // namespace

bool is_same_database(const std::string& left, const std::string& right) {
    return std::ranges::equal(left, right, {}, lower, lower);
}

bool lacks_databases(const observation& seen) {
    const auto* group = group_of(seen);
    if (!group || !seen.databases.wanted.given) return false;
    return std::ranges::any_of(seen.databases.wanted.names,
                               [&](const auto& name) { return !in_group(*group, name); });
}

bool is_whole(const observation& seen) {
    const auto* group = group_of(seen);
    if (!group || group->replicas.empty() || !seen.spec_known || first_difference(seen))
        return false;
    if (lease_is_witness(seen) && seen.lease.record &&
        seen.lease.record->synchronized != set_of_both(seen))
        return false;
    return std::ranges::all_of(group->replicas, [&](const auto& one) {
        return one.name == seen.self.name || is_level(*group, one);
    });
}

std::vector<std::string_view> adding_obstacles(const observation& seen) {
    std::vector<std::string_view> all;
    const auto* group = group_of(seen);
    if (seen.orders.pause) all.push_back(reason::paused);
    if (!is_whole(seen)) all.push_back(reason::group_not_whole);
    if (group && group->commit_pending) all.push_back(reason::commit_pending);
    if (!is_reported(seen)) all.push_back(reason::change_unreported);
    return all;
}

std::string next_database(const observation& seen) {
    const auto* group = group_of(seen);
    const auto& known = seen.databases;
    if (!group || !known.wanted.given || !known.found) return {};
    for (const auto& name : known.wanted.names) {
        const auto* found = find(seen, name);
        if (in_group(*group, name) || !found || !unfitness(*found).empty()) continue;
        auto no = known.refused.find(found->name);
        if (no == known.refused.end() || seen.now - no->second.at >= 30s) return found->name;
    }
    return {};
}

std::vector<database_report> databases_of(const observation& seen) {
    std::vector<database_report> all;
    const auto* group = group_of(seen);
    if (!group || !is_primary(seen) || !seen.databases.wanted.given) return all;
    for (const auto& name : seen.databases.wanted.names) {
        const auto* there = in_group(*group, name);
        all.push_back(there ? report_member(*group, name) : report_missing(seen, name));
    }
    for (const auto& one : group->databases)
        if (!is_listed(seen, one.name))
            all.push_back({database_report::place::unlisted,
                           one.name,
                           "",
                           "In the group and not in the list: it stays. REMOVE DATABASE by hand "
                           "takes it out."});
    return all;
}

}  // namespace ha::agent
