// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/engine.hpp"

#include "test/mssqlsim/model/guid_text.hpp"
#include "test/mssqlsim/tsql/calendar.hpp"

#include <algorithm>

namespace ha::mssqlsim {

namespace {

std::uint64_t mixed(std::uint64_t x) {
    x += 0x9E3779B97F4A7C15ULL;
    x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    x = (x ^ (x >> 27U)) * 0x94D049BB133111EBULL;
    return x ^ (x >> 31U);
}

std::uint64_t seed_of(const instance_options& options, std::size_t records, instant now) {
    std::uint64_t made = mixed(options.seed ^ (records * 0x100000001B3ULL));
    for (const char c : options.server_name) made = mixed(made ^ static_cast<unsigned char>(c));
    return mixed(made ^ static_cast<std::uint64_t>(now.time_since_epoch().count()));
}

}  // namespace

engine::engine(instance_options options,
               durable_state disk,
               std::unique_ptr<row_store> store,
               instant now)
    : options_(std::move(options)), store_(std::move(store)), now_(now), started_at_(now) {
    random_ = seed_of(options_, disk.records.size(), now);
    incarnation_ = make_guid();
    replay(disk);
    if (disk.records.empty()) first_start();
}

void engine::replay(const durable_state& disk) {
    for (const auto& record : disk.records) replay_record(record);
    catalog_.start();
    last_position_ = hardened_ = disk.records.size();
    for (auto& [name, one] : databases_) {
        one.fork = one.log.empty() ? make_guid() : one.log.back().fork;
        // What a group's database holds beyond its acknowledged end is decided by its role, later.
        if (one.about.group_id.empty()) redo(one, one.end());
    }
    for (auto& [id, one] : groups_) {
        one.restarted = one.was_primary;
        resume_role(one);
    }
    if (const auto* door = catalog_.endpoint(); door != nullptr && door->state == 0)
        endpoint_starts_ = 1;
}

void engine::replay_record(const log_record& record) {
    catalog_.apply(record);
    if (const auto* about = std::get_if<database_record>(&record)) {
        auto& slot = databases_[about->name];
        if (slot.about.name.empty()) store_->create_database(about->name);
        slot.about = *about;
        if (!about->dropped) return;
        store_->drop_database(about->name);
        databases_.erase(about->name);
    } else if (const auto* change = std::get_if<transaction_record>(&record)) {
        if (auto* target = database(change->database)) {
            target->add(*change, 0);
            target->hardened = target->end();
        }
    } else if (const auto* undone = std::get_if<undo_record>(&record)) {
        if (auto* target = database(undone->database)) target->cut(undone->lsn);
    } else if (const auto* stored = std::get_if<group_record>(&record)) {
        if (stored->dropped) {
            groups_.erase(stored->configuration.id);
            return;
        }
        auto& slot = groups_[stored->configuration.id];
        slot.configuration = stored->configuration;
        slot.uncommitted = stored->uncommitted;
        slot.was_primary = stored->was_primary;
        slot.may_create_databases = stored->may_create_databases;
        slot.stored_here = true;
        if (const auto* self = slot.configuration.replica(options_.server_name))
            slot.own_id = self->id;
    }
}

void engine::first_start() {
    append(server_record{options_.server_name, options_.sa_password});
    login_record sa;
    sa.name = "sa";
    sa.password = options_.sa_password;
    sa.id = 1;
    sa.system_administrator = true;
    sa.create_date = utc();
    sa.sid = {1};
    append(sa);
}

void engine::enter(instant now) {
    now_ = std::max(now_, now);
    ++change_;
    if (stopped_) return;
    watch_health();
    if (!ready_ && now_ >= started_at_ + options_.delays.startup) {
        ready_ = true;
        errorlog(
            "SQL Server is now ready for client connections. This is an informational message; no "
            "user action is required.");
        emit(accepts_logins{});
        if (const auto* door = catalog_.endpoint(); door != nullptr && door->state == 0)
            emit(endpoint_listens{door->port});
    }
    if (!ready_) return;
    follow_endpoint_fault();
    if (faults_.damaged_databases != damaged_) notice_damage();
    for (auto& [id, one] : groups_) group_timers(one);
    if (now_ >= next_link_timer_) link_timers();
}

void engine::settle() {
    if (stopped_ || !ready_) return;
    for (auto& [id, one] : groups_) {
        adjust_synchronized(one);
        send_log(one);
    }
    finish_commits();
    run_all();
    next_link_timer_ = when_link_timers_are_due();
    if (now_ < next_link_timer_) return;
    link_timers();
    next_link_timer_ = when_link_timers_are_due();
}

// Rows become visible when their commit may be answered, whether its client still waits or not.
void engine::finish_commits() {
    for (auto& [name, one] : databases_) {
        if (one.redone >= one.hardened) continue;
        if (one.about.group_id.empty()) {
            if (!faults_.commits_hang) redo(one, one.hardened);
            continue;
        }
        const auto* owner = group(one.about.group_id);
        const auto* entry =
            owner == nullptr ? nullptr : owner->configuration.database(one.about.group_database_id);
        if (entry == nullptr || owner->role != replica_role::primary) continue;
        while (one.redone < one.hardened && commit_may_end(*owner, *entry, one.redone + 1))
            redo(one, one.redone + 1);
    }
}

log_position engine::append(log_record record, durable_action when_hardened) {
    if (hardened_ == last_position_) health_.disk_waits_since = now_;
    const log_position position = ++last_position_;
    if (!std::holds_alternative<transaction_record>(record)) {
        catalog_.apply(record);
        ++definitions_;
    }
    if (when_hardened) when_hardened_.emplace_back(position, std::move(when_hardened));
    auto* last = outputs_.empty() ? nullptr : std::get_if<append_log>(&outputs_.back());
    if (last != nullptr)
        last->records.push_back(std::move(record));
    else
        emit(append_log{position, {std::move(record)}});
    return position;
}

void engine::harden(log_position position) {
    hardened_ = std::max(hardened_, std::min(position, last_position_));
    if (hardened_ == last_position_)
        health_.disk_waits_since.reset();
    else
        health_.disk_waits_since = now_;
    while (!when_hardened_.empty() && when_hardened_.front().first <= hardened_) {
        const durable_action action = std::move(when_hardened_.front().second);
        when_hardened_.pop_front();
        action();
    }
    for (auto& [name, one] : databases_) {
        if (!one.harden(hardened_)) continue;
        auto* owner = one.about.group_id.empty() ? nullptr : group(one.about.group_id);
        if (owner == nullptr || owner->role != replica_role::secondary) continue;
        redo(one, one.hardened);
        tell_hardened(*owner, one.about.group_database_id);
    }
}

instant engine::wakes_at() const {
    if (stopped_) return instant::max();
    if (!ready_) return started_at_ + options_.delays.startup;
    instant soonest = instant::max();
    const auto consider = [&](instant when) { soonest = std::min(soonest, when); };
    for (const auto& [number, one] : sessions_)
        if (one.waiting) consider(one.waiting->wakes_at);
    for (const auto& [id, one] : groups_) {
        if (one.changing) consider(one.changing->due);
        for (const auto& [database, undone] : one.reverting) consider(undone.due);
        if (one.role == replica_role::primary && one.lease_end) consider(lease_noticed(one));
    }
    consider(next_link_timer_);
    return soonest;
}

std::int64_t engine::ticks() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(now_.time_since_epoch()).count();
}

