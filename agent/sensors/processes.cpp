// SPDX-License-Identifier: MIT
#include "agent/sensors/processes.hpp"

#include "agent/sensors/process_table.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <map>
#include <sys/syscall.h>
#include <tuple>
#include <unistd.h>

namespace ha::agent {

namespace asio = boost::asio;

namespace {

constexpr const char* table = "/proc";

// glibc 2.36 declares these two without C linkage, so that C++ cannot call them by name.
int open_process(int process) {
    return static_cast<int>(syscall(SYS_pidfd_open, process, 0));
}

bool send_kill(int handle) {
    return syscall(SYS_pidfd_send_signal, handle, SIGKILL, nullptr, 0) == 0;
}

// What is known, shared with the handlers that wait for ends, which may outlive the owner.
class known_processes : public std::enable_shared_from_this<known_processes> {
public:
    known_processes(asio::any_io_executor executor,
                    process_filter filter,
                    std::function<void()> on_change)
        : executor_(std::move(executor)),
          filter_(std::move(filter)),
          on_change_(std::move(on_change)) {
        using sharing = process_filter::sharing;
        visible_ = filter_.neighbour == sharing::shared ||
                   (filter_.neighbour == sharing::detect && is_namespace_shared(table, getpid()));
    }

    process_state state() const {
        if (!looked_ || !visible_) return process_state::unknown;
        return alive_.empty() && !unheld_ ? process_state::gone : process_state::alive;
    }
    std::optional<instant> began() const {
        if (unheld_ || alive_.empty()) return std::nullopt;
        auto earlier = [](const auto& one, const auto& other) {
            return one.second.began < other.second.began;
        };
        return std::min_element(alive_.begin(), alive_.end(), earlier)->second.began;
    }
    bool visible() const { return visible_; }
    auto shown() const { return std::tuple{state(), began(), visible_}; }

    // One look may miss a child whose number lies behind the place in the table that was read when
    // it was born, so that nobody older is there is believed at the second look only.
    void look() {
        if (filter_.neighbour == process_filter::sharing::none) return;
        auto before = shown();
        bool some = take_in();
        if (!some && alive_.empty()) some = take_in();
        if (some) visible_ = true;
        looked_ = true;
        if (before != shown() && on_change_) on_change_();
    }

    // Kills what it finds until it finds nothing that it has not killed: an engine's parent may
    // start another child in between.
    result<int> kill_all() {
        if (!visible_) return failure(errc::failed, "the engine's processes are not visible here");
        std::map<int, bool> hit;
        for (bool fresh = true; fresh;) {
            look();
            fresh = false;
            for (auto& [process, one] : alive_) {
                if (hit.count(process) != 0) continue;
                fresh = true;
                hit[process] = true;
                if (!send_kill(one.handle.native_handle()) && errno != ESRCH)
                    return failure(errc::refused,
                                   std::string("no right to kill the engine's process: ") +
                                       std::strerror(errno));
            }
        }
        return static_cast<int>(hit.size());
    }

    void close() {
        on_change_ = nullptr;
        alive_.clear();
    }

private:
    struct living {
        asio::posix::stream_descriptor handle;
        instant began{};
    };

    // True when the table has a process of the engine.
    bool take_in() {
        auto found = find_processes(table, filter_, getuid());
        unheld_ = false;
        for (int process : found)
            if (alive_.count(process) == 0) adopt(process);
        return !found.empty();
    }

    // Between the table and the descriptor the number may have gone to another process: so the
    // process that the descriptor holds is looked at again. One that cannot be held is alive as
    // long as the table has it.
    void adopt(int process) {
        int handle = open_process(process);
        if (handle < 0) {
            unheld_ = unheld_ || is_wanted(table, process, filter_, getuid());
            return;
        }
        asio::posix::stream_descriptor descriptor(executor_, handle);
        if (!is_wanted(table, process, filter_, getuid())) return;
        living one{std::move(descriptor), beginning_of(table, process)};
        auto place = alive_.emplace(process, std::move(one)).first;
        place->second.handle.async_wait(
            asio::posix::stream_descriptor::wait_read,
            [weak = weak_from_this(), process](boost::system::error_code why) {
                if (why) return;
                if (auto here = weak.lock()) here->ended(process);
            });
    }

    void ended(int process) {
        auto before = shown();
        alive_.erase(process);
        take_in();
        take_in();
        if (before != shown() && on_change_) on_change_();
    }

    asio::any_io_executor executor_;
    process_filter filter_;
    std::function<void()> on_change_;
    std::map<int, living> alive_;
    bool visible_ = false;
    bool looked_ = false;
    bool unheld_ = false;
};

class machine_processes final : public engine_processes {
public:
    machine_processes(asio::any_io_executor executor,
                      clock_source& clock,
                      process_filter filter,
                      std::function<void()> on_change)
        : clock_(clock),
          look_period_(filter.look_period),
          known_(std::make_shared<known_processes>(
              std::move(executor), std::move(filter), std::move(on_change))) {}
    ~machine_processes() override { known_->close(); }
    machine_processes(const machine_processes&) = delete;
    machine_processes& operator=(const machine_processes&) = delete;

    process_state state() const override { return known_->state(); }
    std::optional<instant> began() const override { return known_->began(); }
    bool visible() const override { return known_->visible(); }
    result<int> kill_all() override { return known_->kill_all(); }

    asio::awaitable<void> run() override {
        for (;;) {
            known_->look();
            co_await clock_.sleep_for(look_period_);
        }
    }

private:
    clock_source& clock_;
    duration look_period_;
    std::shared_ptr<known_processes> known_;
};

}  // namespace

std::unique_ptr<engine_processes> watch_engine_processes(asio::any_io_executor executor,
                                                         clock_source& clock,
                                                         process_filter filter,
                                                         std::function<void()> on_change) {
    return std::make_unique<machine_processes>(
        std::move(executor), clock, std::move(filter), std::move(on_change));
}

}  // namespace ha::agent
