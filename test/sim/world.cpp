// SPDX-License-Identifier: MIT
#include "test/sim/world.hpp"

#include "agent/codec/group_state.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace ha::sim {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

constexpr const char* space = "default";
constexpr const char* group = "ag1";
constexpr const char* requests_path = "/api/v1/namespaces/default/configmaps/ag1";
// From the last trouble's end on until nothing may change hands any more.
constexpr auto calm_after = 90s;

std::string name_of(int node) {
    return "db-" + std::to_string(node);
}

std::string specification(const run_plan& plan, int count) {
    json replicas = json::array();
    for (int i = 0; i < count; ++i)
        replicas.push_back(
            {{"name", name_of(i)},
             {"endpointUrl", "TCP://" + name_of(i) + ":5022"},
             {"mode", plan.two_data_voters && i == 2 ? "asynchronous" : "synchronous"},
             {"failover", plan.failover_by_name ? "manual" : "automatic"},
             {"readable", true}});
    json spec = {{"replicas", replicas}};
    if (!plan.lease_witness) spec["witness"] = "None";
    if (plan.read_scale) spec["clusterType"] = "NONE";
    return spec.dump();
}

}  // namespace

// Folds every line into the hash; keeps the lines themselves when somebody wants to read them.
struct world::recorder final : log::sink {
    recorder(bool keeps, std::function<void(const log::line&)> listener)
        : keep(keeps), listen(std::move(listener)) {}

    void take(const log::line& one) override {
        for (char c : one.text) {
            hash ^= static_cast<unsigned char>(c);
            hash *= 0x100000001b3ULL;
        }
        ++count;
        if (one.severity == log::level::error) errors.push_back(one.text);
        if (keep) lines.push_back(one.text);
        listen(one);
    }

    bool keep;
    std::function<void(const log::line&)> listen;
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    std::size_t count = 0;
    std::vector<std::string> lines;
    std::vector<std::string> errors;
};

world::world(run_plan plan, bool keep_trace)
    : plan_(std::move(plan)),
      lines_(std::make_unique<recorder>(keep_trace,
                                        [this](const log::line& one) { check_line(one); })),
      api_(clock_, kubesim::server_settings{1000, true, 1min}),
      watched_(plan_.chosen.times.margin, [this](const std::string& what) { violate(what); }) {
    begin_ = clock_.now();
    tasks_ = std::make_unique<task_group>(io_.get_executor(),
                                          [this](const std::string& task, const std::string& why) {
                                              violate("task " + task + " failed: " + why);
                                          });
    set_up_objects();
    api_listener_ = network_.listen("api", 443);
    http::server_limits limits;
    limits.connections_max = 1000;
    tasks_->spawn("api", http::serve(clock_, *api_listener_, api_.handler(), limits));
    api_.state().objects.on_change([this](const kubesim::change& what) { check_change(what); });
    for (int i = 0; i < most_replicas(plan_); ++i) {
        node_plan one;
        one.name = name_of(i);
        one.uid = uids_.at(one.name);
        one.chosen = plan_.chosen;
        one.neighbour_visible = plan_.neighbour_visible;
        one.engine.server_name = one.name;
        one.engine.sa_password = "Str0ng!Passw0rd";
        one.engine.engine_reading = plan_.reading;
        one.engine.promotion_raises_number = plan_.promotion_raises_number;
        one.engine.primaries_resume = plan_.primaries_resume;
        one.engine.renewal_revives = plan_.renewal_revives;
        one.engine.latch.enabled = plan_.engine_latches;
        one.engine.delays.startup += plan_.recovery;
        one.engine.seed = plan_.seed * 3 + static_cast<std::uint64_t>(i);
        if (plan_.slow_promotion_ms > 0)
            one.engine.delays.promotion = 1ms * plan_.slow_promotion_ms;
        nodes_.push_back(std::make_unique<node>(io_, clock_, network_, engines_, *lines_, one));
        auto& made = *nodes_.back();
        made.engine().on_input = [this, &made] { check_after(made); };
        made.engine().on_errorlog = [this, &made](const std::string& text) {
            say(made.name() + " errorlog: " + text);
        };
        made.on_statement = [this](node& from, const std::string& name) {
            check_statement(from, name);
        };
        made.on_sent = [this](node& from, std::string_view text) { check_sent(from, text); };
        made.on_record = [this](node& from, const auto& before, const auto& after) {
            watched_.record_saved(from.holder(), before, after);
        };
        made.on_fatal = [this](node& from, const std::string& why) {
            violate(from.name() + " supervisor failed: " + why);
        };
    }
    set_latencies();
    for (const auto& one : plan_.faults) schedule(one);
    for (const auto& one : plan_.sizes)
        clock_.at(begin_ + one.at, [this, size = one.replicas] { specify(size); });
    for (const auto& one : plan_.databases)
        clock_.at(begin_ + one.at, [this] { name_databases(); });
    watched_.calm_from(begin_ + end_of_troubles(plan_) + calm_after);
}

