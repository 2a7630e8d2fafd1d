// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/contained.hpp"
#include "test/mssqlsim/model/edition.hpp"
#include "test/mssqlsim/model/engine.hpp"
#include "test/mssqlsim/model/error_texts.hpp"
#include "test/mssqlsim/model/group_options.hpp"
#include "test/mssqlsim/model/routing.hpp"

#include <algorithm>
#include <cstdlib>
#include <set>

// CREATE, JOIN and DROP AVAILABILITY GROUP, and what every group statement needs.

namespace ha::mssqlsim {

namespace {

std::int64_t seconds_of(const definition_option& given) {
    return given.is_string ? 0 : std::strtoll(given.text.c_str(), nullptr, 10);
}

sql_error in_transaction() {
    return error_of(
        226, "ALTER AVAILABILITY GROUP statement not allowed within multi-statement transaction.");
}

class group_creation {
public:
    group_creation(engine& owner, const definition_statement& what) : owner_(owner), what_(what) {}

    progress run() {
        if (owner_.group(what_.name) != nullptr) return failed_with(numbered(41114, {what_.name}));
        made_.id = owner_.make_guid();
        made_.name = what_.name;
        made_.type = cluster_type::wsfc;
        std::int64_t lease = 0;
        if (auto bad = read_options(lease)) return failed_with(*bad);
        if (auto bad = refuses_group(owner_.options_, made_)) return failed_with(*bad);
        if (auto bad = read_replicas()) return failed_with(*bad);
        if (auto bad = refuses_count()) return failed_with(*bad);
        if (auto bad = check_group(made_)) return failed_with(*bad);
        if (auto bad = refuses_contained(owner_, what_, words_)) return failed_with(*bad);
        const auto* self = made_.replica(owner_.options_.server_name);
        if (self == nullptr) return failed_with(numbered(35237, {what_.name}));
        if (const auto twice = repeated_database()) return failed_with(numbered(35234, {*twice}));
        for (const auto& name : what_.names)
            if (owner_.database(name) == nullptr)
                return failed_with(numbered(35238, {name, what_.name}));
        if (auto bad = refuses_databases(made_, what_.names.size())) return failed_with(*bad);
        return create(self->id, lease);
    }

private:
    std::optional<std::string> repeated_database() const {
        std::set<std::string, less_name> seen;
        for (const auto& name : what_.names)
            if (!seen.insert(name).second) return name;
        return {};
    }

    // assumption: nothing stands where 35233 has a place for a word.
    std::optional<sql_error> refuses_count() const {
        const auto count = replicas_with_data(made_);
        if (count <= replicas_most(made_)) return {};
        return numbered(35233, {std::to_string(count), "", std::to_string(replicas_most(made_))});
    }

    // Backups of a basic group are those of its primary.
    std::optional<sql_error> read_options(std::int64_t& lease) {
        const auto words = read_words(owner_.options_, what_);
        if (!words) return words.error();
        words_ = *words;
        made_.basic = words_.basic;
        made_.contained = words_.contained;
        if (made_.basic) made_.backup_preference = 0;
        for (const auto& one : what_.options) {
            if (is_word(one, "BASIC") || is_word(one, "CONTAINED") ||
                is_word(one, "REUSE_SYSTEM_DATABASES"))
                continue;
            if (one.name == "CLUSTER_TYPE") {
                made_.type = one.text == "EXTERNAL"
                                 ? cluster_type::external
                                 : (one.text == "NONE" ? cluster_type::none : cluster_type::wsfc);
            } else if (one.name == "WRITE_LEASE_VALIDITY") {
                lease = seconds_of(one);
                if (lease <= 0) return numbered(47117, {"WRITE_LEASE_VALIDITY", made_.name});
                made_.write_lease = true;
            } else if (auto bad = set_group_option(made_, one)) {
                return bad;
            }
        }
        if (made_.type != cluster_type::wsfc) return {};
        // assumption: nobody asks the double for groups of a Windows cluster.
        return numbered(41199, {"WSFC"});
    }

    std::optional<sql_error> read_replicas() {
        for (const auto& given : what_.replicas) {
            if (made_.replica(given.text) != nullptr) return named_twice(given.text);
            group_replica next;
            next.id = owner_.make_guid();
            next.name = given.text;
            next.create_date = next.modify_date = owner_.utc();
            if (auto bad = set_replica_options(made_, next, given, true)) return bad;
            made_.replicas.push_back(std::move(next));
        }
        return check_routing_lists(made_, {});
    }

    progress create(const std::string& own_id, std::int64_t lease) {
        made_.sequence_number = std::int64_t{1} << 32U;
        made_.primary_version = owner_.options_.product_version;
        group_state fresh;
        fresh.configuration = std::move(made_);
        fresh.own_id = own_id;
        fresh.role = replica_role::resolving;
        fresh.was_primary = true;
        fresh.promotion = owner_.make_guid();
        fresh.primary_since = owner_.now_;
        if (lease > 0) fresh.lease_end = owner_.now_ + std::chrono::seconds{lease};
        const std::string id = fresh.configuration.id;
        auto& stored = owner_.groups_[id] = std::move(fresh);
        owner_.become(stored, replica_role::primary);
        owner_.propose(stored, stored.configuration);
        progress end = owner_.until_hardened(owner_.last_position_);
        std::vector<std::string> names;
        if (words_.contained) {
            names = contained_databases(what_.name);
            make_contained_databases(owner_, what_.name);
        }
        names.insert(names.end(), what_.names.begin(), what_.names.end());
        for (const auto& name : names) {
            definition_statement add;
            add.verb = "ALTER AVAILABILITY GROUP";
            add.action = "ADD DATABASE";
            add.names = {name};
            session_state nobody;
            end = owner_.alter_group(nobody, add, stored);
            if (const auto* done = std::get_if<statement_end>(&end);
                done != nullptr && done->error) {
                owner_.append(group_record{stored.configuration, false, false, false, true});
                owner_.groups_.erase(id);
                return end;
            }
        }
        return end;
    }

