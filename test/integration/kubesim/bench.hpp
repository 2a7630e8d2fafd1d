// SPDX-License-Identifier: MIT
#pragma once

#include "common/async/system_clock.hpp"
#include "test/support/catch.hpp"
#include "test/support/node/api_access.hpp"
#include "test/support/node/process.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

// A kubesim process, and a folder with a service account's files as a pod has them.

namespace ha::test {

class kubesim_bench {
public:
    // `user` is the service account; it may do everything once give_token() was called.
    explicit kubesim_bench(std::string user);
    ~kubesim_bench();
    kubesim_bench(const kubesim_bench&) = delete;
    kubesim_bench& operator=(const kubesim_bench&) = delete;

    void write(const std::string& name, const std::string& text) const;
    std::string read(const std::string& name) const;
    // The account's token, known to kubesim.
    void give_token(const std::string& token);
    void end_token();  // kubesim knows it no more
    nlohmann::json admin(const std::string& method, const std::string& path, nlohmann::json body);

    // What a program of ours needs to find the API server.
    std::map<std::string, std::string>& variables() { return variables_; }
    const node::files::path& folder() const { return folder_; }
    node::api_access& access() const { return *access_; }
    boost::asio::io_context& io() { return io_; }
    system_clock& clock() { return clock_; }

    // Starts a program with the account's variables; what it says goes to that file of the folder.
    std::unique_ptr<node::process> start(std::vector<std::string> arguments,
                                         const std::string& log);

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

    boost::asio::io_context io_{1};
    system_clock clock_;
    std::string user_;
    node::files::path folder_;
    std::map<std::string, std::string> variables_;
    std::unique_ptr<node::process> kubesim_;
    std::unique_ptr<node::api_access> access_;
};

}  // namespace ha::test
