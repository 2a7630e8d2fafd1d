// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/engine.hpp"

#include <algorithm>

// Connections between endpoints: who dials whom, who has fallen silent. Who is let in:
// handshake.cpp.

namespace ha::mssqlsim {

namespace {

constexpr duration ping_after = std::chrono::seconds{3};
constexpr duration silent_after = std::chrono::seconds{10};

}  // namespace

const link_state* engine::link_to(const std::string& peer) const {
    const link_state* found = nullptr;
    for (const auto& [number, one] : links_)
        if (same_name(one.greeted ? one.peer : one.wanted, peer) &&
            (found == nullptr || one.greeted))
            found = &one;
    return found;
}

// A replica dials those with a greater name; a PRIMARY dials everybody, for a replica that has not
// joined yet knows nobody.
bool engine::must_dial(const group_state& group, const group_replica& replica) const {
    if (replica.id == group.own_id) return false;
    return (group.role == replica_role::primary ||
            compare_text(options_.server_name, replica.name) < 0) &&
           link_to(replica.name) == nullptr;
}

instant engine::next_dial() const {
    instant soonest = instant::max();
    if (!endpoint_works()) return soonest;
    for (const auto& [id, one] : groups_)
        for (const auto& replica : one.configuration.replicas) {
            if (!must_dial(one, replica)) continue;
            const auto planned = next_dial_.find(replica.name);
            soonest = std::min(soonest, planned == next_dial_.end() ? now_ : planned->second);
        }
    return soonest;
}

instant engine::when_link_timers_are_due() const {
    instant soonest = next_dial();
    for (const auto& [number, one] : links_) {
        soonest = std::min(soonest, one.heard + silent_after);
        if (one.greeted) soonest = std::min(soonest, one.spoke + ping_after);
    }
    return soonest;
}

void engine::send(link_number number, peer_message message) {
    const auto at = links_.find(number);
    if (at == links_.end() || !at->second.connected) return;
    at->second.spoke = now_;
    emit(to_peer{number, std::move(message)});
}

bool engine::endpoint_works() const {
    const auto* door = catalog_.endpoint();
    return door != nullptr && door->state == 0 && !faults_.endpoint_down;
}

// The fault came or went: what the catalog says of the endpoint is as it was.
void engine::follow_endpoint_fault() {
    if (endpoint_was_down_ == faults_.endpoint_down) return;
    endpoint_was_down_ = faults_.endpoint_down;
    const auto* door = catalog_.endpoint();
    if (door == nullptr || door->state != 0) return;
    errorlog(endpoint_was_down_
                 ? "The Database Mirroring endpoint has stopped listening for connections."
                 : "The Database Mirroring endpoint is now listening for connections.");
    if (endpoint_was_down_) drop_all_links();
    next_dial_.clear();
    emit(endpoint_listens{endpoint_was_down_ ? std::uint16_t{0} : door->port});
}

void engine::start_endpoint(bool started) {
    if (!started || faults_.endpoint_down) {
        drop_all_links();
        emit(endpoint_listens{0});
        return;
    }
    ++endpoint_starts_;
    next_dial_.clear();
    emit(endpoint_listens{catalog_.endpoint()->port});
}

void engine::drop_link(link_number number) {
    if (!links_.contains(number)) return;
    emit(hang_up{number});
    disconnected(number, "An error occurred while receiving data: the connection was closed.");
}

void engine::drop_all_links() {
    while (!links_.empty()) drop_link(links_.begin()->first);
}

std::optional<link_number> engine::accept_peer() {
    if (stopped_ || !ready_ || !endpoint_works()) return {};
    const link_number number = next_link_++;
    link_state made;
    made.number = number;
    links_[number] = made;
    connected(number);
    return number;
}

void engine::disconnected(link_number number, const std::string& why) {
    const auto at = links_.find(number);
    if (at == links_.end()) return;
    const link_state lost = at->second;
    links_.erase(at);
    const std::string& peer = lost.greeted ? lost.peer : lost.wanted;
    if (peer.empty()) return;
    connect_troubles_[lower(peer)] = {10061, why, utc()};
    if (auto& next = next_dial_[peer]; next < now_ + options_.delays.redial)
        next = now_ + options_.delays.redial;
    for (auto& [id, one] : groups_) {
        if (one.link == number) detach(one);
        if (const auto* replica = one.configuration.replica(peer)) {
            const auto known = one.followers.find(replica->id);
            if (known != one.followers.end() && known->second.link == number)
                lose_follower(one, replica->id);
        }
        look_for_primary(one);
    }
}

void engine::tell_news(const group_state& group) {
    for (const auto& [number, one] : links_) {
        if (!one.greeted) continue;
        const auto age =
            std::chrono::duration_cast<std::chrono::milliseconds>(now_ - group.primary_since);
        send(number,
             group_news{group.configuration.id,
                        group.own_id,
                        group.role,
                        group.promotion,
                        group.role == replica_role::primary ? age.count() : 0,
                        group.configuration.sequence_number});
    }
}

void engine::link_timers() {
    if (!endpoint_works()) return;
    std::vector<link_number> silent;
    for (const auto& [number, one] : links_) {
        if (now_ >= one.heard + silent_after)
            silent.push_back(number);
        else if (one.greeted && now_ >= one.spoke + ping_after)
            send(number, ping{});
    }
    for (const link_number number : silent) drop_link(number);
    for (auto& [id, one] : groups_) {
        for (const auto& replica : one.configuration.replicas) {
            if (!must_dial(one, replica)) continue;
            auto& next = next_dial_[replica.name];
            if (now_ < next) continue;
            next = now_ + options_.delays.redial;
            link_state made;
            made.number = next_link_++;
            made.outgoing = true;
            made.wanted = replica.name;
            made.heard = now_;
            links_[made.number] = made;
            emit(dial{made.number, replica.endpoint_url});
        }
    }
}

void engine::arrived(link_number number, const peer_message& message) {
    const auto at = links_.find(number);
    if (at == links_.end()) return;
    link_state& link = at->second;
    link.heard = now_;
    if (const auto* hello = std::get_if<greeting>(&message)) {
        greeted(link, *hello);
        return;
    }
    if (!link.greeted) return;
    std::visit(overloaded{
                   [&](const group_news& news) { take_news(link, news); },
                   [&](const configuration_request& asked) { answer_join(link, asked); },
                   [&](const configuration_offer& offer) { take_any_offer(link, offer); },
                   [&](const configuration_stored& stored) {
                       auto* known = group(stored.group_id);
                       if (known == nullptr || stored.promotion != known->promotion) return;
                       const auto* replica = known->configuration.replica(link.peer);
                       if (replica == nullptr || !known->followers.contains(replica->id)) return;
                       known->followers[replica->id].stored = stored.sequence_number;
                       check_configuration(*known);
                   },
                   [&](const follow_request& asked) {
                       if (auto* known = group(asked.group_id)) add_follower(*known, link, asked);
                   },
                   [&](const follow_answer& answer) {
                       auto* known = group(answer.group_id);
                       if (known != nullptr && known->link == number) take_answer(*known, answer);
                   },
                   [&](const log_block& block) {
                       auto* known = group(block.group_id);
                       if (known != nullptr && known->link == number) take_block(*known, block);
                   },
                   [&](const log_hardened& told) { take_hardened(link, told); },
                   [](const auto&) {},
               },
               message);
}

void engine::take_news(link_state& link, const group_news& news) {
    link.news[news.group_id] = news;
    auto* known = group(news.group_id);
    if (known == nullptr) return;
    if (news.role != replica_role::secondary) {
        const auto follows = known->followers.find(news.replica_id);
        if (follows != known->followers.end() && follows->second.link == link.number)
            lose_follower(*known, news.replica_id);
    }
    if (known->link == link.number &&
        (news.role != replica_role::primary || news.promotion != known->followed))
        detach(*known);
    look_for_primary(*known);
}

void engine::take_hardened(const link_state& link, const log_hardened& told) {
    auto* known = group(told.group_id);
    if (known == nullptr || known->promotion.empty() || told.promotion != known->promotion) return;
    const auto* replica = known->configuration.replica(link.peer);
    if (replica == nullptr || !known->followers.contains(replica->id)) return;
    auto& theirs = known->followers[replica->id];
    const auto slot = theirs.databases.find(told.group_database_id);
    const auto* local = database_by_group_id(told.group_database_id);
    if (slot == theirs.databases.end() || local == nullptr) return;
    slot->second.suspended = told.suspended;
    if (known->by_force)
        known->moves_after_force[{replica->id, told.group_database_id}] =
            told.suspended == suspension::none;
    slot->second.damaged = told.damaged;
    slot->second.reverting = false;
    const bool stopped = told.suspended != suspension::none || told.damaged;
    if (stopped) slot->second.ready = slot->second.synchronized = false;
    slot->second.hardened = std::max(slot->second.hardened, told.lsn);
    slot->second.redone = std::max(slot->second.redone, told.redone_lsn);
    known->reached[replica->id][told.group_database_id] = slot->second.hardened;
    if (!slot->second.ready && !stopped && local->about.suspended == suspension::none &&
        damage_of(*local) == database_damage::none) {
        slot->second.ready = true;
        if (slot->second.sent >= local->end())
            send(
                link.number,
                log_block{told.group_id, told.promotion, told.group_database_id, {}, local->end()});
    }
    if (slot->second.seeding && slot->second.hardened >= local->end()) {
        slot->second.seeding = false;
        for (auto& seeding : known->seedings)
            if (seeding.replica_id == replica->id && seeding.database_id == told.group_database_id)
                seeding.state = "COMPLETED", seeding.completed = utc();
    }
}

}  // namespace ha::mssqlsim