    engine& owner_;
    const definition_statement& what_;
    group_configuration made_;
    group_words words_;
};

}  // namespace

namespace {

// Is this edition one for the replica that the group has here?
std::optional<sql_error> refuses_offer(const engine& owner, const configuration_offer& offer) {
    const auto* own = offer.configuration.replica(owner.options_.server_name);
    if (own == nullptr) return {};
    return refuses_replica(owner.options_, offer.configuration, *own);
}

progress join(engine& owner, const definition_statement& what) {
    const auto* given = option(what.options, "CLUSTER_TYPE");
    if (given == nullptr || (given->text != "EXTERNAL" && given->text != "NONE"))
        return failed_with(numbered(47100, {what.name}));
    const auto type = given->text == "NONE" ? cluster_type::none : cluster_type::external;
    if (owner.group(what.name) != nullptr) return failed_with(numbered(41106, {what.name}));
    const std::string name = what.name;
    owner.joins_[name].reset();
    for (const auto& [number, link] : owner.links_)
        if (link.greeted) owner.send(number, configuration_request{name});
    const instant limit = owner.now_ + owner.options_.delays.join_limit;
    const auto position = std::make_shared<log_position>(0);
    return statement_wait{
        [&owner, name, type, limit, position](instant now) -> std::optional<statement_end> {
            if (*position != 0)
                return owner.is_hardened(*position) ? std::optional<statement_end>{statement_end{}}
                                                    : std::nullopt;
            auto& offer = owner.joins_[name];
            if (offer && offer->configuration.type != type) {
                owner.joins_.erase(name);
                return failed_with(numbered(47100, {name}));
            }
            if (auto bad = offer ? refuses_offer(owner, *offer) : std::nullopt) {
                owner.joins_.erase(name);
                return failed_with(*bad);
            }
            if (offer) {
                group_state fresh;
                auto& stored = owner.groups_[offer->configuration.id] = std::move(fresh);
                owner.take_configuration(stored, *offer);
                owner.joins_.erase(name);
                owner.tell_news(stored);
                owner.resume_role(stored);
                *position = owner.last_position_;
                return {};
            }
            if (now < limit) return {};
            owner.joins_.erase(name);
            return failed_with(numbered(47106, {name}));
        },
        limit};
}

progress drop(engine& owner, group_state& group) {
    const bool was_primary = group.role == replica_role::primary;
    owner.detach(group);
    if (was_primary)
        owner.leave_primary(
            group, "Availability group '" + group.configuration.name + "' is being dropped.");
    for (auto& [name, one] : owner.databases_) {
        if (one.about.group_id != group.configuration.id) continue;
        one.about.group_id.clear();
        one.about.restoring = !was_primary;
        if (was_primary) owner.redo(one, one.end());
        owner.append(one.about);
    }
    const auto position =
        owner.append(group_record{group.configuration, false, false, false, true});
    const std::string id = group.configuration.id;
    owner.groups_.erase(id);
    for (auto& [number, link] : owner.links_)
        if (link.greeted) owner.send(number, group_news{id, {}, replica_role::resolving, {}, 0, 0});
    return owner.until_hardened(position);
}

}  // namespace

progress engine::define_group(session_state& session, const definition_statement& what) {
    const std::string verb = lower(what.verb.substr(0, what.verb.find(' ')));
    if (!options_.hadr_enabled) return failed_with(numbered(47105));
    if (!same_name(session.database, "master")) return failed_with(numbered(35208));
    if (session.transaction.depth > 0) return failed_with(in_transaction());
    if (what.verb == "CREATE AVAILABILITY GROUP") return group_creation{*this, what}.run();
    if (what.action == "JOIN") return join(*this, what);
    auto* known = group(what.name);
    if (known == nullptr) return failed_with(no_such_group(verb, what.name));
    if (what.verb == "DROP AVAILABILITY GROUP") return drop(*this, *known);
    return alter_group(session, what, *known);
}

// A primary that has the asker among its replicas gives its configuration.
void engine::answer_join(const link_state& link, const configuration_request& asked) {
    const auto* known = group(asked.group_name);
    if (known == nullptr || known->role != replica_role::primary) return;
    if (known->configuration.replica(link.peer) == nullptr) return;
    send(link.number,
         configuration_offer{known->configuration, known->uncommitted, true, known->promotion});
}

void engine::take_any_offer(const link_state& link, const configuration_offer& offer) {
    if (offer.answers_join) {
        const auto waiting = joins_.find(offer.configuration.name);
        if (waiting != joins_.end() && !waiting->second) waiting->second = offer;
        return;
    }
    auto* known = group(offer.configuration.id);
    if (known == nullptr) return;
    if (offer.configuration.replica(options_.server_name) != nullptr)
        take_offer(*known, link, offer);
    else if (offer.configuration.sequence_number > known->configuration.sequence_number)
        leave_group(*known);
}

}  // namespace ha::mssqlsim
