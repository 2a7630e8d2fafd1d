// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/instance.hpp"

#include "test/mssqlsim/model/engine.hpp"

namespace ha::mssqlsim {

instance::instance(instance_options options,
                   durable_state disk,
                   std::unique_ptr<row_store> store,
                   instant now)
    : engine_(
          std::make_unique<engine>(std::move(options), std::move(disk), std::move(store), now)) {}

instance::~instance() = default;

bool instance::accepts_connections() const {
    return engine_->ready_ && !engine_->stopped_;
}

tl::expected<login_accepted, login_refused> instance::login(const login_request& who, instant now) {
    engine_->enter(now);
    auto made = engine_->login(who);
    engine_->settle();
    return made;
}

void instance::submit(session_number session, request what, instant now) {
    engine_->enter(now);
    engine_->submit(session, std::move(what));
    engine_->settle();
}

void instance::attention(session_number session, instant now) {
    engine_->enter(now);
    engine_->attention(session);
    engine_->settle();
}

void instance::transaction(session_number session, const transaction_statement& what, instant now) {
    engine_->enter(now);
    engine_->transaction_request(session, what);
    engine_->settle();
}

void instance::reset(session_number session, instant now) {
    engine_->enter(now);
    engine_->reset(session);
    engine_->settle();
}

void instance::close(session_number session, instant now) {
    engine_->enter(now);
    engine_->close(session);
    engine_->settle();
}

std::optional<link_number> instance::peer_accepted(instant now) {
    engine_->enter(now);
    const auto made = engine_->accept_peer();
    engine_->settle();
    return made;
}

void instance::peer_connected(link_number link, instant now) {
    engine_->enter(now);
    engine_->connected(link);
    engine_->settle();
}

void instance::peer_message_arrived(link_number link, const peer_message& message, instant now) {
    engine_->enter(now);
    engine_->arrived(link, message);
    engine_->settle();
}

void instance::peer_disconnected(link_number link, const std::string& why, instant now) {
    engine_->enter(now);
    engine_->disconnected(link, why);
    engine_->settle();
}

void instance::hardened(log_position position, instant now) {
    engine_->enter(now);
    engine_->harden(position);
    engine_->settle();
}

void instance::backup_written(std::uint64_t number, const std::string& trouble, instant now) {
    engine_->enter(now);
    engine_->backups_written_[number] = trouble;
    engine_->settle();
}

instant instance::wakes_at() const {
    return engine_->wakes_at();
}

void instance::advance(instant now) {
    engine_->enter(now);
    engine_->settle();
}

std::vector<output> instance::take_outputs() {
    return std::exchange(engine_->outputs_, {});
}

void instance::shut_down(instant now) {
    engine_->enter(now);
    while (!engine_->sessions_.empty())
        engine_->end_session(engine_->sessions_.begin()->first, true);
    engine_->drop_all_links();
    engine_->errorlog("SQL Server is terminating because of a system shutdown.");
    engine_->emit(process_exits{0});
    engine_->stopped_ = true;
}

instance_faults& instance::faults() {
    return engine_->faults_;
}

const std::vector<promotion_report>& instance::promotions() const {
    return engine_->promotions_;
}

std::optional<replica_role> instance::role(const std::string& group) const {
    const auto* known = engine_->group(group);
    if (known == nullptr) return {};
    return known->role;
}

bool instance::promotion_accepted(const std::string& group) const {
    const auto* known = engine_->group(group);
    return known && known->changing && known->changing->what == role_change::kind::promote;
}

std::optional<instant> instance::write_lease_end(const std::string& group) const {
    const auto* known = engine_->group(group);
    return known ? known->lease_end : std::nullopt;
}

bool instance::writable(const std::string& database, instant now) const {
    const auto* target = engine_->database(database);
    if (target == nullptr || target->about.restoring) return false;
    if (engine_->damage_of(*target) != database_damage::none) return false;
    const auto* owner = engine_->group_of(*target);
    if (owner == nullptr) return true;
    const auto* entry = owner->configuration.database(target->about.group_database_id);
    const bool leased = !owner->configuration.write_lease || !owner->lease_end ||
                        now < *owner->lease_end + engine_->faults_.late_expiry;
    return entry != nullptr && owner->role == replica_role::primary && leased &&
           engine_->has_required(*owner, *entry);
}

}  // namespace ha::mssqlsim
