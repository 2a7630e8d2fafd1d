// SPDX-License-Identifier: MIT
#include "test/sim/engine_host.hpp"

#include <algorithm>
#include <variant>

namespace ha::sim {

using namespace std::chrono_literals;

namespace {

constexpr auto fsync_time = 1ms;

// TCP://db-1:5022 or TCP://db-1.ag-headless.space.svc:5022: the host's first label.
std::string host_of(const std::string& url) {
    auto begin = url.find("//");
    begin = begin == std::string::npos ? 0 : begin + 2;
    return url.substr(begin, url.find_first_of(".:", begin) - begin);
}

}  // namespace

engine_host* engine_network::alive(const end& where) {
    auto found = hosts_.find(where.host);
    if (found == hosts_.end() || !found->second->running()) return nullptr;
    return found->second->life() == where.life ? found->second : nullptr;
}

void engine_network::dial(const std::string& from, std::uint64_t link, const std::string& url) {
    end caller{from, link, hosts_.at(from)->life()};
    clock_.at(clock_.now() + latency_, [this, caller, to = host_of(url)] { connect(caller, to); });
}

void engine_network::connect(const end& from, const std::string& to) {
    auto* caller = alive(from);
    if (!caller) return;
    auto fail = [&](const char* why, duration after) {
        clock_.at(clock_.now() + after, [this, from, why] {
            auto* host = alive(from);
            if (!host) return;
            host->feed([host, from, why] {
                host->alive()->peer_disconnected(from.link, why, host->now());
            });
        });
    };
    auto found = hosts_.find(to);
    bool cut = !open(from.host, to) || !open(to, from.host) || stuck(from.host, to);
    if (cut || (found != hosts_.end() && found->second->frozen())) return fail("timed out", 5s);
    if (found == hosts_.end() || !found->second->running()) return fail("refused", latency_);
    auto* target = found->second;
    auto accepted = target->alive()->peer_accepted(target->now());
    if (!accepted) return fail("the endpoint is not started", latency_);
    end other{to, *accepted, target->life()};
    links_[from] = other;
    links_[other] = from;
    // Before anything that the other side says: its greeting is on the same way.
    clock_.at(clock_.now() + latency_, [this, from] {
        auto* host = alive(from);
        if (!host) return;
        host->feed([host, from] { host->alive()->peer_connected(from.link, host->now()); });
    });
    target->after_input();
}

void engine_network::send(const std::string& from,
                          std::uint64_t link,
                          mssqlsim::peer_message message) {
    end sender{from, link, hosts_.at(from)->life()};
    auto found = links_.find(sender);
    if (found == links_.end()) return;
    auto shared = std::make_shared<mssqlsim::peer_message>(std::move(message));
    if (open(from, found->second.host)) {
        deliver(found->second, std::move(shared));
    } else {
        held_back_.push_back({sender, found->second, std::move(shared)});
    }
}

void engine_network::deliver(const end& to, std::shared_ptr<mssqlsim::peer_message> message) {
    clock_.at(clock_.now() + latency_, [this, to, message] {
        auto* host = alive(to);
        if (!host || !links_.contains(to)) return;
        host->feed([host, to, message] {
            host->alive()->peer_message_arrived(to.link, *message, host->now());
        });
    });
}

void engine_network::heal() {
    cuts_.clear();
    auto late = std::move(held_back_);
    held_back_.clear();
    for (auto& one : late)
        if (links_.contains(one.from)) deliver(one.to, std::move(one.message));
}

void engine_network::hang_up(const std::string& from, std::uint64_t link, const std::string& why) {
    end mine{from, link, hosts_.at(from)->life()};
    auto found = links_.find(mine);
    if (found == links_.end()) return;
    auto other = found->second;
    links_.erase(mine);
    links_.erase(other);
    // Into a cut the other side's end is never told: its own timeout finds out.
    if (!open(from, other.host)) return;
    clock_.at(clock_.now() + latency_, [this, other, why] {
        auto* host = alive(other);
        if (!host) return;
        host->feed(
            [host, other, why] { host->alive()->peer_disconnected(other.link, why, host->now()); });
    });
}

void engine_network::stick(const std::string& one, const std::string& other) {
    auto pair = std::minmax(one, other);
    stuck_[{pair.first, pair.second}] = {hosts_.at(pair.first)->endpoint_starts(),
                                         hosts_.at(pair.second)->endpoint_starts()};
    std::vector<end> between;
    for (const auto& [from, to] : links_)
        if ((from.host == one && to.host == other) || (from.host == other && to.host == one))
            between.push_back(from);
    for (const auto& from : between) links_.erase(from);
    for (const auto& from : between) break_link(from, "a timeout occurred");
}

void engine_network::break_link(const end& from, const char* why) {
    clock_.at(clock_.now() + latency_, [this, from, why] {
        auto* host = alive(from);
        if (!host) return;
        host->feed(
            [host, from, why] { host->alive()->peer_disconnected(from.link, why, host->now()); });
    });
}

bool engine_network::stuck(const std::string& from, const std::string& to) {
    auto found = stuck_.find(std::minmax(from, to));
    if (found == stuck_.end()) return false;
    const auto& [key, starts] = *found;
    bool both = hosts_.at(key.first)->endpoint_starts() > starts.first &&
                hosts_.at(key.second)->endpoint_starts() > starts.second;
    if (both) stuck_.erase(found);
    return !both;
}

void engine_network::drop(const std::string& host) {
    std::vector<std::uint64_t> mine;
    for (const auto& [from, to] : links_)
        if (from.host == host) mine.push_back(from.link);
    for (auto link : mine) hang_up(host, link, "connection reset");
}

engine_host::engine_host(test::sim_clock& clock,
                         engine_network& network,
                         mssqlsim::instance_options options)
    : clock_(clock), network_(network), options_(std::move(options)) {
    network_.add(options_.server_name, *this);
}

engine_host::~engine_host() = default;

void engine_host::start() {
    ++life_;
    frozen_ = false;
    waiting_.clear();
    began_ = now();
    for (const auto& written : disk_.records) note_required(written);
    instance_ =
        std::make_unique<mssqlsim::instance>(options_, disk_, mssqlsim::make_memory_store(), now());
    after_input();
    if (on_process) on_process();
}

void engine_host::kill() {
    if (!instance_) return;
    network_.drop(name());
    instance_.reset();
    ++life_;
    frozen_ = false;
    waiting_.clear();
    auto gone = std::move(clients_);
    clients_.clear();
    for (auto& [number, client] : gone) {
        client->ended = true;
        client->news.ring();
    }
    if (on_process) on_process();
}

void engine_host::freeze() {
    frozen_ = true;
}

void engine_host::set_lag(duration lag) {
    lag_ = lag;
}

void engine_host::thaw() {
    if (!frozen_) return;
    frozen_ = false;
    auto late = std::move(waiting_);
    waiting_.clear();
    if (!instance_) return;
    // Threads that slept run before anything that waits in the sockets is read.
    instance_->advance(now());
    after_input();
    for (auto& input : late) feed(std::move(input));
}

void engine_host::feed(std::function<void()> input) {
    if (!instance_) return;
    if (frozen_) {
        waiting_.push_back(std::move(input));
        return;
    }
    input();
    after_input();
}

void engine_host::after_input() {
    while (instance_) {
        auto outputs = instance_->take_outputs();
        if (outputs.empty()) break;
        for (auto& one : outputs) {
            if (!instance_) break;
            carry_out(one);
        }
    }
    set_alarm();
    if (on_input) on_input();
}

void engine_host::note_required(const mssqlsim::log_record& written) {
    if (const auto* group = std::get_if<mssqlsim::group_record>(&written))
        required_ = group->configuration.required;
}

void engine_host::set_alarm() {
    if (!instance_) return;
    auto when = instance_->wakes_at();
    if (when == instant::max() || when >= alarm_at_) return;
    alarm_at_ = when;
    auto number = ++alarm_;
    clock_.at(std::max(when + lag_, clock_.now()), [this, number, life = life_] {
        if (number != alarm_) return;
        alarm_at_ = instant::max();
        // Set for an engine that was killed: the one that runs now may have to wake up as well.
        if (life != life_) return set_alarm();
        if (!instance_) return;
        feed([this] { instance_->advance(now()); });
    });
}

void engine_host::carry_out(mssqlsim::output& one) {
    auto client_of = [this](std::int64_t session) -> engine_client* {
        auto found = clients_.find(session);
        return found == clients_.end() ? nullptr : found->second.get();
    };
    if (auto* rows = std::get_if<mssqlsim::result_rows>(&one)) {
        auto session = rows->session;
        if (auto* client = client_of(session)) {
            client->sets.push_back(std::move(*rows));
            client->news.ring();
        }
    } else if (auto* said = std::get_if<mssqlsim::said>(&one)) {
        if (auto* client = client_of(said->session)) client->messages.push_back(said->message);
    } else if (auto* done = std::get_if<mssqlsim::request_done>(&one)) {
        if (auto* client = client_of(done->session)) {
            client->done = true;
            client->news.ring();
        }
    } else if (auto* ended = std::get_if<mssqlsim::session_ended>(&one)) {
        if (auto* client = client_of(ended->session)) {
            client->ended = true;
            client->news.ring();
        }
        clients_.erase(ended->session);
    } else if (auto* dial = std::get_if<mssqlsim::dial>(&one)) {
        network_.dial(name(), dial->link, dial->url);
    } else if (auto* up = std::get_if<mssqlsim::hang_up>(&one)) {
        network_.hang_up(name(), up->link, "closed by the other side");
    } else if (auto* to = std::get_if<mssqlsim::to_peer>(&one)) {
        network_.send(name(), to->link, std::move(to->message));
    } else if (auto* log = std::get_if<mssqlsim::append_log>(&one)) {
        auto last = log->first + log->records.size() - 1;
        for (const auto& written : log->records) note_required(written);
        auto records = std::make_shared<std::vector<mssqlsim::log_record>>(std::move(log->records));
        clock_.at(clock_.now() + fsync_time, [this, last, records, life = life_] {
            if (life != life_) return;
            disk_.records.insert(disk_.records.end(), records->begin(), records->end());
            feed([this, last] { instance_->hardened(last, now()); });
        });
    } else if (auto* listens = std::get_if<mssqlsim::endpoint_listens>(&one)) {
        if (listens->port != 0) ++endpoint_starts_;
    } else if (auto* line = std::get_if<mssqlsim::errorlog_line>(&one)) {
        if (on_errorlog) on_errorlog(line->text);
    } else if (std::holds_alternative<mssqlsim::process_exits>(one)) {
        kill();
    }
}

std::shared_ptr<engine_client> engine_host::connect(const mssqlsim::login_request& who) {
    if (!instance_ || frozen_ || !instance_->accepts_connections()) return nullptr;
    auto client = std::make_shared<engine_client>();
    auto let_in = instance_->login(who, now());
    if (let_in) {
        client->number = let_in->session;
        clients_[client->number] = client;
    } else {
        client->refused = true;
        client->messages = let_in.error().messages;
    }
    after_input();
    return client;
}

void engine_host::submit(const std::shared_ptr<engine_client>& client, mssqlsim::request what) {
    client->done = false;
    client->sets.clear();
    client->messages.clear();
    auto shared = std::make_shared<mssqlsim::request>(std::move(what));
    feed([this, client, shared] {
        if (clients_.contains(client->number)) instance_->submit(client->number, *shared, now());
    });
}

void engine_host::attention(const std::shared_ptr<engine_client>& client) {
    feed([this, client] {
        if (clients_.contains(client->number)) instance_->attention(client->number, now());
    });
}

void engine_host::close(const std::shared_ptr<engine_client>& client) {
    feed([this, client] {
        auto known = clients_.find(client->number);
        if (known == clients_.end() || known->second != client) return;
        clients_.erase(known);
        instance_->close(client->number, now());
    });
}

}  // namespace ha::sim