void world::set_latencies() {
    for (const auto& one : nodes_) {
        network_.set_latency(one->host(), "api", plan_.api_latency);
        network_.set_latency("api", one->host(), plan_.api_latency);
        for (const auto& other : nodes_)
            network_.set_latency(one->host(), other->host(), plan_.peer_latency);
    }
    engines_.set_latency(plan_.peer_latency);
}

// Everything on virtual time is undone before the clock and the executor go.
world::~world() {
    for (auto& one : nodes_) one->power_off();
    tasks_->cancel();
    clock_.settle();
}

void world::set_up_objects() {
    json lease = {{"apiVersion", "coordination.k8s.io/v1"},
                  {"kind", "Lease"},
                  {"metadata", {{"name", group}, {"namespace", space}}},
                  {"spec", json::object()}};
    api_.must("POST", "/apis/coordination.k8s.io/v1/namespaces/default/leases", lease);
    for (int i = 0; i < most_replicas(plan_); ++i) {
        auto name = name_of(i);
        json pod = {{"apiVersion", "v1"},
                    {"kind", "Pod"},
                    {"metadata", {{"name", name}, {"namespace", space}}},
                    {"spec", {{"containers", {{{"name", "mssql"}, {"image", "mssql"}}}}}}};
        auto made = api_.must("POST", "/api/v1/namespaces/default/pods", pod);
        made["status"]["podIP"] = "host-" + name;
        uids_[name] = made.at("metadata").at("uid").get<std::string>();
        api_.must("PUT", "/api/v1/namespaces/default/pods/" + name + "/status", made);
    }
    json requests = {{"apiVersion", "v1"},
                     {"kind", "ConfigMap"},
                     {"metadata", {{"name", group}, {"namespace", space}}},
                     {"data", {{"format", "1"}, {"spec", specification(plan_, wanted_)}}}};
    api_.must("POST", "/api/v1/namespaces/default/configmaps", requests);
    json state = {{"apiVersion", "v1"},
                  {"kind", "ConfigMap"},
                  {"metadata", {{"name", std::string(group) + "-state"}, {"namespace", space}}}};
    api_.must("POST", "/api/v1/namespaces/default/configmaps", state);
}

void world::specify(int replicas) {
    say("specified: " + std::to_string(replicas) + " replicas");
    for (int i = wanted_; i < replicas; ++i) nodes_[static_cast<std::size_t>(i)]->power_on();
    wanted_ = replicas;
    auto map = api_.must("GET", requests_path);
    map["data"]["spec"] = specification(plan_, replicas);
    api_.must("PUT", requests_path, map);
}

// All whose time has come.
void world::name_databases() {
    json names = json::array();
    for (const auto& one : plan_.databases)
        if (clock_.now() >= begin_ + one.at) names.push_back(one.name);
    say("specified: databases " + names.dump());
    auto map = api_.must("GET", requests_path);
    json wanted = {{"names", names}};
    map["data"]["databases"] = wanted.dump();
    api_.must("PUT", requests_path, map);
}

// As the group's state has it; unknown is no.
bool world::has_left(const node& one) {
    auto object = api_.state().objects.find({"", "configmaps"}, {space, "ag1-state"});
    auto state = agent::read_group_state(object ? *object : json::object());
    if (!state || state->replicas.empty()) return false;
    return std::none_of(state->replicas.begin(), state->replicas.end(), [&](const auto& member) {
        return member.name == one.name();
    });
}

