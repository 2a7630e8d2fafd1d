// SPDX-License-Identifier: MIT
#pragma once

#include "test/kubesim/api/server.hpp"
#include "test/sim/node.hpp"
#include "test/sim/plan.hpp"

#include <set>

// Three pods, an API server and a client on virtual time, the troubles of a plan, and somebody who
// checks after every event that what must never happen has not.

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

    void set_up_objects();
    void schedule(const fault_plan& one);
    void check_after(node& where);
    void check_statement(node& from, const std::string& statement);
    void check_lease(const kubesim::change& what);
    void check_end();
    void violate(const std::string& what);
    void say(const std::string& what);
    void describe();
    node* labelled_primary();
    const std::vector<std::string>& lines_errors() const;
    bool whole();
    node* engine_primary();
    node& secondary_from(int index);
    void stick_endpoints(int index);
    void delete_lease();
    void make_lease();
    boost::asio::awaitable<void> type(node& where, std::string command, int times);

    boost::asio::awaitable<void> write();
    boost::asio::awaitable<bool> make_database();
    boost::asio::awaitable<void> verify(node& primary, std::set<std::int64_t> expected);
    boost::asio::awaitable<std::optional<mssqlsim::result_rows>> ask(
        node& where, std::shared_ptr<engine_client>& over, std::string text, duration limit);

    run_plan plan_;
    boost::asio::io_context io_{1};
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
    instant last_trouble_{};
    bool database_made_ = false;
    std::set<std::int64_t> acknowledged_;
    std::optional<instant> last_acknowledged_;
    std::int64_t next_key_ = 1;
    std::map<std::string, std::size_t> promotions_seen_;
    std::map<std::string, std::string> uids_;
    std::string holder_;
};

}  // namespace ha::sim
