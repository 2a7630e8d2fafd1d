// SPDX-License-Identifier: MIT
#include "agent/loop/group_loop.hpp"
#include "agent/statements/commands.hpp"
#include "agent/statements/refusals.hpp"

#include <set>

// What is done to the engine. Each batch carries its own guard; how it ended is told as it was
// seen, and nothing is concluded here.

namespace ha::agent {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

event::command_ended ended(command what, const engine_reply& came, instant fallback) {
    using how = event::command_ended::how;
    event::command_ended told;
    told.what = what;
    if (came) {
        told.ended = how::done;
        told.sent_at = came->sent_at;
        return told;
    }
    const auto& failed = came.error();
    told.sent_at = failed.sent_at == instant{} ? fallback : failed.sent_at;
    told.error = failed.number();
    told.by_guard = sql::is_own_refusal(told.error);
    switch (failed.what) {
        case engine_failure::kind::refused: told.ended = how::refused; break;
        case engine_failure::kind::unknown: told.ended = how::unknown; break;
        default: told.ended = how::not_sent; break;
    }
    return told;
}

std::string words_of(const engine_failure& failed) {
    using kind = engine_failure::kind;
    std::string words = failed.what == kind::refused        ? "refused"
                        : failed.what == kind::login_failed ? "login refused"
                        : failed.what == kind::not_sent     ? "not sent"
                                                            : "no answer";
    if (failed.messages.empty()) return words;
    return words + ": " + std::to_string(failed.number()) + " " + failed.messages.front().text;
}

}  // namespace

void group_loop::start_failover(const fail_over& what) {
    auto validity = what.without_write_lease ? duration{} : what.validity;
    auto text = sql::failover(own_.group, what.when, validity);
    tasks_.spawn("failover", do_command(command::failover, std::move(text), {}));
}

void group_loop::start_set_secondary(const set_secondary& what) {
    auto text = sql::set_role_secondary(own_.group, what.when);
    tasks_.spawn("set_role", do_command(command::set_role, std::move(text), {}));
}

void group_loop::start_create(const create_group& what) {
    sql::group_options options{
        what.validity, what.required, own_.chosen.session_timeout, what.cluster};
    auto text = sql::create_group(seen_.spec, what.when, options);
    auto then = sql::grant_create_any_database(own_.group);
    tasks_.spawn("create", do_command(command::create, std::move(text), std::move(then)));
}

void group_loop::start_join(const join_group& what) {
    auto text = sql::join_group(own_.group, what.when, what.cluster);
    auto then = sql::grant_create_any_database(own_.group);
    tasks_.spawn("join", do_command(command::join, std::move(text), std::move(then)));
}

void group_loop::start_set_required(const set_required& what) {
    auto text = sql::set_required(own_.group, what.when, what.required);
    tasks_.spawn("set_required", do_command(command::set_required, std::move(text), {}));
}

void group_loop::start_change_members(const change_members& what) {
    const auto& when = what.when;
    auto text = [&] {
        switch (what.what) {
            case change_members::how::add:
                return sql::add_replica(
                    own_.group, when, what.replica, own_.chosen.session_timeout, what.cluster);
            case change_members::how::modify:
                return sql::modify_replica(own_.group, when, what.replica);
            case change_members::how::remove: break;
        }
        return sql::remove_replica(own_.group, when, what.replica.name);
    }();
    tasks_.spawn("change_members", do_command(command::change_members, std::move(text), {}));
}

void group_loop::start_drop(const drop_group& what) {
    auto text = sql::drop_group(own_.group, what.when);
    tasks_.spawn("drop", do_command(command::drop, std::move(text), {}));
}

asio::awaitable<void> group_loop::do_command(command what, statement text, statement then) {
    std::vector<sql_value> none;
    auto started = ports_.clock.now();
    auto name = text.name;
    auto deadline = started + own_.chosen.command_limit;
    auto came = co_await role_session_->run(std::move(text), none, deadline);
    if (came && !then.text.empty()) {
        auto second = co_await role_session_->run(std::move(then), none, deadline);
        if (!second) tells_.tell_failure("grant", words_of(second.error()));
    }
    if (!came) tells_.tell_failure(name, words_of(came.error()));
    if (!came && came.error().what == engine_failure::kind::unknown) role_session_->abandon();
    take(ended(what, came, started));
    canary_->ask_now();
}

