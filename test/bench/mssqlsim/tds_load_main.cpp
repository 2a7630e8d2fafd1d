// SPDX-License-Identifier: MIT
#include "common/async/system_clock.hpp"
#include "test/bench/mssqlsim/report.hpp"
#include "test/bench/mssqlsim/tds_client.hpp"

#include <CLI/CLI.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <array>
#include <memory>
#include <optional>
#include <stdexcept>
#include <sys/epoll.h>
#include <unistd.h>

// A load of commits on the engine's double by a TDS client of our own: each connection has one
// prepared INSERT, which it executes again when it was answered. Or it waits for a first login.

namespace {

namespace asio = boost::asio;
using namespace ha;
using bench::tds_client;

struct options {
    std::string address;
    std::size_t connections = 32;
    double seconds = 5;
    std::int32_t first_id = 1;
    bool await_login = false;
};

class load {
public:
    explicit load(const options& chosen) : next_id_(chosen.first_id), poll_(::epoll_create1(0)) {
        for (std::size_t i = 0; i < chosen.connections; ++i) {
            auto made = std::make_unique<tds_client>(chosen.address);
            made->prepare("INSERT INTO shop.dbo.t (id) VALUES (@id)");
            epoll_event wanted{};
            wanted.events = EPOLLIN;
            wanted.data.ptr = made.get();
            ::epoll_ctl(poll_, EPOLL_CTL_ADD, made->socket(), &wanted);
            clients_.push_back(std::move(made));
        }
    }
    ~load() { ::close(poll_); }
    load(const load&) = delete;
    load& operator=(const load&) = delete;

    void run(duration how_long) {
        auto begin = clock_.now();
        for (auto& one : clients_) execute(*one, begin);
        std::size_t open = clients_.size();
        std::array<epoll_event, 64> ready{};
        while (open > 0) {
            auto count = ::epoll_wait(poll_, ready.data(), static_cast<int>(ready.size()), 10000);
            if (count <= 0) throw std::runtime_error("no answer for ten seconds");
            for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
                auto& one = *static_cast<tds_client*>(ready[i].data.ptr);
                if (!one.receive()) continue;
                one.take_answer();
                auto now = clock_.now();
                each_.push_back(now - one.asked_at);
                if (now - begin < how_long)
                    execute(one, now);
                else
                    --open;
            }
        }
        bench::report(std::move(each_), clock_.now() - begin, clients_.size());
    }

private:
    void execute(tds_client& one, instant now) {
        one.asked_at = now;
        one.send_execute(next_id_++);
    }

    system_clock clock_;
    std::int32_t next_id_;
    int poll_;
    std::vector<std::unique_ptr<tds_client>> clients_;
    std::vector<duration> each_;
};

constexpr auto between_tries = std::chrono::milliseconds(1);

// When a login was answered; nothing when none was.
std::optional<instant> log_in(const std::string& address, const clock_source& clock) {
    try {
        tds_client one(address);
        return clock.now();
    } catch (const std::runtime_error&) {
        return {};
    }
}

// Tries each millisecond, and says when a login was answered: nanoseconds of the monotonic clock.
asio::awaitable<void> await_login(const std::string& address, clock_source& clock) {
    std::puts("trying");
    std::fflush(stdout);
    auto limit = clock.now() + std::chrono::seconds{10};
    auto answered = log_in(address, clock);
    while (!answered) {
        if (clock.now() > limit) throw std::runtime_error("no login at " + address);
        co_await clock.sleep_for(between_tries);
        answered = log_in(address, clock);
    }
    std::chrono::nanoseconds since_boot = answered->time_since_epoch();
    std::printf("%lld\n", static_cast<long long>(since_boot.count()));
}

void run_await_login(const std::string& address) {
    system_clock clock;
    asio::io_context io;
    std::exception_ptr failed;
    asio::co_spawn(
        io, await_login(address, clock), [&](const std::exception_ptr& why) { failed = why; });
    io.run();
    if (failed) std::rethrow_exception(failed);
}

}  // namespace

int main(int count, char** arguments) {
    CLI::App app{"Commits on the engine's double by a TDS client of our own"};
    options chosen;
    app.add_option("address", chosen.address)->required();
    app.add_option("--connections", chosen.connections);
    app.add_option("--seconds", chosen.seconds);
    app.add_option("--first-id", chosen.first_id);
    app.add_flag("--await-login", chosen.await_login, "only say when the first login was answered");
    CLI11_PARSE(app, count, arguments);
    auto how_long =
        std::chrono::duration_cast<duration>(std::chrono::duration<double>(chosen.seconds));
    try {
        if (chosen.await_login)
            run_await_login(chosen.address);
        else
            load(chosen).run(how_long);
    } catch (const std::exception& trouble) {
        std::fprintf(stderr, "bench-tds-load: %s\n", trouble.what());
        return 1;
    }
}
