// SPDX-License-Identifier: MIT
#include "agent/actuators/state_writer.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace ha::agent {

namespace asio = boost::asio;

namespace {

constexpr duration call_limit = std::chrono::seconds{5};
constexpr duration pause_first = std::chrono::seconds{1};
constexpr duration pause_longest = std::chrono::seconds{30};
constexpr duration look_again_after = std::chrono::seconds{5};

}  // namespace

state_writer::state_writer(clock_source& clock,
                           k8s::client& api,
                           k8s::object_name what,
                           reader on_read)
    : clock_(clock), api_(api), what_(std::move(what)), on_read_(std::move(on_read)) {}

void state_writer::publish(group_state now, authorship by) {
    if (wanted_ == now && by_ == by) return;
    wanted_ = std::move(now);
    by_ = by;
    changed_.ring();
}

void state_writer::retire() {
    ++leaderships_;
    wanted_.reset();
    written_.reset();
}

asio::awaitable<void> state_writer::run() {
    auto pause = pause_first;
    for (;;) {
        bool idle = !wanted_ || wanted_ == written_;
        if (idle) {
            co_await rest();
            continue;
        }
        bool good = co_await write();
        if (good) pause = pause_first;
        if (good) continue;
        co_await clock_.sleep_for(pause);
        pause = std::min(pause * 2, pause_longest);
    }
}

// Until there is something to write. Another that believed it spoke for the group may have written
// after us; nothing would tell, and its words would stand for as long as nothing changes here.
asio::awaitable<void> state_writer::rest() {
    if (!wanted_ || by_ == authorship::sole) {
        co_await changed_.wait();
        co_return;
    }
    auto again = clock_.now() + look_again_after;
    bool rung = co_await changed_.wait_until(clock_, again);
    if (!rung) written_.reset();
}

// A read that was begun under an earlier leadership tells nothing of this one.
void state_writer::tell_read(std::uint64_t leadership, const group_state& before) const {
    if (on_read_ && leadership == leaderships_) on_read_(before);
}

// Read, put together, replace: a leader that was superseded in between meets a conflict and reads
// again what its successor wrote.
asio::awaitable<bool> state_writer::write() {
    auto now = *wanted_;
    auto what = what_;
    auto leadership = leaderships_;
    auto came = co_await api_.get(what, call_limit);
    if (!came) {
        trouble_ = came.error().words();
        if (came.error().code == 404) tell_read(leadership, {});
        co_return false;
    }
    auto before = read_group_state(*came->object);
    if (!before && before.error().kind == errc::refused) {
        trouble_ = before.error().message;
        co_return false;
    }
    tell_read(leadership, before.value_or(group_state{}));
    auto object = *came->object;
    auto data = write_group_state(merged(before.value_or(group_state{}), now));
    bool same = object.contains("data") && object["data"] == data;
    object["data"] = std::move(data);
    trouble_.clear();
    if (!same) {
        auto put = co_await api_.update(std::move(what), std::move(object), call_limit);
        if (!put) trouble_ = put.error().words();
    }
    if (trouble_.empty() && wanted_) written_ = now;
    co_return trouble_.empty();
}

}  // namespace ha::agent
