// SPDX-License-Identifier: MIT
#pragma once

#include "test/unit/mssqlsim/storage/scratch_folder.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

// The double as a process of its own, on a loopback address of its own.

namespace ha::test {

inline constexpr const char* sa_password = "Passw0rd!";

// A loopback address that no other test process uses at the same time: `number` from 1 to 250.
std::string loopback_address(unsigned number);

class server_process {
public:
    struct setup {
        std::string name;
        std::string address;
        std::string root;
        std::uint16_t admin_port = 0;
        std::vector<std::string> more_flags{};
        std::string password = sa_password;  // empty: none is said
        // With one of its own (its `address`) the port is nobody else's.
        std::string admin_address = "127.0.0.1";
    };

    // Starts it, and waits for its ready line; throws when none comes.
    explicit server_process(setup how);
    // Ends it the hard way if it still runs.
    ~server_process();
    server_process(const server_process&) = delete;
    server_process& operator=(const server_process&) = delete;

    const std::string& address() const { return how_.address; }
    std::uint16_t port() const { return 1433; }
    std::string certificate() const { return how_.root + "/secrets/server.crt"; }
    int parent() const { return parent_; }
    int child() const { return child_; }  // the one that is the engine

    void signal(int number) const;  // to the engine
    // Sends the parent a signal, waits for its end and returns its exit status.
    int stop(int number);
    int wait();

    // One command to the admin port, and its answer.
    std::string admin(const std::string& command) const;

private:
    void await_ready(int from);

    setup how_;
    int parent_ = 0;
    int child_ = 0;
};

// Runs a process that is expected to end by itself: its exit status and what it said on stderr.
struct finished {
    int status = 0;
    std::string said;
};
finished run_to_end(const std::vector<std::string>& flags,
                    const std::map<std::string, std::string>& variables);

// Waits until the condition holds; false when the limit passes first.
bool eventually(std::chrono::seconds limit, const std::function<bool()>& holds);

}  // namespace ha::test
