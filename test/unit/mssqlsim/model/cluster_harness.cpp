// SPDX-License-Identifier: MIT
#include "test/unit/mssqlsim/model/cluster_harness.hpp"

#include "test/mssqlsim/model/codec.hpp"
#include "test/mssqlsim/tsql/evaluate.hpp"

#include <stdexcept>

namespace ha::mssqlsim {

namespace {

constexpr duration latency = std::chrono::milliseconds{1};

std::size_t node_of(const std::string& url) {  // TCP://ag-1:5022
    return static_cast<std::size_t>(url.at(url.find("ag-") + 3) - '0');
}

std::string hex(const value& bytes) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string made = "0x";
    for (const std::uint8_t byte : std::get<binary>(bytes)) {
        made += digits[byte >> 4U];
        made += digits[byte & 15U];
    }
    return made;
}

}  // namespace

std::int32_t reply::error() const {
    for (const auto& one : messages)
        if (one.severity > 10) return one.number;
    return 0;
}

std::string reply::cells() const {
    if (error() != 0) return "error " + std::to_string(error());
    std::string made;
    if (sets.empty()) return made;
    for (const auto& one : sets.back().rows) {
        if (!made.empty()) made += ";";
        for (std::size_t i = 0; i < one.size(); ++i)
            made += (i == 0 ? "" : ",") + (is_null(one[i]) ? std::string{"-"} : text_of(one[i]));
    }
    return made;
}

value reply::cell(std::size_t row_index, std::size_t column_index) const {
    if (sets.empty() || sets.front().rows.size() <= row_index) return {};
    return sets.front().rows[row_index].at(column_index);
}

cluster_harness::cluster_harness(reading how,
                                 std::function<void(instance_options&)> change,
                                 std::size_t instances,
                                 std::shared_ptr<harness_disks> disks)
    : disks_(disks ? std::move(disks) : std::make_shared<harness_disks>()), nodes_(instances) {
    options_.sa_password = "Secret-123";
    options_.engine_reading = how;
    options_.utc_at_zero = std::chrono::hours{24 * 365 * 56};
    if (change) change(options_);
    for (std::size_t i = 0; i < instances; ++i) start(i);
    pass(std::chrono::seconds{1});
}

void cluster_harness::schedule(duration after, std::function<void()> what) {
    events_.emplace(std::pair{now_ + after, next_event_++}, std::move(what));
}

void cluster_harness::start(std::size_t i) {
    node& one = nodes_[i];
    instance_options options = options_;
    options.server_name = name(i);
    if (one.change) one.change(options);
    ++one.life;
    one.appended.clear();
    one.port = 0;
    one.disk = disks_->read(i, std::move(one.disk));
    one.engine = std::make_unique<instance>(options, one.disk, make_memory_store(), now_);
    collect(i);
}

void cluster_harness::crash(std::size_t i) {
    node& one = nodes_[i];
    const auto links = one.links;
    one.engine.reset();
    ++one.life;
    one.port = 0;
    for (const auto& [link, peer] : links) hang_up_from(i, link);
    for (auto& [session, open] : one.replies) open->ended = true;
    one.replies.clear();
    one.appended.clear();
}

void cluster_harness::change(std::size_t i, std::function<void(instance_options&)> how) {
    nodes_[i].change = std::move(how);
}

void cluster_harness::restart(std::size_t i) {
    crash(i);
    start(i);
    pass(std::chrono::seconds{1});
}

bool cluster_harness::is_cut(std::size_t a, std::size_t b) const {
    return cuts_.contains({std::min(a, b), std::max(a, b)});
}

void cluster_harness::cut(std::size_t a, std::size_t b) {
    cuts_.insert({std::min(a, b), std::max(a, b)});
}
void cluster_harness::heal() {
    cuts_.clear();
}

void cluster_harness::hold_disk(std::size_t i, bool held) {
    nodes_[i].disk_held = held;
    if (!held) schedule(latency, [this, i] { harden(i); });
}

