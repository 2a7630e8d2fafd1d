// SPDX-License-Identifier: MIT
#pragma once

#include "test/kubesim/api/server.hpp"
#include "test/sim/invariants.hpp"
#include "test/sim/node.hpp"
#include "test/sim/plan.hpp"

#include <set>

// Three pods (more where the group grows), an API server and a client on virtual time, the troubles
// of a plan, and somebody who checks after every event that what must never happen has not.

namespace ha::sim {

struct run_result {
    std::vector<std::string> violations;  // empty: all invariants held
    std::uint64_t trace_hash = 0;
    std::size_t events = 0;
    int writes_acknowledged = 0;
    int writes_refused = 0;
    int promotions = 0;
    std::vector<std::string> trace;  // with plan and log lines; only if it was asked for
};

class world {
public:
    world(run_plan plan, bool keep_trace);
    ~world();

    run_result run();

private:
    struct recorder;
    struct running_trouble {
        fault_plan plan;
        node* target = nullptr;
        std::size_t fault = 0;  // of the API server
        bool over = false;
    };
    struct engine_sight {
        std::uint64_t life = 0;
        bool accepted = false;
        bool primary = false;
        bool by_hand = false;        // somebody typed a FAILOVER
        bool alone = false;          // PRIMARY with REQUIRED = 0
        bool member = false;         // had the group when its process began
        bool led = false;            // has been PRIMARY since
        std::size_t promotions = 0;  // by FAILOVER
        std::optional<instant> lease_end{};
    };

    void set_up_objects();
    void set_latencies();
    void schedule(const fault_plan& one);
    void begin_trouble(const fault_plan& one);
    void come(running_trouble& now);
    void go(running_trouble& now);
    node& victim_of(const fault_plan& one);
    void cut_peers(node& target, bool outward, bool inward);
    void heal_peers(node& target);
    void cut_api(node& target);
    void heal_api(node& target);
    void ask_for_switchover(const node& target);
    void order(const std::string& key, const std::string& words);
    void specify(int replicas);
    void name_databases();
    bool has_left(const node& one);
    boost::asio::awaitable<void> keep_pods();

    bool excused(node& one) const;
    bool may_be_primary(const node& one) const;
    void check_after(node& where);
    void check_writers();
    void check_alone();
    void check_statement(node& from, const std::string& statement);
    void check_sent(node& from, std::string_view text);
    void check_change(const kubesim::change& what);
    void check_lease(const nlohmann::json& object);
    void check_answers(const nlohmann::json& object);
    void check_line(const log::line& one);
    void check_end();
    void violate(const std::string& what);
    void say(const std::string& what);
    void describe();
    node* labelled_primary();
    node* find_labelled();
    const std::vector<std::string>& lines_errors() const;
    bool whole();
    bool set_fits();
    node* engine_primary();
    node& secondary_from(int index);
    void stick_endpoints(int index);
    void delete_lease();
    void make_lease();
    bool has_lease();
    boost::asio::awaitable<void> type(node& where, std::string command, int times);
    boost::asio::awaitable<void> fail_over_by_job(std::string wanted, bool accepts_loss);

    boost::asio::awaitable<void> write();
    boost::asio::awaitable<void> write_directly(node& where);
    boost::asio::awaitable<bool> put_row(node& where, std::shared_ptr<engine_client>& over);
    boost::asio::awaitable<void> read_at_the_end();
    boost::asio::awaitable<bool> make_database();
    boost::asio::awaitable<void> keep_databases();
    boost::asio::awaitable<bool> keep_database(std::string name);
    boost::asio::awaitable<std::optional<mssqlsim::result_rows>> administer(
        node& where, std::vector<std::string> texts);
    boost::asio::awaitable<void> verify(node& primary, std::set<std::int64_t> expected);
    boost::asio::awaitable<std::optional<mssqlsim::result_rows>> ask(
        node& where, std::shared_ptr<engine_client>& over, mssqlsim::request what, duration limit);

    run_plan plan_;
    boost::asio::io_context io_{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE};
    test::sim_clock clock_{io_};
    std::unique_ptr<recorder> lines_;
    run_result found_;
    transport::memory_network network_{clock_, std::chrono::microseconds{300}};
    engine_network engines_{clock_, std::chrono::microseconds{300}};
    kubesim::api_server api_;
    std::unique_ptr<transport::listener> api_listener_;
    std::vector<std::unique_ptr<node>> nodes_;
    std::unique_ptr<task_group> tasks_;
    instant begin_{};
    int wanted_ = plan_.replicas;  // as specified
    bool database_made_ = false;
    std::optional<node*> labelled_;  // unknown since a pod was written
    node* left_at_ = nullptr;        // where the database was made last
    std::set<std::string> joined_;   // databases of the list that are in the group
    std::optional<instant> last_acknowledged_;
    std::int64_t next_key_ = 1;
    int requests_ = 0;
    invariants watched_;
    std::map<std::string, instant> sends_;  // of a Lease, by its renewTime and its sender's pod
    std::vector<std::function<void()>> on_change_;  // of the Lease's holder, once
    std::vector<std::function<void()>> on_taken_;   // of the Lease by somebody, once
    std::map<std::string, engine_sight> engines_seen_;
    std::map<std::string, std::string> uids_;
};

}  // namespace ha::sim
