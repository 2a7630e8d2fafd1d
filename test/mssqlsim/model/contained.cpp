// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/contained.hpp"

#include "test/mssqlsim/model/contained_catalog.hpp"
#include "test/mssqlsim/model/edition.hpp"
#include "test/mssqlsim/model/error_texts.hpp"
#include "test/mssqlsim/model/not_modelled.hpp"
#include "test/mssqlsim/model/routing.hpp"

#include <algorithm>
#include <cstdlib>

namespace ha::mssqlsim {

namespace {

constexpr int first_with_contained_groups = 16;

bool has_word(const definition_statement& what, const char* word) {
    return std::any_of(what.options.begin(), what.options.end(), [&](const auto& one) {
        return is_word(one, word);
    });
}

tl::unexpected<sql_error> no(sql_error why) {
    return tl::unexpected(std::move(why));
}

}  // namespace

bool is_word(const definition_option& given, const char* word) {
    return given.name == word && given.text.empty() && given.inner.empty();
}

sql_result<group_words> read_words(const instance_options& options,
                                   const definition_statement& what) {
    constexpr const char* reuse = "REUSE_SYSTEM_DATABASES";
    constexpr const char* seed = "AUTOSEEDING_SYSTEM_DATABASES";
    group_words made;
    made.basic = has_word(what, "BASIC");
    made.contained = has_word(what, "CONTAINED");
    made.reuses_databases = has_word(what, reuse);
    const bool seeds = has_word(what, seed);
    if (has_word(what, "DISTRIBUTED")) return no(option_not_modelled("DISTRIBUTED"));
    const bool asked = made.contained || made.reuses_databases || seeds;
    if (asked && std::atoi(options.product_version.c_str()) < first_with_contained_groups)
        return no(error_of(102, "Incorrect syntax near 'CONTAINED'.", 15));
    if (!made.contained && made.reuses_databases) return no(numbered(47143, {what.name}));
    if (!made.contained && seeds) return no(numbered(47144, {what.name}));
    if (seeds && made.reuses_databases) return no(numbered(47150, {what.name}));
    if (seeds) return no(option_not_modelled(seed));
    if (made.contained && edition_of(options).groups == group_support::basic)
        return no(numbered(47151, {what.name}));
    return made;
}

std::vector<std::string> contained_databases(const std::string& group) {
    return {group + "_master", group + "_msdb"};
}

bool is_contained_database(const group_configuration& group, const std::string& database) {
    const auto own = contained_databases(group.name);
    return group.contained && std::any_of(own.begin(), own.end(), [&](const auto& one) {
               return same_name(one, database);
           });
}

std::optional<sql_error> refuses_contained(const engine& owner,
                                           const definition_statement& what,
                                           const group_words& words) {
    if (!words.contained) return {};
    for (const auto& name : what.names)
        if (same_name(name, "master") || same_name(name, "msdb"))
            return numbered(47147, {what.name});
    if (words.reuses_databases) return {};
    for (const auto& name : contained_databases(what.name))
        if (owner.database(name) != nullptr) return numbered(47142, {what.name, name});
    return {};
}

// assumption: one that is to be used again and is not there is made.
void make_contained_databases(engine& owner, const std::string& group) {
    for (const auto& name : contained_databases(group)) {
        if (owner.database(name) != nullptr) continue;
        database_record about;
        about.name = name;
        about.id = owner.next_database_id();
        about.create_date = owner.utc();
        about.backed_up = true;
        auto& made = owner.databases_[name];
        made.about = about;
        made.fork = owner.make_guid();
        owner.store_->create_database(name);
        owner.append(about);
        if (same_name(name, contained_databases(group).front())) copy_administrators(owner, name);
    }
}

const group_state* entered_group(const engine& owner,
                                 const login_request& who,
                                 const std::string& database) {
    const auto* wanted = owner.database(database);
    const auto* its = wanted == nullptr ? nullptr : owner.group_of(*wanted);
    if (its != nullptr && its->configuration.contained) return its;
    for (const auto& [id, one] : owner.groups_)
        if (one.configuration.contained && came_to_listener(one.configuration, who)) return &one;
    return nullptr;
}

std::optional<sql_error> refuses_inside(const engine& owner,
                                        const session_state& session,
                                        const definition_statement& what) {
    if (session.contained_group.empty() || what.verb == "KILL" || what.verb == "SHUTDOWN")
        return {};
    if (what.verb.starts_with("BACKUP")) {
        const auto* target = owner.database(what.name);
        const auto* its = target == nullptr ? nullptr : owner.group_of(*target);
        if (its != nullptr && its->role == replica_role::secondary) return numbered(7877);
        return {};
    }
    if (what.action == "FROM CERTIFICATE") return statement_not_modelled("LOGIN FROM CERTIFICATE");
    if (what.verb.ends_with(" LOGIN") || what.verb.ends_with(" USER") ||
        what.verb == "ALTER SERVER ROLE" || what.verb.find(' ') == std::string::npos)
        return {};
    if (what.verb.ends_with("AVAILABILITY GROUP") || what.verb.ends_with(" ENDPOINT") ||
        what.verb.ends_with(" DATABASE"))
        return numbered(7876);
    return statement_not_modelled(what.verb);
}

}  // namespace ha::mssqlsim