void cluster_harness::harden(std::size_t i) {
    node& one = nodes_[i];
    if (!one.engine || one.disk_held || one.appended.empty()) return;
    disks_->write(i, one.appended);
    for (auto& record : one.appended) one.disk.records.push_back(std::move(record));
    one.appended.clear();
    one.engine->hardened(one.disk.records.size(), now_);
    collect(i);
}

void cluster_harness::dial_from(std::size_t i, const dial& what) {
    const std::size_t peer = node_of(what.url);
    const auto life = nodes_[i].life;
    schedule(latency, [this, i, peer, life, link = what.link] {
        if (nodes_[i].life != life) return;
        if (!nodes_[peer].engine || nodes_[peer].port == 0 || is_cut(i, peer) ||
            nodes_[peer].frozen) {
            nodes_[i].engine->peer_disconnected(link, "refused", now_);
            return collect(i);
        }
        const auto accepted = nodes_[peer].engine->peer_accepted(now_);
        if (!accepted) {
            nodes_[i].engine->peer_disconnected(link, "refused", now_);
            return collect(i);
        }
        nodes_[i].links[link] = {peer, *accepted};
        nodes_[peer].links[*accepted] = {i, link};
        nodes_[i].engine->peer_connected(link, now_);
        collect(i);
        collect(peer);
    });
}

void cluster_harness::hang_up_from(std::size_t i, link_number link) {
    const auto at = nodes_[i].links.find(link);
    if (at == nodes_[i].links.end()) return;
    const std::size_t peer = at->second.first;
    const link_number peer_link = at->second.second;
    nodes_[i].links.erase(at);
    if (nodes_[peer].links.erase(peer_link) == 0 || is_cut(i, peer)) return;
    const auto life = nodes_[peer].life;
    schedule(latency, [this, peer, peer_link, life] {
        if (nodes_[peer].life != life || !nodes_[peer].engine) return;
        nodes_[peer].engine->peer_disconnected(peer_link, "closed", now_);
        collect(peer);
    });
}

void cluster_harness::perform(std::size_t i, output& what) {
    node& one = nodes_[i];
    const auto open = [&](session_number session) -> reply* {
        const auto at = one.replies.find(session);
        return at == one.replies.end() ? nullptr : at->second.get();
    };
    if (auto* set = std::get_if<result_rows>(&what)) {
        if (auto* to = open(set->session)) to->sets.push_back(std::move(*set));
    } else if (auto* said_one = std::get_if<said>(&what)) {
        if (auto* to = open(said_one->session)) to->messages.push_back(said_one->message);
    } else if (auto* done = std::get_if<request_done>(&what)) {
        if (auto* to = open(done->session)) {
            to->complete = true;
            disks_->answered(*to);
        }
    } else if (auto* ended = std::get_if<session_ended>(&what)) {
        if (auto* to = open(ended->session)) to->ended = true;
    } else if (auto* wish = std::get_if<dial>(&what)) {
        dial_from(i, *wish);
    } else if (auto* end = std::get_if<hang_up>(&what)) {
        hang_up_from(i, end->link);
    } else if (auto* door = std::get_if<endpoint_listens>(&what)) {
        one.port = door->port;
    } else if (auto* log = std::get_if<append_log>(&what)) {
        for (const auto& record : log->records)
            one.appended.push_back(*decode_record(encode(record)));
        schedule(latency, [this, i, life = one.life] {
            if (nodes_[i].life == life) harden(i);
        });
    } else if (const auto* backup = std::get_if<write_backup>(&what)) {
        disks_->back_up(i, *backup);
        one.engine->backup_written(backup->number, {}, now_);
    } else if (auto* message = std::get_if<to_peer>(&what)) {
        const auto at = one.links.find(message->link);
        if (at == one.links.end() || is_cut(i, at->second.first)) return;
        const std::size_t peer = at->second.first;
        const link_number link = at->second.second;
        const std::string bytes = encode(message->message);
        for (const char c : bytes)
            trace_ = (trace_ ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
        schedule(latency, [this, peer, link, bytes] {
            if (!nodes_[peer].engine || !nodes_[peer].links.contains(link)) return;
            nodes_[peer].engine->peer_message_arrived(link, *decode_message(bytes), now_);
            collect(peer);
        });
    }
}

void cluster_harness::collect(std::size_t i) {
    while (nodes_[i].engine) {
        auto outputs = nodes_[i].engine->take_outputs();
        if (outputs.empty()) return;
        for (auto& one : outputs) perform(i, one);
    }
}

// One event or one waking; false if nothing happens before the limit.
bool cluster_harness::step(instant limit) {
    instant soonest = events_.empty() ? instant::max() : events_.begin()->first.first;
    std::optional<std::size_t> waker;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
        if (!nodes_[i].engine || nodes_[i].frozen) continue;
        const instant wakes = std::max(nodes_[i].engine->wakes_at(), now_);
        if (wakes < soonest) soonest = wakes, waker = i;
    }
    if (soonest > limit) return false;
    now_ = std::max(now_, soonest);
    if (waker) {
        nodes_[*waker].engine->advance(now_);
        collect(*waker);
        return true;
    }
    const auto next = std::move(events_.begin()->second);
    events_.erase(events_.begin());
    next();
    return true;
}