std::string engine::utc(unsigned digits) const {
    return time_text(
        (options_.utc_at_zero + now_.time_since_epoch() + faults_.clock_offset).count(), digits);
}

std::string engine::utc_before(duration ago) const {
    return time_text((options_.utc_at_zero + now_.time_since_epoch() - ago).count(), 3);
}

std::string engine::make_guid() {
    random_ = mixed(random_);
    const std::uint64_t high = random_;
    random_ = mixed(random_);
    const std::uint64_t low = random_;
    return guid_text(high, low);
}

binary engine::make_sid() {
    binary made;
    while (made.size() < 16) {
        random_ = mixed(random_);
        for (unsigned shift = 0; shift < 64; shift += 8)
            made.push_back(static_cast<std::uint8_t>(random_ >> shift));
    }
    return made;
}

void engine::errorlog(std::string text) {
    constexpr std::size_t kept = 1000;
    errorlog_.push_back({utc(3), text});
    if (errorlog_.size() > kept) errorlog_.pop_front();
    emit(errorlog_line{utc(2) + " " + std::move(text)});
}

database_state* engine::database(std::string_view name) {
    const auto at = databases_.find(name);
    return at == databases_.end() ? nullptr : &at->second;
}

const database_state* engine::database(std::string_view name) const {
    const auto at = databases_.find(name);
    return at == databases_.end() ? nullptr : &at->second;
}

std::int64_t engine::next_database_id() const {
    std::int64_t most = 4;  // master, tempdb, model, msdb
    for (const auto& [name, one] : databases_) most = std::max(most, one.about.id);
    return most + 1;
}

database_state* engine::database_by_group_id(std::string_view group_database_id) {
    for (auto& [name, one] : databases_)
        if (one.about.group_database_id == group_database_id) return &one;
    return nullptr;
}

sql_error error_of(std::int32_t number,
                   std::string text,
                   std::uint8_t severity,
                   std::uint8_t state) {
    return sql_error{number, std::move(text), severity, state, sql_error::reach::statement, 0, {}};
}

statement_end failed_with(sql_error what) {
    statement_end made;
    made.error = std::move(what);
    return made;
}

sql_error no_such_group(const std::string& verb, const std::string& name) {
    return error_of(15151,
                    "Cannot " + verb + " the availability group '" + name +
                        "', because it does not exist or you do not have permission.");
}

}  // namespace ha::mssqlsim
