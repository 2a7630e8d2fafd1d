// SPDX-License-Identifier: MIT
#pragma once

#include "test/demo/cluster.hpp"
#include "test/demo/measures.hpp"
#include "test/demo/writers.hpp"

#include <optional>

// What the demo does, scene by scene, and what it judges. Every scene waits for events that must
// come, and says what did not.

namespace ha::test::demo {

struct story_plan {
    std::string manifest;
    int kills = 1;        // of the primary's engine
    int switchovers = 1;  // planned, after the kills
    int freezes = 0;      // of the primary's supervisor, until another leads
    int deletions = 0;    // of the primary's pod
    // With two data voters: takes the secondary away, the primary, and one after the other.
    bool take_away = false;
    // One replica more and one less, another image, a pause, the deletion.
    bool orders = false;
    duration restarts_forgotten_after = std::chrono::minutes{10};
    // Prove that the judge sees: an acknowledged row is removed before they are read back; the old
    // primary's fence is removed before its supervisor is frozen.
    bool drop_a_row = false;
    bool remove_the_fence = false;
};

// What came out; the demo ends well when `faults` is empty.
struct verdict {
    std::vector<std::string> faults;
    std::vector<measure> kills;        // kill to first acknowledged write
    std::vector<measure> switchovers;  // longest gap between acknowledged writes
};

class story {
public:
    story(boost::asio::any_io_executor executor,
          clock_source& clock,
          programs with,
          files::path folder,
          std::string driver,
          story_plan plan,
          timeline& events);
    ~story();

    // Returns when all scenes are played or one cannot go on.
    boost::asio::awaitable<verdict> play();
    void end_all() { cluster_.end_all(); }

private:
    using claim = std::function<bool()>;
    // Looks whenever something has changed: objects of the API server, or a write was answered.
    boost::asio::awaitable<bool> until(claim holds, duration limit, std::string what);
    boost::asio::awaitable<bool> whole();
    boost::asio::awaitable<bool> calm();

    boost::asio::awaitable<bool> scenes();
    boost::asio::awaitable<bool> form();
    boost::asio::awaitable<bool> begin_writing();
    boost::asio::awaitable<bool> kill_primary();
    boost::asio::awaitable<bool> switch_over(std::string target);
    boost::asio::awaitable<bool> delete_primary();
    boost::asio::awaitable<bool> freeze_supervisor();
    boost::asio::awaitable<bool> isolate(std::string pod);
    boost::asio::awaitable<bool> tell_engine(std::string pod, std::vector<std::string> commands);
    boost::asio::awaitable<bool> carry_out_orders();
    boost::asio::awaitable<bool> resize(std::size_t count);
    boost::asio::awaitable<bool> roll();
    boost::asio::awaitable<bool> pause();
    boost::asio::awaitable<bool> delete_group();
    boost::asio::awaitable<bool> order(node::json patch);
    boost::asio::awaitable<bool> under_writes(claim done, std::string what);
    boost::asio::awaitable<bool> take_secondary_away();
    boost::asio::awaitable<bool> take_primary_away();
    boost::asio::awaitable<bool> take_both_away();
    boost::asio::awaitable<bool> write_alone(std::string leader);
    boost::asio::awaitable<bool> see_condition(std::string pod,
                                               std::string type,
                                               std::string words);
    boost::asio::awaitable<bool> bring_back(std::string pod);
    boost::asio::awaitable<bool> finish(bool going);
    boost::asio::awaitable<bool> check_rights();
    boost::asio::awaitable<bool> preflight();
    boost::asio::awaitable<bool> read_back();
    boost::asio::awaitable<bool> ask_for(std::string id, std::string target);
    boost::asio::awaitable<duration> promotion_of(std::string address);

    void take_away(const std::string& pod);
    void begin_scene(const std::string& what, int number, int count);
    void end_scene(const std::string& what, const measure& came);
    bool is_whole() const;
    bool is_settled() const;
    std::string primary() const;  // empty: none, or more than one
    std::string other_than(const std::string& primary) const;
    k8s::object_name resource() const;
    node::container* engine_of(const std::string& pod);
    node::container* supervisor_of(const std::string& pod);
    std::optional<agent::transition_report> newest_transition() const;
    std::string phases(const agent::transition_report& of) const;
    void tell_counts();
    bool fail(const std::string& words);

    boost::asio::any_io_executor executor_;
    clock_source& clock_;
    std::string driver_;
    story_plan plan_;
    timeline& events_;
    cluster cluster_;
    ledger book_;
    std::optional<op::group> group_;
    std::unique_ptr<eyes> seen_;
    std::unique_ptr<writers> writers_;
    std::string home_;  // the first primary
    int requests_ = 0;
    std::chrono::system_clock::time_point marked_at_{};
    verdict verdict_;
};

}  // namespace ha::test::demo