void cluster_harness::pass(duration time) {
    const instant limit = now_ + time;
    for (int steps = 0; step(limit); ++steps)
        if (steps > 1'000'000) throw std::runtime_error{"time stands still"};
    now_ = limit;
}

bool cluster_harness::eventually(const std::function<bool()>& holds, duration limit) {
    const instant end = now_ + limit;
    while (!holds()) {
        if (now_ >= end) return false;
        pass(std::chrono::milliseconds{50});
    }
    return true;
}

session_number cluster_harness::login(std::size_t i, const std::string& database) {
    auto made = nodes_[i].engine->login(
        {"sa", options_.sa_password, "test", "host", database, false}, now_);
    collect(i);
    return made ? made->session : -made.error().messages.front().number;
}

std::shared_ptr<reply> cluster_harness::send(std::size_t i, const std::string& text) {
    auto made = std::make_shared<reply>();
    const session_number session = nodes_[i].engine ? login(i) : -1;
    if (session < 0) {
        made->ended = true;
        return made;
    }
    nodes_[i].replies[session] = made;
    nodes_[i].engine->submit(session, {text, {}, {}}, now_);
    collect(i);
    return made;
}

reply cluster_harness::run(std::size_t i, const std::string& text, duration limit) {
    const auto made = send(i, text);
    const instant end = now_ + limit;
    while (!made->complete && !made->ended && now_ < end) pass(std::chrono::milliseconds{5});
    for (auto& [session, open] : nodes_[i].replies)
        if (open == made && nodes_[i].engine) {
            nodes_[i].engine->close(session, now_);
            collect(i);
            nodes_[i].replies.erase(session);
            break;
        }
    return *made;
}

reply cluster_harness::run_on(std::size_t i, session_number session, const std::string& text) {
    const auto made = std::make_shared<reply>();
    nodes_[i].replies[session] = made;
    nodes_[i].engine->submit(session, {text, {}, {}}, now_);
    collect(i);
    const instant end = now_ + std::chrono::seconds{30};
    while (!made->complete && !made->ended && now_ < end) pass(std::chrono::milliseconds{5});
    nodes_[i].replies.erase(session);
    return *made;
}

std::string cluster_harness::role(std::size_t i) {
    return text_of(
        run(i, "SELECT role_desc FROM sys.dm_hadr_availability_replica_states WHERE is_local = 1")
            .cell());
}

