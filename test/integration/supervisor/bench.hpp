// SPDX-License-Identifier: MIT
#pragma once

#include "common/async/system_clock.hpp"
#include "test/support/catch.hpp"
#include "test/support/node/api_access.hpp"
#include "test/support/node/process.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

// The supervisor's program, a kubesim with what one group needs, and a folder with its files as a
// pod has them: for what the program says.

namespace ha::test {

class supervisor_bench {
public:
    explicit supervisor_bench(std::string address);
    ~supervisor_bench();
    supervisor_bench(const supervisor_bench&) = delete;
    supervisor_bench& operator=(const supervisor_bench&) = delete;

    // Runs the program to its end: all that it said, and its exit code in the last line.
    std::string said_by(std::vector<std::string> flags);
    // Starts it and lets it run; it ends with the bench.
    void start(std::vector<std::string> flags);
    // Waits until the running one has said both in one line; the line, or empty after a minute.
    std::string wait_for(const std::string& words, const std::string& beside = {});

    // The file of settings that all runs name; `more` goes below the usual ones.
    void write_settings(const std::string& more = {});
    void write(const std::string& name, const std::string& text) const;
    std::string read(const std::string& name) const;
    // The pod's token, known to kubesim.
    void give_token(const std::string& token);
    void end_token();  // kubesim knows it no more
    void restart_api();
    nlohmann::json admin(const std::string& method, const std::string& path, nlohmann::json body);

    const std::string& address() const { return address_; }
    std::map<std::string, std::string>& variables() { return variables_; }
    // With the names that stand for this run's folder, address and ports.
    std::string neutral(std::string text) const;

    template <class T>
    T run(boost::asio::awaitable<T> work) {
        std::optional<T> came;
        boost::asio::co_spawn(io_, keep(std::move(work), came), boost::asio::detached);
        io_.restart();
        auto limit = clock_.now() + std::chrono::minutes{1};
        while (!came && clock_.now() < limit) io_.run_one_for(std::chrono::seconds{1});
        REQUIRE(came);
        return std::move(*came);
    }

private:
    template <class T>
    static boost::asio::awaitable<void> keep(boost::asio::awaitable<T> work,
                                             std::optional<T>& into) {
        into = co_await std::move(work);
    }
    void make_objects();
    std::string log() const;

    boost::asio::io_context io_{1};
    system_clock clock_;
    std::string address_;
    node::files::path folder_;
    std::map<std::string, std::string> variables_;
    std::unique_ptr<node::process> kubesim_;
    std::unique_ptr<node::api_access> access_;
    std::unique_ptr<node::process> running_;
};

}  // namespace ha::test
