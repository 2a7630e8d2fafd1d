// SPDX-License-Identifier: MIT
#include "common/async/worker.hpp"

#include <boost/asio/post.hpp>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <pthread.h>
#include <thread>

namespace ha {

struct way_home::shared {
    std::mutex guard;
    std::optional<boost::asio::any_io_executor> home;
};

way_home::way_home(boost::asio::any_io_executor home) : state_(std::make_unique<shared>()) {
    state_->home = std::move(home);
}

way_home::~way_home() = default;

bool way_home::post(std::function<void()> what) {
    // Posted under the lock: after cut() the executor's context may be gone.
    std::lock_guard lock(state_->guard);
    if (!state_->home) return false;
    boost::asio::post(*state_->home, std::move(what));
    return true;
}

void way_home::cut() {
    std::lock_guard lock(state_->guard);
    state_->home.reset();
}

struct worker::queue {
    std::mutex guard;
    std::condition_variable changed;
    std::deque<std::function<void()>> jobs;
    bool closing = false;

    std::function<void()> next() {
        std::unique_lock lock(guard);
        changed.wait(lock, [this] { return closing || !jobs.empty(); });
        if (closing) return {};
        auto job = std::move(jobs.front());
        jobs.pop_front();
        return job;
    }

    void drain() noexcept {
        while (auto job = next()) job();
    }
};

worker::worker(boost::asio::any_io_executor home, std::string name, std::shared_ptr<void> resource)
    : home_(std::make_shared<way_home>(std::move(home))), queue_(std::make_shared<queue>()) {
    auto work = [jobs = queue_, name = name.substr(0, 15), owned = std::move(resource)] {
        pthread_setname_np(pthread_self(), name.c_str());
        jobs->drain();
    };
    std::thread(std::move(work)).detach();
}

worker::~worker() {
    home_->cut();
    std::deque<std::function<void()>> dropped;
    std::lock_guard lock(queue_->guard);
    queue_->closing = true;
    dropped.swap(queue_->jobs);
    queue_->changed.notify_all();
}

void worker::submit(std::function<void()> job) {
    std::lock_guard lock(queue_->guard);
    queue_->jobs.push_back(std::move(job));
    queue_->changed.notify_all();
}

}  // namespace ha
