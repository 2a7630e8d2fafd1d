// SPDX-License-Identifier: MIT
#pragma once

#include "test/integration/kubesim/bench.hpp"

// The supervisor's program, a kubesim with what one group needs, and a folder with its files as a
// pod has them: for what the program says.

namespace ha::test {

class supervisor_bench : public kubesim_bench {
public:
    explicit supervisor_bench(std::string address);

    // Runs the program to its end: all that it said, and its exit code in the last line.
    std::string said_by(std::vector<std::string> flags);
    // Starts it and lets it run; it ends with the bench.
    void start(std::vector<std::string> flags);
    // Waits until the running one has said both in one line; the line, or empty after a minute.
    std::string wait_for(const std::string& words, const std::string& beside = {});

    // The file of settings that all runs name; `more` goes below the usual ones.
    void write_settings(const std::string& more = {});
    void restart_api();

    const std::string& address() const { return address_; }
    // With the names that stand for this run's folder, address and ports.
    std::string neutral(std::string text) const;

private:
    void make_objects();
    std::string log() const;

    std::string address_;
    std::unique_ptr<node::process> running_;
};

}  // namespace ha::test
