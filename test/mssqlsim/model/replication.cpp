// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/contained.hpp"
#include "test/mssqlsim/model/database_users.hpp"
#include "test/mssqlsim/model/edition.hpp"

#include <algorithm>

// Log from a primary to its followers: attaching, sending, hardening, redo, undo, seeding.

namespace ha::mssqlsim {

namespace {

constexpr std::int64_t block_transactions = 256;
// The engine's flow control for each database; what has to wait for it is the send queue.
constexpr std::size_t blocks_in_flight = 112;

}  // namespace

// --- SECONDARY

// assumption: a SECONDARY attaches to the PRIMARY it finds with the highest sequence number, and
// from then on to this turn of that replica only, until it is told its role anew. In a group
// without a cluster, to any turn of it: nobody would tell it again after the primary was restarted.
void engine::look_for_primary(group_state& group) {
    if (group.role != replica_role::secondary || group.link) return;
    const bool clusterless = group.configuration.type == cluster_type::none;
    const link_state* best = nullptr;
    const group_news* best_news = nullptr;
    for (const auto& [number, one] : links_) {
        const auto at = one.news.find(group.configuration.id);
        if (!one.greeted || at == one.news.end() || at->second.role != replica_role::primary)
            continue;
        const bool other = clusterless ? at->second.replica_id != group.followed_replica
                                       : at->second.promotion != group.followed;
        if (!group.followed.empty() && other) continue;
        if (best_news == nullptr || at->second.sequence_number > best_news->sequence_number)
            best = &one, best_news = &at->second;
    }
    if (best == nullptr) return;
    group.link = best->number;
    group.followed = best_news->promotion;
    group.followed_replica = best_news->replica_id;
    group.attached_databases.clear();
    group.primary_end.clear();
    follow_request asked{group.configuration.id, group.followed, group.may_create_databases, {}};
    for (const auto& [name, one] : databases_)
        if (one.about.group_id == group.configuration.id)
            asked.databases.push_back({one.about.group_database_id, one.end(), one.forks});
    send(*group.link, std::move(asked));
}

void engine::detach(group_state& group) {
    group.link.reset();
    group.attached_databases.clear();
    group.reverting.clear();
    group.initializing.clear();
    group.primary_end.clear();
}

void engine::take_offer(group_state& group,
                        const link_state& link,
                        const configuration_offer& offer) {
    if (group.role != replica_role::secondary || group.link != link.number ||
        offer.promotion != group.followed)
        return;
    take_configuration(group, offer);
}

void engine::take_configuration(group_state& group, const configuration_offer& offer) {
    group.configuration = offer.configuration;
    group.uncommitted = offer.uncommitted;
    if (const auto* self = group.configuration.replica(options_.server_name))
        group.own_id = self->id;
    // assumption: a database that the group does not have any more, or never came to have, is
    // RESTORING here and in no group.
    for (auto& [name, one] : databases_) {
        if (one.about.group_id != group.configuration.id) continue;
        if (group.configuration.database(one.about.group_database_id) != nullptr) continue;
        one.about.group_id.clear();
        one.about.group_database_id.clear();
        one.about.restoring = true;
        append(one.about);
    }
    for (auto& [name, one] : databases_) {  // databases that an earlier membership left behind
        if (!one.about.restoring || !one.about.group_id.empty()) continue;
        if (group.configuration.database(one.about.group_database_id) == nullptr) continue;
        one.about.group_id = group.configuration.id;
        append(one.about);
    }
    save_group(group);
}

// Keeps what it has in common with the primary; the rest of its log never was. Without the
// database, it is made here (seeding).
void engine::take_answer(group_state& group, const follow_answer& answer) {
    if (group.role != replica_role::secondary || answer.promotion != group.followed || !group.link)
        return;
    auto* local = database_by_group_id(answer.group_database_id);
    if (local == nullptr) {
        if (database(answer.database) != nullptr || !group.may_create_databases) return;
        database_record about;
        about.name = answer.database;
        about.id = next_database_id();
        about.create_date = utc();
        about.restoring = true;
        about.backed_up = true;
        about.group_id = group.configuration.id;
        about.group_database_id = answer.group_database_id;
        local = &databases_[about.name];
        local->about = about;
        store_->create_database(about.name);
        append(about);
    }
    if (suspends_by_force(group, *local, answer)) return;
    if (answer.common_lsn < local->end()) {
        errorlog("Database '" + local->about.name +
                 "': log after the recovery fork point is undone.");
        if (faults_.slow_reverting > duration{}) {
            group.reverting[answer.group_database_id] = {answer.common_lsn,
                                                         now_ + faults_.slow_reverting};
            group.half_undone.insert(answer.group_database_id);
            return;
        }
        undo(*local, answer.common_lsn);
        group.half_undone.erase(answer.group_database_id);
    }
    attach(group, *local);
}

void engine::attach(group_state& group, database_state& local) {
    if (local.about.suspended != suspension::none || damage_of(local) != database_damage::none)
        return tell_stopped(group, local);
    group.attached_databases.insert(local.about.group_database_id);
    tell_hardened(group, local.about.group_database_id);
}

void engine::finish_reverting(group_state& group) {
    std::vector<std::string> due;
    for (const auto& [id, one] : group.reverting)
        if (now_ >= one.due) due.push_back(id);
    for (const auto& id : due) {
        const auto common = group.reverting.at(id).common_lsn;
        group.reverting.erase(id);
        auto* local = database_by_group_id(id);
        if (local == nullptr) continue;
        undo(*local, common);
        group.half_undone.erase(id);
        group.initializing.insert(id);
        attach(group, *local);
    }
}

void engine::take_block(group_state& group, const log_block& block) {
    if (group.role != replica_role::secondary || block.promotion != group.followed || !group.link)
        return;
    auto* local = database_by_group_id(block.group_database_id);
    if (local == nullptr || !group.attached_databases.contains(block.group_database_id)) return;
    group.primary_end[block.group_database_id] = block.end_of_log;
    if (!block.transactions.empty() && suspends_without_disk(group, *local)) return;
    for (const auto& next : block.transactions) {
        if (next.lsn != local->end() + 1) continue;
        transaction_record record = next;
        record.database = local->about.name;
        local->add(record, last_position_ + 1);
        append(std::move(record));
    }
    if (local->end() >= block.end_of_log) group.initializing.erase(block.group_database_id);
    if (local->about.restoring && local->end() >= block.end_of_log) {
        local->about.restoring = false;
        append(local->about);
    }
}

void engine::tell_hardened(group_state& group, const std::string& group_database_id) {
    const auto* local = database_by_group_id(group_database_id);
    if (group.role != replica_role::secondary || !group.link || local == nullptr ||
        !group.attached_databases.contains(group_database_id))
        return;
    send(*group.link,
         log_hardened{group.configuration.id,
                      group.followed,
                      group_database_id,
                      local->hardened,
                      local->redone,
                      suspension::none,
                      false});
}

void engine::tell_stopped(group_state& group, const database_state& database) {
    if (!group.link) return;
    send(*group.link,
         log_hardened{group.configuration.id,
                      group.followed,
                      database.about.group_database_id,
                      database.hardened,
                      database.redone,
                      database.about.suspended,
                      damage_of(database) != database_damage::none});
}

void engine::redo(database_state& target, std::int64_t lsn) {
    for (; target.redone < std::min(lsn, target.end()); ++target.redone) {
        const auto& changes = target.log[static_cast<std::size_t>(target.redone)].changes;
        make_hidden_tables(*store_, target.about.name, changes);
        store_->apply(target.about.name, changes);
    }
}

void engine::undo(database_state& target, std::int64_t lsn) {
    for (; target.redone > lsn; --target.redone)
        store_->revert(target.about.name,
                       target.log[static_cast<std::size_t>(target.redone - 1)].changes);
    target.cut(lsn);
    append(undo_record{target.about.name, lsn});
}

// --- PRIMARY

void engine::add_follower(group_state& group, const link_state& link, const follow_request& asked) {
    const auto* replica = group.configuration.replica(link.peer);
    if (group.role != replica_role::primary || asked.promotion != group.promotion) return;
    if (replica == nullptr) return tell_removed(group);
    follower made;
    made.link = link.number;
    made.may_create_databases = asked.may_create_databases;
    made.reads_our_log = reads_log_of(options_, link.peer_version, options_.product_version);
    for (const auto& theirs : asked.databases) {
        const auto* local = database_by_group_id(theirs.group_database_id);
        if (local == nullptr || !made.reads_our_log) continue;
        follower_database there;
        there.sent = local->common_with(theirs.forks, theirs.hardened_lsn);
        group.reached[replica->id][theirs.group_database_id] = there.sent;
        there.reverting = there.sent < theirs.hardened_lsn;
        made.databases[theirs.group_database_id] = there;
    }
    const std::string id = replica->id;
    if (!made.reads_our_log)
        errorlog("The replica '" + link.peer + "' of availability group '" +
                 group.configuration.name + "' runs version " + link.peer_version +
                 ", which cannot read the log of version " + options_.product_version + ".");
    group.followers[id] = std::move(made);
    send(link.number,
         configuration_offer{group.configuration, group.uncommitted, false, group.promotion});
    for (const auto& [database_id, there] : group.followers[id].databases)
        send(link.number,
             follow_answer{group.configuration.id,
                           group.promotion,
                           database_id,
                           {},
                           there.sent,
                           false,
                           has_to_suspend(group, id, database_id)});
    offer_databases(group, id);
    errorlog("A connection for availability group '" + group.configuration.name +
             "' with the replica '" + link.peer + "' has been successfully established.");
}

// Databases that a follower does not have are seeded if both sides want it.
void engine::offer_databases(group_state& group, const std::string& replica_id) {
    const auto* replica = group.configuration.replica(replica_id);
    const auto at = group.followers.find(replica_id);
    if (replica == nullptr || at == group.followers.end() || !replica->has_data()) return;
    if (!at->second.reads_our_log) return;
    for (const auto& one : group.configuration.databases) {
        const auto* local = database_by_group_id(one.id);
        if (at->second.databases.contains(one.id) || local == nullptr) continue;
        // Documented: a contained group's own databases are seeded in any case.
        const bool seeds =
            replica->automatic_seeding || is_contained_database(group.configuration, one.name);
        if (!seeds || !at->second.may_create_databases) continue;
        follower_database there;
        there.seeding = true;
        at->second.databases[one.id] = there;
        group.seedings.push_back({replica_id, one.id, make_guid(), utc(), {}, "SEEDING"});
        send(at->second.link,
             follow_answer{group.configuration.id,
                           group.promotion,
                           one.id,
                           local->about.name,
                           0,
                           true,
                           false});
    }
}

void engine::send_log(group_state& group) {
    if (group.role != replica_role::primary) return;
    for (auto& [replica_id, one] : group.followers) {
        for (auto& [database_id, there] : one.databases) {
            const auto* local = database_by_group_id(database_id);
            if (local == nullptr || !there.ready || there.sent >= local->end()) continue;
            auto& flying = there.in_flight;
            while (!flying.empty() && flying.front() <= there.hardened) flying.pop_front();
            while (there.sent < local->end() && flying.size() < blocks_in_flight) {
                log_block block{
                    group.configuration.id, group.promotion, database_id, {}, local->end()};
                const std::int64_t last = std::min(local->end(), there.sent + block_transactions);
                block.transactions.assign(local->log.begin() + there.sent,
                                          local->log.begin() + last);
                there.sent = last;
                flying.push_back(last);
                send(one.link, std::move(block));
            }
        }
    }
}

void engine::lose_follower(group_state& group, const std::string& replica_id) {
    if (group.followers.erase(replica_id) == 0) return;
    for (auto& seeding : group.seedings)
        if (seeding.replica_id == replica_id && seeding.state == "SEEDING")
            seeding.state = "FAILED";
    const auto* replica = group.configuration.replica(replica_id);
    errorlog("A connection for availability group '" + group.configuration.name +
             "' with the replica '" + (replica == nullptr ? replica_id : replica->name) +
             "' has been terminated.");
}

}  // namespace ha::mssqlsim