void cluster_harness::make_endpoints() {
    std::vector<std::string> certificates;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
        run(i,
            "CREATE MASTER KEY ENCRYPTION BY PASSWORD = N'Secret-123'; CREATE CERTIFICATE [own] "
            "WITH SUBJECT = N'" +
                name(i) +
                "', EXPIRY_DATE = '20350101'; CREATE ENDPOINT [hadr] STATE = STARTED AS TCP "
                "(LISTENER_PORT = 5022, LISTENER_IP = ALL)"
                " FOR DATABASE_MIRRORING (AUTHENTICATION = CERTIFICATE [own], ENCRYPTION = "
                "REQUIRED ALGORITHM AES, ROLE = ALL)");
        certificates.push_back(hex(run(i, "SELECT CERTENCODED(CERT_ID(N'own'))").cell()));
    }
    for (std::size_t i = 0; i < nodes_.size(); ++i)
        for (std::size_t k = 0; k < nodes_.size(); ++k) {
            if (i == k) continue;
            const std::string peer = "peer" + std::to_string(k);
            run(i,
                "CREATE LOGIN [" + peer + "] WITH PASSWORD = N'Secret-123'; CREATE USER [" + peer +
                    "] FOR LOGIN [" + peer + "]; CREATE CERTIFICATE [" + peer +
                    "] AUTHORIZATION [" + peer + "] FROM BINARY = " + certificates[k] +
                    "; GRANT CONNECT ON ENDPOINT::[hadr] TO [" + peer + "]");
        }
}

void cluster_harness::make_group(int required, const std::string& third_mode) {
    make_endpoints();
    std::string replicas;
    for (std::size_t i = 0; i < size; ++i) {
        const std::string mode = i == 2 ? third_mode : "SYNCHRONOUS_COMMIT";
        replicas += (i == 0 ? "" : ", ");
        replicas += "N'" + name(i) + "' WITH (ENDPOINT_URL = N'TCP://" + name(i) +
                    ":5022', AVAILABILITY_MODE = " + mode;
        if (mode != "CONFIGURATION_ONLY")
            replicas +=
                ", FAILOVER_MODE = EXTERNAL, SEEDING_MODE = AUTOMATIC, SECONDARY_ROLE "
                "(ALLOW_CONNECTIONS = ALL)";
        replicas += ")";
    }
    run(0,
        "CREATE DATABASE shop; ALTER DATABASE shop SET RECOVERY FULL; BACKUP DATABASE shop TO DISK "
        "= N'NUL'");
    run(0, "CREATE TABLE shop.dbo.t (id bigint NOT NULL PRIMARY KEY, v nvarchar(50) NULL)");
    run(0,
        "CREATE AVAILABILITY GROUP [ag1] WITH (CLUSTER_TYPE = EXTERNAL, DB_FAILOVER = ON, "
        "WRITE_LEASE_VALIDITY = 3600, "
        "REQUIRED_SYNCHRONIZED_SECONDARIES_TO_COMMIT = " +
            std::to_string(required) + ") FOR REPLICA ON " + replicas);
    for (std::size_t i = 1; i < size; ++i) {
        run(i, "ALTER AVAILABILITY GROUP [ag1] JOIN WITH (CLUSTER_TYPE = EXTERNAL)");
        run(i, "ALTER AVAILABILITY GROUP [ag1] GRANT CREATE ANY DATABASE");
        follow(i);
    }
    run(0,
        "ALTER AVAILABILITY GROUP [ag1] GRANT CREATE ANY DATABASE; ALTER AVAILABILITY GROUP [ag1] "
        "ADD DATABASE shop");
    const std::int64_t wanted = third_mode == "SYNCHRONOUS_COMMIT" ? 3 : 2;
    eventually([&] { return synchronized(0) == wanted; });
}

void cluster_harness::follow(std::size_t i) {
    run(i, "ALTER AVAILABILITY GROUP [ag1] SET (ROLE = SECONDARY)");
    pass(std::chrono::milliseconds{200});
}

void cluster_harness::fail_over_to(std::size_t i) {
    run(i,
        "ALTER AVAILABILITY GROUP [ag1] SET (WRITE_LEASE_VALIDITY = 3600); EXEC "
        "sp_set_session_context N'external_cluster', N'yes'; "
        "ALTER AVAILABILITY GROUP [ag1] FAILOVER");
    pass(std::chrono::milliseconds{400});
}

std::int64_t cluster_harness::synchronized(std::size_t primary) {
    const auto seen = run(primary,
                          "SELECT COUNT(*) FROM sys.dm_hadr_database_replica_states WHERE "
                          "synchronization_state_desc = N'SYNCHRONIZED'")
                          .cell();
    const auto* count = std::get_if<std::int64_t>(&seen);
    return count == nullptr ? -1 : *count;
}

}  // namespace ha::mssqlsim
