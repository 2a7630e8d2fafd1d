// SPDX-License-Identifier: MIT
#include "test/sim/world.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

// protocol.md section 7, as far as it can be seen from outside while a run goes on.

namespace ha::sim {

using namespace std::chrono_literals;

namespace {

constexpr const char* database = "sales";

bool stands_still(const node& one) {
    return one.engine().frozen();
}

}  // namespace

// S2: no two engines can acknowledge at the same time; one that stands still can acknowledge
// nothing. S3: an engine becomes PRIMARY only by a FAILOVER accepted while its pod held the Lease.
void world::check_after(node& where) {
    const auto* engine = where.engine().alive();
    if (!engine) return;
    auto& seen = promotions_seen_[where.name() + "/" + std::to_string(where.engine().life())];
    for (; seen < engine->promotions().size(); ++seen) {
        say(where.name() + " became PRIMARY");
        if (holder_ != where.holder() && where.loop() && !where.clock().paused())
            say("note: the Lease names '" + holder_ + "'");
    }
    if (stands_still(where) || !engine->writable(database, clock_.now())) return;
    for (const auto& other : nodes_) {
        if (other.get() == &where || stands_still(*other)) continue;
        const auto* rival = other->engine().alive();
        if (rival && rival->writable(database, clock_.now()))
            violate("S2: " + where.name() + " and " + other->name() + " both accept writes");
    }
}

// S5: after A nothing but OFFLINE and kill. S3, at its root: no FAILOVER is sent by anybody whom
// the Lease does not name, as far as he can know.
void world::check_statement(node& from, const std::string& statement) {
    const auto* loop = from.loop();
    if (!loop) return;
    const auto& seen = loop->seen();
    static const std::set<std::string> needs_authority{
        "renew_write_lease", "failover", "create_group", "set_required"};
    if (!needs_authority.contains(statement)) return;
    if (!seen.held || clock_.now() >= seen.held->until)
        violate("S5: " + from.name() + " sent " + statement + " without authority");
}

// S4: the Lease is not released while its holder's engine may be PRIMARY.
void world::check_lease(const kubesim::change& what) {
    if (what.table.plural != "leases") return;
    if (what.what == kubesim::change::kind::deleted) return holder_.clear();
    const auto& spec = what.now->at("spec");
    auto found = spec.find("holderIdentity");
    std::string next =
        found == spec.end() || found->is_null() ? std::string{} : found->get<std::string>();
    if (next != holder_) say("the Lease names '" + next + "'");
    if (next.empty() && !holder_.empty())
        for (const auto& one : nodes_) {
            const auto* engine = one->engine().alive();
            bool primary = one->holder() == holder_ && engine &&
                           engine->role("ag1") == mssqlsim::replica_role::primary;
            if (primary) violate("S4: released while " + one->name() + " is PRIMARY");
        }
    holder_ = next;
}

bool world::whole() {
    int secondaries = 0;
    const auto* primary = labelled_primary();
    if (!primary || !primary->engine().alive()) return false;
    for (const auto& one : nodes_) {
        const auto* engine = one->engine().alive();
        if (engine && engine->role("ag1") == mssqlsim::replica_role::secondary) ++secondaries;
    }
    return secondaries == 2 && primary->engine().alive()->writable(database, clock_.now());
}

// L1 and full redundancy, long after the last trouble; no log line of level error.
void world::check_end() {
    for (const auto& one : lines_errors()) violate("an error was logged: " + one);
    if (!database_made_) violate("L: the database was never made");
    if (!last_acknowledged_ || clock_.now() - *last_acknowledged_ > 10s)
        violate("L1: no write was acknowledged in the last ten seconds");
    if (!whole()) violate("L: the group is not whole again");
}

}  // namespace ha::sim