asio::awaitable<void> group_loop::do_renewal(renew_write_lease what) {
    std::vector<sql_value> none;
    auto started = ports_.clock.now();
    auto text = sql::renew_write_lease(own_.group, what.when, what.validity);
    auto deadline = started + own_.chosen.times.period;
    auto came = co_await renewal_session_->run(std::move(text), std::move(none), deadline);
    event::renewal_ended told;
    told.good = came.has_value();
    told.sent_at = started;
    if (!came) {
        told.error = came.error().number() != 0 ? came.error().number() : -1;
        tells_.tell_failure("renew_write_lease", words_of(came.error()));
    }
    take(told);
}

// An orderly OFFLINE may take until A; any other must be over when the time to kill has come.
asio::awaitable<void> group_loop::do_offline(take_offline what) {
    std::vector<sql_value> none;
    auto started = ports_.clock.now();
    bool orderly = seen_.leaving && seen_.leaving->orderly && seen_.held;
    auto deadline = orderly ? std::max(seen_.held->until, started + 2s) : started + 2s;
    auto text = sql::offline(own_.group, what.synchronized_target);
    auto came = co_await fence_session_->run(std::move(text), std::move(none), deadline);
    if (!came) tells_.tell_failure("take_offline", words_of(came.error()));
    take(ended(command::offline, came, started));
    canary_->ask_now();
}

// Every session of this program that could still run a role command, ours in use excepted; looked
// for again until none is left.
asio::awaitable<void> group_loop::do_end_sessions() {
    auto session = ports_.engine.open("end", ports_.credentials().agent);
    std::vector<sql_value> none;
    bool clear = false;
    for (int attempt = 0; attempt < 10 && !clear; ++attempt) {
        if (attempt > 0) co_await ports_.clock.sleep_for(100ms);
        auto ask = sql::list_own_sessions();
        auto deadline = ports_.clock.now() + 3s;
        auto came = co_await session->run(std::move(ask), none, deadline);
        if (!came) break;
        auto found = sql::parse_own_sessions(*came);
        if (!found) break;
        std::set<std::int64_t> ours;
        for (const auto* one : {renewal_session_.get(), role_session_.get(), fence_session_.get()})
            if (auto id = one->session_id()) ours.insert(*id);
        clear = true;
        for (const auto& one : *found) {
            bool dangerous =
                one.purpose == "renewal" || one.purpose == "role" || one.purpose == "fence";
            if (!dangerous || ours.contains(one.id)) continue;
            clear = false;
            auto kill = sql::kill_session(one);
            auto limit = ports_.clock.now() + 3s;
            auto killed = co_await session->run(std::move(kill), none, limit);
            if (!killed) tells_.tell_failure("kill_session", words_of(killed.error()));
        }
    }
    take(event::sessions_ended{clear});
}

void group_loop::do_kill(const std::string& why) {
    auto killed = ports_.processes.kill_all();
    if (killed) {
        ports_.log.write("engine_killed", {{"why", why}, {"processes", *killed}});
    } else {
        tells_.tell_failure("kill_engine", killed.error().message);
    }
}

// Its engine and ours do not speak: both ends are restarted, for each remembers the failure.
asio::awaitable<void> group_loop::do_restart_both(std::string primary) {
    peer_question question = restart_endpoint_question{own_.self.name};
    auto came = co_await ask(primary, std::move(question), own_.chosen.peer_limit);
    if (came && !came->yes.value_or(false))
        tells_.tell_failure("restart_endpoint", primary + " has restarted its often enough");
    co_await do_restart_endpoint(primary);
}

// STOP, a pause, START. A primary's writes stand still from the stop until enough secondaries are
// back: that gap is told (rule 31).
asio::awaitable<void> group_loop::do_restart_endpoint(std::string why) {
    auto session = ports_.engine.open("endpoint", ports_.credentials().agent);
    std::vector<sql_value> none;
    bool leads = has_right_to_primary(seen_) && engine_role(seen_) == role::primary;
    auto began = ports_.clock.now();
    auto stop = sql::stop_endpoint(instance_.endpoint_name());
    auto stopped = co_await session->run(std::move(stop), none, began + 10s);
    if (!stopped) tells_.tell_failure("stop_endpoint", words_of(stopped.error()));
    co_await ports_.clock.sleep_for(3s);
    auto start = sql::start_endpoint(instance_.endpoint_name());
    auto starting = ports_.clock.now() + 10s;
    auto started = co_await session->run(std::move(start), none, starting);
    if (!started) tells_.tell_failure("start_endpoint", words_of(started.error()));
    instance_.look_again();
    auto until = ports_.clock.now() + 1min;
    while (leads && !has_enough_secondaries(seen_) && ports_.clock.now() < until)
        co_await looked_.wait_until(ports_.clock, until);
    auto gap = leads ? ports_.clock.now() - began : duration{};
    ports_.log.write("endpoint_restarted", {{"with", why}, {"write_gap_s", gap}});
}

}  // namespace ha::agent
