// SPDX-License-Identifier: MIT
#include "test/support/node/container.hpp"

#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <csignal>

namespace ha::test::node {
namespace {

namespace asio = boost::asio;

constexpr duration start_retry = std::chrono::seconds{1};
// A kubelet hears of an ended container when it next lists them, within a second.
constexpr duration end_noticed_after = std::chrono::milliseconds{200};
constexpr duration last_words = std::chrono::seconds{2};  // between the last TERM and KILL

}  // namespace

duration restart_delay(int ends_in_a_row) {
    if (ends_in_a_row <= 1) return {};
    duration wait = std::chrono::seconds{10};
    for (int i = 2; i < ends_in_a_row && wait < std::chrono::minutes{5}; ++i) wait *= 2;
    return std::min<duration>(wait, std::chrono::minutes{5});
}

container::container(surroundings& around, json pod, json spec, pod_place place, doorbell& changed)
    : around_(around),
      pod_(std::move(pod)),
      spec_(std::move(spec)),
      place_(std::move(place)),
      name_(text_at(spec_, "/name")),
      changed_(changed) {}

void container::say(const std::string& words) {
    around_.tell(path() + ": " + words);
}

std::string container::path() const {
    return text_at(pod_, "/metadata/name") + "/" + name_;
}

void container::spawn(asio::awaitable<void> work) {
    // What such a coroutine throws is a fault of the double: it must not pass in silence.
    auto report = [keep = shared_from_this()](std::exception_ptr trouble) {
        if (trouble) std::rethrow_exception(trouble);
    };
    asio::co_spawn(around_.executor, std::move(work), report);
}

void container::begin() {
    spawn(run());
}

asio::awaitable<void> container::run() {
    while (!stopping_) {
        bool came_up = co_await bring_up();
        if (came_up) co_await live();
        if (stopping_) break;
        if (!came_up) continue;
        waiting_ = "CrashLoopBackOff";
        changed_.ring();
        auto wait = std::max(restart_delay(ends_in_a_row_), end_noticed_after);
        auto again = around_.clock.now() + wait;
        while (!stopping_ && around_.clock.now() < again) {
            co_await ends_.wait_until(around_.clock, again);
        }
        while (!stopping_ && held_) co_await ends_.wait();
    }
    over_ = true;
    ends_.ring();
    changed_.ring();
}

asio::awaitable<bool> container::fail_to_start(std::string reason, std::string words) {
    if (waiting_words_ != words) say(reason + ": " + words);
    waiting_ = std::move(reason);
    waiting_words_ = std::move(words);
    changed_.ring();
    auto again = around_.clock.now() + start_retry;
    co_await ends_.wait_until(around_.clock, again);
    co_return false;
}

asio::awaitable<bool> container::bring_up() {
    auto image = text_at(spec_, "/image");
    const auto* stands_for = around_.images.find(image);
    if (stands_for == nullptr) {
        co_return co_await fail_to_start("ImagePullBackOff", "no program stands for " + image);
    }
    auto sources = co_await around_.fetch(pod_);
    if (!sources) {
        co_return co_await fail_to_start("CreateContainerConfigError", sources.error().message);
    }
    auto written = write_volumes(pod_, spec_, place_.where, *sources);
    if (!written) {
        co_return co_await fail_to_start("CreateContainerConfigError", written.error().message);
    }
    auto command = command_of(pod_, spec_, *stands_for, place_, *sources);
    if (!command) {
        co_return co_await fail_to_start("CreateContainerConfigError", command.error().message);
    }
    if (stopping_) co_return false;
    auto folder = place_.where.pod / name_;
    files::create_directories(folder);
    auto made = process::start(around_.executor, *command, (folder / "log").string());
    if (!made) co_return co_await fail_to_start("RunContainerError", made.error().message);
    process_ = std::move(*made);
    co_return true;
}

asio::awaitable<void> container::live() {
    int life = ++life_;
    begun_ = around_.clock.now();
    begun_at_ = rfc3339(around_.clock.wall_time());
    waiting_.clear();
    waiting_words_.clear();
    say("started, pid " + std::to_string(process_->pid()));
    changed_.ring();
    spawn(probe(life));
    auto how = co_await process_->wait();
    note_exit(how);
}

void container::note_exit(exit_state how) {
    ++life_;
    last_exit_ = how;
    ended_at_ = rfc3339(around_.clock.wall_time());
    started_ = ready_ = false;
    if (around_.clock.now() - begun_ >= around_.restarts_forgotten_after) ends_in_a_row_ = 0;
    ++ends_in_a_row_;
    if (!stopping_) ++restarts_;
    say("ended, exit code " + std::to_string(how.code));
    if (is_crash(how)) around_.crashes.push_back(path() + ": signal " + std::to_string(how.signal));
    ends_.ring();
    changed_.ring();
}

asio::awaitable<bool> container::ask(const probe_plan& plan) {
    prober asks{around_.clock, around_.dialer};
    co_return co_await asks.ask(plan.handler, place_.ip, at(spec_, "/ports"), plan.timeout);
}

asio::awaitable<void> container::probe(int life) {
    auto keep = shared_from_this();
    bool passed = co_await pass_startup(life);
    if (!passed || life != life_) co_return;
    started_ = true;
    ready_ = at(spec_, "/readinessProbe").is_null();
    changed_.ring();
    if (!ready_) spawn(watch_readiness(life));
    if (!at(spec_, "/livenessProbe").is_null()) spawn(watch_liveness(life));
}

asio::awaitable<bool> container::pass_startup(int life) {
    if (at(spec_, "/startupProbe").is_null()) co_return true;
    auto plan = probe_plan::from(at(spec_, "/startupProbe"));
    probe_count count{plan, false};
    co_await around_.clock.sleep_for(plan.initial_delay);
    while (life == life_) {
        bool success = co_await ask(plan);
        bool verdict = count.add(success);
        if (verdict && count.good()) co_return true;
        if (verdict && life == life_) {
            co_await restart_for("the startup probe failed");
            co_return false;
        }
        co_await around_.clock.sleep_for(plan.period);
    }
    co_return false;
}

asio::awaitable<void> container::watch_readiness(int life) {
    auto keep = shared_from_this();
    auto plan = probe_plan::from(at(spec_, "/readinessProbe"));
    probe_count count{plan, false};
    co_await around_.clock.sleep_for(plan.initial_delay);
    while (life == life_) {
        bool success = co_await ask(plan);
        if (life != life_) co_return;
        count.add(success);
        if (ready_ != count.good()) {
            ready_ = count.good();
            say(ready_ ? "ready" : "not ready");
            changed_.ring();
        }
        co_await around_.clock.sleep_for(plan.period);
    }
}

asio::awaitable<void> container::watch_liveness(int life) {
    auto keep = shared_from_this();
    auto plan = probe_plan::from(at(spec_, "/livenessProbe"));
    probe_count count{plan, true};
    co_await around_.clock.sleep_for(plan.initial_delay);
    while (life == life_ && !stopping_) {
        bool success = co_await ask(plan);
        if (life != life_ || stopping_) co_return;
        count.add(success);
        if (!count.good()) {
            co_await restart_for("the liveness probe failed");
            co_return;
        }
        co_await around_.clock.sleep_for(plan.period);
    }
}

// The kubelet ends such a container with all ceremony; run() starts it again.
asio::awaitable<void> container::restart_for(std::string why) {
    say(why + ": it is restarted");
    std::chrono::seconds grace{number_at(pod_, "/spec/terminationGracePeriodSeconds", 30)};
    auto deadline = around_.clock.now() + grace;
    co_await pre_stop(deadline);
    signal(SIGTERM);
    co_await gone_by(deadline);
}

asio::awaitable<void> container::pre_stop(instant deadline) {
    const auto& hook = at(spec_, "/lifecycle/preStop");
    if (!hook.contains("httpGet") || !running()) co_return;
    auto limit = deadline - around_.clock.now();
    if (limit <= duration::zero()) co_return;
    say("preStop hook called");
    prober asks{around_.clock, around_.dialer};
    bool good = co_await asks.ask(hook, place_.ip, at(spec_, "/ports"), limit);
    say(good ? "preStop hook done" : "preStop hook failed: it is ended anyway");
}

asio::awaitable<void> container::gone_by(instant deadline) {
    auto last = deadline + last_words;
    while (running() && around_.clock.now() < last) {
        co_await ends_.wait_until(around_.clock, last);
    }
    if (running()) {
        say("did not end in time: killed");
        process_->signal(SIGKILL);
    }
    while (running()) co_await ends_.wait();
}

asio::awaitable<void> container::end(instant deadline) {
    auto keep = shared_from_this();
    stopping_ = true;
    ends_.ring();
    signal(SIGTERM);
    co_await gone_by(deadline);
    while (!over_) co_await ends_.wait();
}

void container::end_now() {
    stopping_ = true;
    signal(SIGKILL);
    ends_.ring();
}

void container::hold(bool held) {
    held_ = held;
    ends_.ring();
}

void container::signal(int number) {
    if (running()) process_->signal(number);
}

json container::status() const {
    json state;
    if (running()) {
        state["running"] = {{"startedAt", begun_at_}};
    } else if (over_ && last_exit_) {
        state["terminated"] = {{"exitCode", last_exit_->code},
                               {"reason", last_exit_->code == 0 ? "Completed" : "Error"},
                               {"finishedAt", ended_at_}};
    } else {
        state["waiting"] = {{"reason", waiting_}};
        if (!waiting_words_.empty()) state["waiting"]["message"] = waiting_words_;
    }
    json made{{"name", name_},
              {"image", text_at(spec_, "/image")},
              {"imageID", ""},
              {"ready", ready_},
              {"started", started_},
              {"restartCount", restarts_},
              {"state", state},
              {"lastState", json::object()}};
    if (last_exit_ && !over_) {
        made["lastState"]["terminated"] = {{"exitCode", last_exit_->code},
                                           {"finishedAt", ended_at_}};
    }
    return made;
}

}  // namespace ha::test::node
