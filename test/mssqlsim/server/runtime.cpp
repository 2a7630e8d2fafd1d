// SPDX-License-Identifier: MIT
#include "test/mssqlsim/server/runtime.hpp"

#include "test/mssqlsim/model/codec.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <utility>

namespace ha::mssqlsim {

namespace asio = boost::asio;

// Brings one output to the one it is for.
struct runtime::performer {
    runtime& on;

    // All outputs for one session.
    template <class Output>
    void operator()(const Output& what) const {
        auto found = on.listeners_.find(what.session);
        if (found == on.listeners_.end()) return;
        on.to_flush_.insert(what.session);
        found->second->say(what);
    }
    void operator()(const dial& what) const { on.peers_->dial_endpoint(what.link, what.url); }
    void operator()(const hang_up& what) const { on.peers_->hang_up(what.link); }
    void operator()(const to_peer& what) const { on.peers_->send(what.link, what.message); }
    void operator()(const endpoint_listens& what) const { on.peers_->listen(what.port); }
    void operator()(const append_log& what) const {
        std::vector<std::string> records;
        for (const auto& one : what.records) records.push_back(encode(one));
        on.writer_->append(std::move(records));
    }
    void operator()(const write_backup& what) const {
        on.model_->backup_written(what.number, on.tell_.backs_up(what), on.clock_.now());
    }
    void operator()(const errorlog_line& what) const { on.log_.write_as_it_is(what.text); }
    void operator()(const accepts_logins&) const { on.tell_.ready(); }
    void operator()(const process_exits& what) const { on.tell_.exits(what.status); }
};

runtime::runtime(
    asio::any_io_executor executor, clock_source& clock, parts made, errorlog& log, hooks tell)
    : executor_(std::move(executor)), clock_(clock), log_(log), tell_(std::move(tell)) {
    auto last = static_cast<std::uint64_t>(made.disk.records.size());
    auto heard = [this](result<std::uint64_t> told) {
        asio::post(executor_, [this, told = std::move(told)] { on_disk(told); });
    };
    model_ = std::make_unique<instance>(
        std::move(made.options), std::move(made.disk), std::move(made.store), clock_.now());
    writer_ = std::make_unique<log_writer>(std::move(made.log), last, heard);
}

runtime::~runtime() = default;

void runtime::start(peer_network& peers) {
    peers_ = &peers;
    auto report = [](const std::exception_ptr& trouble) {
        if (trouble) std::rethrow_exception(trouble);
    };
    settle();
    asio::co_spawn(executor_, keep_time(), report);
}

void runtime::on_disk(result<std::uint64_t> told) {
    if (!told) {
        log_.write("The log cannot be written: " + told.error().message);
        return tell_.exits(1);
    }
    model_->hardened(*told, clock_.now());
    settle();
}

asio::awaitable<void> runtime::keep_time() {
    for (;;) {
        alarm_ = model_->wakes_at();
        if (alarm_ == instant::max()) {
            co_await sooner_.wait();
        } else {
            co_await sooner_.wait_until(clock_, alarm_);
        }
        auto now = clock_.now();
        if (model_->wakes_at() > now) continue;
        model_->advance(now);
        settle();
    }
}

void runtime::settle() {
    if (std::exchange(settling_, true)) return;
    while (carry_out_once()) {}
    settling_ = false;
    if (model_->wakes_at() < alarm_) sooner_.ring();
}

bool runtime::carry_out_once() {
    auto outputs = model_->take_outputs();
    for (const auto& one : outputs) std::visit(performer{*this}, one);
    auto said_to = std::exchange(to_flush_, {});
    for (auto session : said_to) {
        auto found = listeners_.find(session);
        if (found != listeners_.end()) found->second->flush();
    }
    return !outputs.empty();
}

void runtime::attach(session_number session, session_listener& listener) {
    listeners_[session] = &listener;
}

void runtime::detach(session_number session) {
    listeners_.erase(session);
}

}  // namespace ha::mssqlsim
