// SPDX-License-Identifier: MIT
#pragma once

#include "test/demo/cluster.hpp"
#include "test/demo/writers.hpp"

#include <optional>

// What the demo does, scene by scene, and what it judges. Every scene waits for what must come, and
// says what did not.

namespace ha::test::demo {

struct story_plan {
    std::string manifest;
    int kills = 1;
    int switchovers = 1;
    // Proves that the judge sees a loss: one acknowledged row is removed before they are read back.
    bool drop_a_row = false;
};

// What came out; the demo ends well when `faults` is empty.
struct verdict {
    std::vector<std::string> faults;
    std::vector<duration> failovers;    // kill to first acknowledged write
    std::vector<duration> switchovers;  // longest gap between acknowledged writes
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
    boost::asio::awaitable<bool> until(claim holds, duration limit, std::string what);
    boost::asio::awaitable<bool> form();
    boost::asio::awaitable<bool> kill_primary();
    boost::asio::awaitable<bool> switch_over(std::string target);
    boost::asio::awaitable<bool> read_back();
    boost::asio::awaitable<bool> ask_for(std::string id, std::string target);
    bool everybody_settled() const;
    std::string other_than(const std::string& primary) const;
    void tell_phases(std::size_t transitions_before);
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
    verdict verdict_;
};

}  // namespace ha::test::demo