// What the operator does: a pod goes when the group has removed its replica.
asio::awaitable<void> world::keep_pods() {
    for (;;) {
        co_await clock_.sleep_for(1s);
        for (auto i = static_cast<std::size_t>(wanted_); i < nodes_.size(); ++i) {
            auto& one = *nodes_[i];
            if (!one.powered() || !has_left(one)) continue;
            say("the pod " + one.name() + " is deleted");
            one.power_off();
        }
    }
}

void world::violate(const std::string& what) {
    say("VIOLATION " + what);
    if (found_.violations.size() < 20) found_.violations.push_back(what);
}

const std::vector<std::string>& world::lines_errors() const {
    return lines_->errors;
}

void world::say(const std::string& what) {
    auto at = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.now() - begin_).count();
    auto text = "-- " + std::to_string(at) + " ms: " + what;
    lines_->take(log::line{log::level::info, "world", text});
}

namespace {

std::string pair(const agent::configuration& numbered) {
    return "(" + std::to_string(numbered.line) + ", " + std::to_string(numbered.number) + ")";
}

}  // namespace

// What each supervisor knows at the end of a run that went wrong.
void world::describe() {
    for (const auto& one : nodes_) {
        const auto* loop = one->loop();
        if (!loop) continue;
        const auto& seen = loop->seen();
        std::string words =
            one->name() + " knows: role " +
            std::to_string(static_cast<int>(engine_role(seen).value_or(agent::role::absent))) +
            ", line " + std::to_string(seen.record.value.line) + ", voted " +
            std::to_string(seen.record.value.voted) + ", configuration " +
            pair(own_configuration(seen)) + (seen.record.value.promoting ? ", promoting" : "") +
            (seen.held ? ", holds" : "") + (seen.leaving ? ", leaving" : "") +
            (seen.spec_known ? "" : ", no spec") +
            (seen.instance_ready ? "" : ", instance not ready") +
            (seen.hands.sessions_to_end ? ", sessions to end" : "");
        for (const auto& code : candidate_refusals(seen)) words += " " + code;
        for (const auto& [name, peer] : seen.peers)
            words += "; " + name + (peer.status ? "" : " unknown") +
                     (peer.asked_at ? " silent" : "") +
                     (peer.status && peer.status->bootstrap_clear ? " clear" : "") +
                     (peer.status && peer.status->authority ? " leads" : "");
        say(words);
    }
}

node* world::labelled_primary() {
    if (!labelled_) labelled_ = find_labelled();
    return *labelled_;
}

node* world::find_labelled() {
    for (auto& one : nodes_) {
        auto pod = api_.state().objects.find({"", "pods"}, {space, one->name()});
        if (!pod || !pod->at("metadata").contains("labels")) continue;
        const auto& labels = pod->at("metadata").at("labels");
        auto found = labels.find("sql.mssql.microsoft.com/ag-role");
        if (found != labels.end() && *found == "primary") return one.get();
    }
    return nullptr;
}

run_result world::run() {
    for (const auto& one : plan_.faults)
        say(std::string("plan: ") + words(one.what) + ", node " + std::to_string(one.node));
    for (int i = 0; i < wanted_; ++i) nodes_[static_cast<std::size_t>(i)]->start();
    tasks_->spawn("client", write());
    if (!plan_.sizes.empty()) tasks_->spawn("pods", keep_pods());
    if (!plan_.databases.empty()) tasks_->spawn("databases", keep_databases());
    for (auto& one : nodes_) tasks_->spawn("direct client", write_directly(*one));
    tasks_->spawn("reader", read_at_the_end());
    auto end = begin_ + plan_.length;
    while (clock_.now() < end && found_.violations.empty()) {
        if (!clock_.advance_to(end)) break;
        ++found_.events;
    }
    if (found_.violations.empty()) check_end();
    if (!found_.violations.empty()) describe();
    found_.trace_hash = lines_->hash;
    found_.trace = lines_->lines;
    return found_;
}

}  // namespace ha::sim
