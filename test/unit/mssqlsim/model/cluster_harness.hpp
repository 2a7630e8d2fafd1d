// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/instance.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

// Instances of the model on virtual time, three unless more are asked for: their messages, disks
// and clients by hand.

namespace ha::mssqlsim {

struct reply {
    std::vector<result_rows> sets;
    std::vector<server_message> messages;
    bool complete = false;
    bool ended = false;

    std::int32_t error() const;  // the first one's number; 0 if there was none
    value cell(std::size_t row_index = 0, std::size_t column_index = 0) const;
    std::string cells() const;  // of the last set: "1,-;2,b"; or "error 208"
};

// Who keeps the instances' logs, and hears of answers. This one keeps them in memory, whole.
class harness_disks {
public:
    virtual ~harness_disks() = default;
    // An instance starts; `kept` is what it wrote before, as far as this harness knows.
    virtual durable_state read(std::size_t, durable_state kept) { return kept; }
    virtual void write(std::size_t, const std::vector<log_record>&) {}
    virtual void back_up(std::size_t, const write_backup&) {}
    virtual void answered(const reply&) {}
};

class cluster_harness {
public:
    explicit cluster_harness(reading how = reading::a,
                             std::function<void(instance_options&)> change = {},
                             std::size_t instances = size,
                             std::shared_ptr<harness_disks> disks = {});

    static constexpr std::size_t size = 3;  // of the group that make_group() makes
    static std::string name(std::size_t i) { return "ag-" + std::to_string(i); }

    // Runs a batch on a connection of its own and waits for the answer, up to the limit.
    reply run(std::size_t i, const std::string& text, duration limit = std::chrono::seconds{30});
    // The same on a connection that stays.
    reply run_on(std::size_t i, session_number session, const std::string& text);
    // Sends without waiting; the reply fills while time passes.
    std::shared_ptr<reply> send(std::size_t i, const std::string& text);
    session_number login(std::size_t i, const std::string& database = "master");

    void pass(duration time);
    bool eventually(const std::function<bool()>& holds, duration limit = std::chrono::seconds{60});
    instant now() const { return now_; }

    void crash(std::size_t i);
    void start(std::size_t i);
    // From its next start on: an instance that differs from the others.
    void change(std::size_t i, std::function<void(instance_options&)> how);
    void restart(std::size_t i);
    void cut(std::size_t a, std::size_t b);
    void heal();
    void freeze(std::size_t i, bool frozen) { nodes_[i].frozen = frozen; }
    void hold_disk(std::size_t i, bool held);

    instance& at(std::size_t i) { return *nodes_[i].engine; }
    std::string role(std::size_t i);

    // Endpoints with certificates of each other, a group ag1 with the primary at 0, joined and
    // following; a database shop with a table t, synchronized everywhere.
    void make_endpoints();
    void make_group(int required = 1, const std::string& third_mode = "SYNCHRONOUS_COMMIT");
    void fail_over_to(std::size_t i);
    void follow(std::size_t i);
    std::int64_t synchronized(std::size_t primary);
    std::uint64_t trace() const { return trace_; }

private:
    struct node {
        std::unique_ptr<instance> engine;
        std::function<void(instance_options&)> change;
        durable_state disk;
        std::vector<log_record> appended;  // not hardened yet
        std::uint16_t port = 0;
        bool frozen = false;
        bool disk_held = false;
        std::uint64_t life = 0;
        std::map<session_number, std::shared_ptr<reply>> replies;
        std::map<link_number, std::pair<std::size_t, link_number>> links;
    };

    void schedule(duration after, std::function<void()> what);
    bool step(instant limit);
    void collect(std::size_t i);
    void perform(std::size_t i, output& what);
    void dial_from(std::size_t i, const dial& what);
    void hang_up_from(std::size_t i, link_number link);
    void harden(std::size_t i);
    bool is_cut(std::size_t a, std::size_t b) const;

    instance_options options_;
    std::shared_ptr<harness_disks> disks_;
    std::vector<node> nodes_;
    instant now_{std::chrono::seconds{1000}};
    std::uint64_t next_event_ = 0;
    std::map<std::pair<instant, std::uint64_t>, std::function<void()>> events_;
    std::set<std::pair<std::size_t, std::size_t>> cuts_;
    std::uint64_t trace_ = 0;
};

}  // namespace ha::mssqlsim
