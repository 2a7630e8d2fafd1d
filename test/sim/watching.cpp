// SPDX-License-Identifier: MIT
#include "agent/codec/group_state.hpp"
#include "agent/codec/lease.hpp"
#include "test/sim/world.hpp"

#include <nlohmann/json.hpp>

// What happens in the world, told to the invariants: what engines, API server, disks and
// supervisors show from outside, never what a supervisor believes.

namespace ha::sim {

using namespace std::chrono_literals;

namespace {

const std::string database = "sales";
const std::string group = "ag1";

std::string listed(const std::set<std::string>& names) {
    std::string text;
    for (const auto& one : names) text += (text.empty() ? "" : ", ") + one;
    return "{" + text + "}";
}

}  // namespace

// A machine whose clocks stood still may think for the rest of its authority that it has it. S2 and
// S3 do not hold for it then; S1 does (protocol.md section 7).
bool world::excused(node& one) const {
    auto since = one.clock().lagged_at();
    if (one.clock().paused()) return true;
    return since && clock_.now() - *since < plan_.chosen.times.lease;
}

bool world::may_be_primary(const node& one) const {
    const auto* engine = one.engine().alive();
    return engine && (engine->role(group) == mssqlsim::replica_role::primary ||
                      engine->promotion_accepted(group));
}

// After every input of an engine. A FAILOVER that somebody types asks no Lease. Under the reading
// that a primary resumes (run_plan), its engine takes the role once in its life without anybody's
// FAILOVER, and that is what S3 is about: only of this it is not asked, and all else is.
void world::check_after(node& where) {
    const auto* engine = where.engine().alive();
    auto& known = engines_seen_[where.name()];
    if (known.life != where.engine().life()) {
        known = engine_sight{};
        known.member = engine && engine->role(group);
    }
    known.life = where.engine().life();
    if (!engine) return;
    bool primary = engine->role(group) == mssqlsim::replica_role::primary;
    bool accepted = primary || engine->promotion_accepted(group);
    bool judged = !known.by_hand && !excused(where) && !plan_.read_scale;
    bool sent = engine->promotions().size() > known.promotions;
    bool resumed = plan_.primaries_resume && primary && known.member && !known.led && !sent;
    if (resumed) say(where.name() + " is PRIMARY again by itself");
    if (accepted && !known.accepted && judged && !resumed)
        watched_.promotion_accepted(where.holder());
    known.accepted = accepted;
    known.led = known.led || primary;
    known.alone = primary && !known.by_hand && where.engine().required() == 0;
    if (primary && !known.primary) {
        say(where.name() + " became PRIMARY");
        if (!plan_.read_scale) watched_.became_primary(where.holder(), clock_.now());
    }
    found_.promotions += static_cast<int>(engine->promotions().size() - known.promotions);
    known.promotions = engine->promotions().size();
    if (known.primary && !primary) known.by_hand = false;
    known.primary = primary;
    check_alone();
    if (!primary) return;
    auto end = engine->write_lease_end(group);
    if (end && end != known.lease_end)
        watched_.write_lease_granted(where.holder(), *end, where.engine().now());
    known.lease_end = end;
    check_writers();
}

// Rule 27: who commits without the other, as its engine has it now.
void world::check_alone() {
    if (!plan_.two_data_voters) return;
    for (const auto& [name, sight] : engines_seen_)
        if (sight.alone) watched_.commits_alone(name);
}

// One that stands still can acknowledge nothing. Who forces a failover by hand beside a primary
// that writes alone gets an engine that needs nobody either: docs/protocol-rules.md, rule 32.
void world::check_writers() {
    if (plan_.read_scale) return;
    std::vector<const node*> writers;
    for (const auto& one : nodes_) {
        const auto* engine = one->engine().alive();
        if (!engine || one->engine().frozen() || excused(*one)) continue;
        if (one->engine().required() == 0 && engines_seen_[one->name()].by_hand) continue;
        if (engine->writable(database, one->engine().now())) writers.push_back(one.get());
    }
    if (writers.size() < 2) return;
    watched_.writable_now({writers[0]->holder(), writers[1]->holder()});
}

// Without a cluster no supervisor tells an engine its role, nor how long it may write.
void world::check_statement(node& from, const std::string& statement) {
    if (plan_.read_scale) {
        for (const auto* role : {"failover", "offline", "set_role_secondary", "renew_write_lease"})
            if (statement == role) violate(from.name() + " sent " + statement);
        return;
    }
    watched_.statement_sent(from.holder(), statement, from.clock().now());
}

void world::check_sent(node& from, std::string_view text) {
    constexpr std::string_view key = "\"renewTime\":\"";
    if (!text.starts_with("PUT ")) return;
    auto begin = text.find(key);
    if (begin == std::string_view::npos) return;
    auto value = text.substr(begin + key.size());
    auto time = std::string(value.substr(0, value.find('"')));
    sends_[time + " " + from.holder()] = from.clock().now();
}

void world::check_change(const kubesim::change& what) {
    if (what.table.plural == "pods") labelled_.reset();
    bool lease = what.table.plural == "leases";
    if (what.what == kubesim::change::kind::deleted) {
        if (lease) watched_.lease_written(clock_.now(), lease_sight{});
        return;
    }
    if (lease) check_lease(*what.now);
    if (what.table.plural == "configmaps") check_answers(*what.now);
}

void world::check_lease(const nlohmann::json& object) {
    auto record = agent::read_lease_object(object);
    if (!record) return violate("the Lease cannot be read: " + record.error().message);
    if (plan_.read_scale && !record->holder.empty()) return violate("the Lease was taken");
    lease_sight next;
    next.holder = record->holder;
    next.of = record->transitions;
    next.length = record->length;
    next.released = record->released.has_value();
    if (record->released) next.release_reason = record->released->reason;
    for (const auto& one : nodes_) {
        if (one->holder() == watched_.holder()) next.may_be_primary = may_be_primary(*one);
    }
    if (auto sent = sends_.find(record->renew_time + " " + next.holder); sent != sends_.end())
        next.renewed_at = sent->second;
    bool changed = next.holder != watched_.holder();
    if (changed) say("the Lease names '" + next.holder + "'");
    if (record->synchronized) {
        next.set = std::set(record->synchronized->begin(), record->synchronized->end());
        if (next.set != watched_.set()) say("the Lease has the set " + listed(*next.set));
    }
    watched_.lease_written(clock_.now(), next);
    check_alone();
    if (!changed) return;
    for (auto& act : std::exchange(on_change_, {})) act();
    if (next.holder.empty()) return;
    for (auto& act : std::exchange(on_taken_, {})) act();
}

void world::check_answers(const nlohmann::json& object) {
    if (object.at("metadata").at("name") != std::string(group) + "-state") return;
    auto state = agent::read_group_state(object);
    if (!state) return violate("the state cannot be read: " + state.error().message);
    for (const auto& one : state->answers) watched_.request_answered(one.id, one.done, one.reasons);
}

void world::check_line(const log::line& one) {
    bool given = one.text.find("\"event\":\"vote_given\"") != std::string::npos;
    bool refused = one.text.find("\"event\":\"vote_refused\"") != std::string::npos;
    if (!given && !refused) return;
    auto line = nlohmann::json::parse(one.text);
    if (refused)
        return watched_.refused("a vote", line.value("reasons", std::vector<std::string>{}));
    for (const auto& voter : nodes_) {
        const auto* engine = voter->engine().alive();
        if (voter->name() != line.value("pod", "") || !engine) continue;
        auto role = engine->role(group);  // none: it knows no group, and follows nobody
        watched_.voted(voter->holder(), !role || role == mssqlsim::replica_role::resolving);
    }
}

// Of two data voters the Lease says again that each has everything; of more it says nothing.
bool world::set_fits() {
    if (!plan_.lease_witness) return true;
    int data_voters = wanted_ - (plan_.two_data_voters && wanted_ > 2 ? 1 : 0);
    auto object = api_.state().objects.find({"coordination.k8s.io", "leases"}, {"default", group});
    if (!object) return false;
    auto record = agent::read_lease_object(*object);
    if (!record || data_voters != 2) return record && !record->synchronized;
    return record->synchronized && record->synchronized->size() == 2;
}

bool world::whole() {
    int secondaries = 0;
    const auto* primary = labelled_primary();
    if (!primary || !primary->engine().alive()) return false;
    for (const auto& one : nodes_) {
        const auto* engine = one->engine().alive();
        if (engine && engine->role(group) == mssqlsim::replica_role::secondary) ++secondaries;
    }
    for (const auto& one : nodes_)
        if (has_left(*one) == one->powered()) return false;
    return secondaries == wanted_ - 1 && set_fits() &&
           primary->engine().alive()->writable(database, primary->engine().now());
}

// Liveness and full redundancy, long after the last trouble; no log line of level error.
void world::check_end() {
    for (const auto& one : lines_errors()) violate("an error was logged: " + one);
    if (!database_made_) violate("L1: the database was never made");
    watched_.end(clock_.now(), last_acknowledged_, 10s);
    if (!whole()) violate("L1: the group is not whole again");
    if (joined_.size() != plan_.databases.size())
        violate("L1: a database of the list is not in the group");
}

}  // namespace ha::sim
