// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/server_settings.hpp"

#include "test/mssqlsim/model/contained.hpp"
#include "test/mssqlsim/model/containment.hpp"
#include "test/mssqlsim/model/error_texts.hpp"
#include "test/mssqlsim/model/not_modelled.hpp"
#include "test/mssqlsim/model/procedure_answers.hpp"
#include "test/mssqlsim/model/view_maker.hpp"
#include "test/mssqlsim/tsql/variant.hpp"

#include <algorithm>
#include <array>

namespace ha::mssqlsim {

namespace {

struct known_setting {
    std::string_view name;
    std::int64_t id;
    const char* description;
};

// Both are 0 or 1, and are in use with RECONFIGURE. By name.
constexpr std::array<known_setting, 2> modelled{
    {{contained_authentication, 16393, "Enables contained databases and contained authentication"},
     {"show advanced options", 518, "show advanced options"}}};

// Those that the engine has, too: who sets one of them is told that it is not modelled.
constexpr std::array<std::string_view, 64> others{"access check cache bucket count",
                                                  "access check cache quota",
                                                  "Ad Hoc Distributed Queries",
                                                  "affinity I/O mask",
                                                  "affinity mask",
                                                  "affinity64 I/O mask",
                                                  "affinity64 mask",
                                                  "Agent XPs",
                                                  "allow polybase export",
                                                  "allow updates",
                                                  "automatic soft-NUMA disabled",
                                                  "backup checksum default",
                                                  "backup compression default",
                                                  "blocked process threshold (s)",
                                                  "c2 audit mode",
                                                  "clr enabled",
                                                  "clr strict security",
                                                  "cost threshold for parallelism",
                                                  "cross db ownership chaining",
                                                  "cursor threshold",
                                                  "Database Mail XPs",
                                                  "default full-text language",
                                                  "default language",
                                                  "default trace enabled",
                                                  "disallow results from triggers",
                                                  "external scripts enabled",
                                                  "filestream access level",
                                                  "fill factor (%)",
                                                  "hadoop connectivity",
                                                  "in-doubt xact resolution",
                                                  "index create memory (KB)",
                                                  "lightweight pooling",
                                                  "locks",
                                                  "max degree of parallelism",
                                                  "max server memory (MB)",
                                                  "max text repl size (B)",
                                                  "max worker threads",
                                                  "media retention",
                                                  "min memory per query (KB)",
                                                  "min server memory (MB)",
                                                  "nested triggers",
                                                  "network packet size (B)",
                                                  "Ole Automation Procedures",
                                                  "open objects",
                                                  "optimize for ad hoc workloads",
                                                  "polybase enabled",
                                                  "priority boost",
                                                  "query governor cost limit",
                                                  "query wait (s)",
                                                  "recovery interval (min)",
                                                  "remote access",
                                                  "remote admin connections",
                                                  "remote login timeout (s)",
                                                  "remote proc trans",
                                                  "remote query timeout (s)",
                                                  "Replication XPs",
                                                  "scan for startup procs",
                                                  "server trigger recursion",
                                                  "SMO and DMO XPs",
                                                  "tempdb metadata memory-optimized",
                                                  "two digit year cutoff",
                                                  "user connections",
                                                  "user options",
                                                  "xp_cmdshell"};

setting_record setting_of(const engine& owner, std::string_view name) {
    const auto& changed = owner.catalog_.settings();
    const auto at = changed.find(name);
    return at == changed.end() ? setting_record{std::string{name}, 0, 0} : at->second;
}

// Documented: any part of a name that no other one has will do.
std::vector<std::string_view> fitting(const std::string& part) {
    std::vector<std::string_view> all{others.begin(), others.end()};
    for (const auto& one : modelled) all.push_back(one.name);
    std::vector<std::string_view> made;
    for (const auto name : all) {
        if (same_name(name, part)) return {name};
        if (lower(name).find(lower(part)) != std::string::npos) made.push_back(name);
    }
    return made;
}

bool is_modelled(std::string_view name) {
    return std::any_of(
        modelled.begin(), modelled.end(), [&](const auto& one) { return one.name == name; });
}

bool may_change(const engine& owner, const session_state& session) {
    return owner.is_administrator(session) || owner.is_granted(session, "ALTER SETTINGS") ||
           owner.is_granted(session, "CONTROL SERVER");
}

sql_error not_permitted() {
    return error_of(15247, "User does not have permission to perform this action.");
}

progress shown(engine& owner, const session_state& session, std::string_view only) {
    view_maker made;
    for (const auto& one : modelled) {
        if (!only.empty() && one.name != only) continue;
        const auto now = setting_of(owner, one.name);
        made.begin();
        made.text("name", now.name, 35).number("minimum", 0).number("maximum", 1);
        made.number("config_value", now.configured).number("run_value", now.in_use);
    }
    return answered(owner, session, made.done());
}

bool any_contained_database(const engine& owner) {
    return std::any_of(owner.databases_.begin(), owner.databases_.end(), [&](const auto& entry) {
        return is_contained(owner, entry.second.about.name);
    });
}

}  // namespace

shared_rows configurations(const engine& owner) {
    return each(modelled, [&](view_maker& made, const known_setting& one) {
        if (one.name.empty()) return;
        const auto now = setting_of(owner, one.name);
        made.number("configuration_id", one.id).text("name", now.name, 35);
        const auto variant = [](std::int64_t number) {
            return as_variant(value{number}, {column_kind::integer, 4, 25, 0});
        };
        const column_type type{column_kind::variant, 8016, 25, 0};
        made.put("value", type, variant(now.configured)).put("minimum", type, variant(0));
        made.put("maximum", type, variant(1)).put("value_in_use", type, variant(now.in_use));
        made.text("description", one.description, 255);
        made.bit("is_dynamic", true).bit("is_advanced", false);
    });
}

std::int64_t engine::setting_in_use(std::string_view name) const {
    return setting_of(*this, name).in_use;
}

progress engine::configure(session_state& session, const std::vector<parameter>& all) {
    const auto* name = argument(all, "@configname", 0);
    const auto* wanted = argument(all, "@configvalue", 1);
    if (name == nullptr || is_null(name->contents)) return shown(*this, session, {});
    const std::string asked = text_of(name->contents);
    const auto found = fitting(asked);
    if (found.empty()) return failed_with(numbered(15123, {asked}));
    if (found.size() > 1) return failed_with(numbered(15124, {asked}));
    const std::string fits{found.front()};
    if (!is_modelled(fits)) return failed_with(statement_not_modelled("sp_configure " + fits));
    if (wanted == nullptr || is_null(wanted->contents)) return shown(*this, session, fits);
    if (!may_change(*this, session)) return failed_with(not_permitted());
    // Documented: from inside of a contained group options are read alone. assumption: its number.
    if (!session.contained_group.empty()) return failed_with(numbered(7876));
    const auto number = convert(wanted->contents, {column_kind::integer, 4, 25, 0});
    if (!number) return failed_with(number.error());
    auto changed = setting_of(*this, fits);
    const std::int64_t before = changed.configured;
    changed.configured = std::get<std::int64_t>(*number);
    const std::string now = std::to_string(changed.configured);
    if (changed.configured != 0 && changed.configured != 1)
        return failed_with(numbered(15129, {now, fits}));
    const std::string told = "Configuration option '" + fits + "' changed from " +
                             std::to_string(before) + " to " + now +
                             ". Run the RECONFIGURE statement to install.";
    say(session, {15457, 1, 0, told, "sp_configure", session.line});
    errorlog(told);
    statement_end silent;
    silent.silent = true;
    return until_hardened(append(changed), silent);
}

// assumption: what 12826 tells is told in the errorlog alone.
progress engine::reconfigure(session_state& session, const definition_statement& what) {
    if (!may_change(*this, session)) return failed_with(not_permitted());
    if (!session.contained_group.empty()) return failed_with(numbered(7876));
    if (session.transaction.depth > 0) return failed_with(numbered(574, {"CONFIG"}));
    const auto wanted = setting_of(*this, contained_authentication);
    const bool ends = wanted.in_use != 0 && wanted.configured == 0 && any_contained_database(*this);
    if (ends && what.action != "OVERRIDE") return failed_with(numbered(12818));
    if (ends) errorlog(numbered(12826).text);
    log_position last = last_position_;
    for (const auto& one : modelled) {
        auto changed = setting_of(*this, one.name);
        if (changed.in_use == changed.configured) continue;
        changed.in_use = changed.configured;
        last = append(changed);
    }
    return until_hardened(last);
}

}  // namespace ha::mssqlsim
