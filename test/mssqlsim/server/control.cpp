// SPDX-License-Identifier: MIT
#include "test/mssqlsim/server/control.hpp"

#include "test/mssqlsim/server/admin.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <cstdio>

namespace ha::mssqlsim {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds answer_limit{5};

// Connects, writes and reads in turn; whoever is not done when the time is over failed.
class conversation {
public:
    explicit conversation(const std::string& command) : line_(command + "\n") {}

    result<std::string> hold(const asio::ip::tcp::endpoint& where) {
        socket_.async_connect(where, [this](auto trouble) {
            if (trouble) return fail(trouble);
            write();
        });
        io_.run_for(answer_limit);
        if (done_) return answer_;
        return failure(errc::unreachable,
                       "nobody answers at " + where.address().to_string() + ":" +
                           std::to_string(where.port()) + ": " + why_);
    }

private:
    void fail(const boost::system::error_code& trouble) { why_ = trouble.message(); }

    void write() {
        asio::async_write(socket_, asio::buffer(line_), [this](auto trouble, std::size_t) {
            if (trouble) return fail(trouble);
            read();
        });
    }

    void read() {
        asio::async_read_until(
            socket_, asio::dynamic_buffer(answer_), '\n', [this](auto trouble, std::size_t end) {
                if (trouble) return fail(trouble);
                answer_.resize(end - 1);
                done_ = true;
            });
    }

    asio::io_context io_;
    asio::ip::tcp::socket socket_{io_};
    std::string line_;
    std::string answer_;
    std::string why_ = "the time is over";
    bool done_ = false;
};

}  // namespace

std::string control_help() {
    std::size_t widest = 0;
    for (const auto& one : admin_commands()) widest = std::max(widest, one.form.size());
    std::string out;
    for (const auto& one : admin_commands())
        out += one.form + std::string(widest + 2 - one.form.size(), ' ') + one.effect + "\n";
    return out;
}

result<std::string> ask_admin_port(const std::string& address,
                                   std::uint16_t port,
                                   const std::string& command) {
    boost::system::error_code trouble;
    auto where = asio::ip::make_address(address, trouble);
    if (trouble) return failure(errc::malformed, "no IP address: " + address);
    return conversation(command).hold({where, port});
}

int run_control(const std::string& address,
                std::uint16_t port,
                const std::vector<std::string>& words) {
    if (words.size() == 1 && words.front() == "help") {
        std::fputs(control_help().c_str(), stdout);
        return 0;
    }
    std::string command;
    for (const auto& one : words) command += (command.empty() ? "" : " ") + one;
    auto told = ask_admin_port(address, port, command);
    if (!told) {
        std::fprintf(stderr, "mssqlsim ctl: %s\n", told.error().message.c_str());
        return 2;
    }
    auto done = told->rfind("ok", 0) == 0;
    std::fprintf(done ? stdout : stderr, "%s\n", told->c_str());
    return done ? 0 : 1;
}

}  // namespace ha::mssqlsim
