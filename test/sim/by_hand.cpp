// SPDX-License-Identifier: MIT
#include "agent/jobs/failover.hpp"
#include "common/http/client.hpp"
#include "test/sim/world.hpp"

#include <nlohmann/json.hpp>

// Troubles that need more than a switch: what people type, endpoints that remember a failure, and a
// Lease that was deleted.

namespace ha::sim {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

mssqlsim::login_request administrator() {
    mssqlsim::login_request who;
    who.user = "sa";
    who.password = "Str0ng!Passw0rd";
    who.program = "somebody's hands";
    return who;
}

}  // namespace

// The node whose engine is PRIMARY; null: none, or more than one.
node* world::engine_primary() {
    node* found = nullptr;
    for (auto& one : nodes_) {
        const auto* engine = one->engine().alive();
        if (!engine || engine->role("ag1") != mssqlsim::replica_role::primary) continue;
        if (found) return nullptr;
        found = one.get();
    }
    return found;
}

// The node of the plan, or the next one whose engine is not PRIMARY.
node& world::secondary_from(int index) {
    auto& first = *nodes_[static_cast<std::size_t>(index)];
    auto next = static_cast<std::size_t>(index + 1) % nodes_.size();
    return engine_primary() == &first ? *nodes_[next] : first;
}

// `times` times, a second and a half apart: as long as a supervisor needs to see it.
asio::awaitable<void> world::type(node& where, std::string command, int times) {
    for (int i = 0; i < times; ++i) {
        auto client = where.engine().connect(administrator());
        if (client && !client->refused) {
            say("somebody types " + command + " at " + where.name());
            mssqlsim::request what;
            const bool whole = command.starts_with("ALTER DATABASE");
            what.text = "EXEC sp_set_session_context @key = N'external_cluster', @value = N'yes'; ";
            if (!whole) what.text += "ALTER AVAILABILITY GROUP [ag1] ";
            what.text += command;
            if (!whole) engines_seen_[where.name()].by_hand = true;
            auto done = co_await ask(where, client, std::move(what), 5s);
            static_cast<void>(done);
            if (client) where.engine().close(client);
        }
        co_await clock_.sleep_for(1500ms);
    }
}

asio::awaitable<void> world::fail_over_by_job(std::string wanted, bool accepts_loss) {
    auto dialer = network_.dialer_at("job");
    auto http = http::make_client(clock_, *dialer, {"api", 443, "kubernetes"});
    auto api = k8s::make_client(clock_, *http, nullptr, "mssql-ha-job/simulated");
    agent::failover_order asked;
    asked.space = "default";
    asked.group = "ag1";
    asked.wanted = std::move(wanted);
    asked.accepts_loss = accepts_loss;
    asked.id = "job-" + std::to_string(++requests_);
    agent::failover_job job{
        clock_, *api, asked, [this](const std::string& line) { say("Job: " + line); }};
    auto code = co_await job.run();
    say("Job: ends with " + std::to_string(code));
    http->forget_connections();
}

void world::stick_endpoints(int index) {
    auto* primary = engine_primary();
    if (!primary) return;
    auto& other = secondary_from(index);
    say("the endpoints of " + primary->name() + " and " + other.name() + " are stuck");
    engines_.stick(primary->name(), other.name());
}

// Two such troubles may overlap: what is gone is not deleted, what is there is not made.
void world::delete_lease() {
    if (!has_lease()) return;
    api_.must("DELETE", "/apis/coordination.k8s.io/v1/namespaces/default/leases/ag1");
}

void world::make_lease() {
    if (has_lease()) return;
    json lease = {{"apiVersion", "coordination.k8s.io/v1"},
                  {"kind", "Lease"},
                  {"metadata", {{"name", "ag1"}, {"namespace", "default"}}},
                  {"spec", json::object()}};
    api_.must("POST", "/apis/coordination.k8s.io/v1/namespaces/default/leases", lease);
}

bool world::has_lease() {
    return api_.state().objects.find({"coordination.k8s.io", "leases"}, {"default", "ag1"}) !=
           nullptr;
}

}  // namespace ha::sim
