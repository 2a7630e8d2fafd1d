// SPDX-License-Identifier: MIT
#include "agent/loop/instance_keeper.hpp"

#include "agent/statements/commands.hpp"

#include <algorithm>
#include <ctime>

namespace ha::agent {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr auto statement_limit = 10s;

std::string hex_of(const std::vector<std::uint8_t>& bytes) {
    constexpr char digits[] = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (auto byte : bytes) {
        text += digits[byte >> 4U];
        text += digits[byte & 15U];
    }
    return text;
}

std::vector<std::uint8_t> bytes_of(const std::string& hex) {
    auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
    std::vector<std::uint8_t> bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        bytes.push_back(static_cast<std::uint8_t>(digit(hex[i]) * 16 + digit(hex[i + 1])));
    return bytes;
}

std::string day(std::chrono::system_clock::time_point when) {
    auto seconds = std::chrono::system_clock::to_time_t(when);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char text[16];
    std::strftime(text, sizeof text, "%Y%m%d", &parts);
    return text;
}

std::string words_of(const engine_failure& what, const std::string& statement_name) {
    std::string words = statement_name + ": ";
    if (what.what == engine_failure::kind::login_failed) words += "the login was refused";
    if (what.what == engine_failure::kind::not_sent) words += "the engine cannot be reached";
    if (what.what == engine_failure::kind::unknown) words += "no answer";
    if (what.messages.empty()) return words;
    return words + " " + std::to_string(what.number()) + " " + what.messages.front().text;
}

// The newest certificate of ours that has its key here.
const sql::certificate_view* own_certificate(const sql::instance_view& seen) {
    const sql::certificate_view* newest = nullptr;
    for (const auto& one : seen.certificates) {
        if (!one.has_private_key || sql::certificate_number(one.name) == 0) continue;
        bool newer =
            !newest || sql::certificate_number(one.name) > sql::certificate_number(newest->name);
        if (newer) newest = &one;
    }
    return newest;
}

bool has_login(const sql::instance_view& seen, const std::string& name) {
    return std::find(seen.logins.begin(), seen.logins.end(), name) != seen.logins.end();
}

}  // namespace

instance_keeper::instance_keeper(supervisor_ports ports,
                                 group_settings own,
                                 std::function<void()> on_change)
    : ports_(std::move(ports)), own_(std::move(own)), on_change_(std::move(on_change)) {}

instance_keeper::~instance_keeper() = default;

void instance_keeper::expect(std::set<std::string> replicas) {
    if (expected_ == replicas) return;
    expected_ = std::move(replicas);
    wanted_.ring();
}

void instance_keeper::learn(const std::string& replica, endpoint_identity told) {
    if (told.certificate_hex.empty() || told_[replica] == told) return;
    told_[replica] = std::move(told);
    imported_.erase(replica);
    wanted_.ring();
}

void instance_keeper::look_again() {
    wanted_.ring();
}

bool instance_keeper::ready() const {
    if (standalone()) return granted_;
    bool up =
        seen_ && seen_->endpoint && seen_->endpoint->started && !identity_.certificate_hex.empty();
    return up &&
           std::includes(imported_.begin(), imported_.end(), expected_.begin(), expected_.end());
}

const std::vector<sql::certificate_view>& instance_keeper::certificates() const {
    static const std::vector<sql::certificate_view> none;
    return seen_ ? seen_->certificates : none;
}

const std::string& instance_keeper::endpoint_name() const {
    static const std::string usual{sql::default_endpoint};
    return seen_ && seen_->endpoint ? seen_->endpoint->name : usual;
}

asio::awaitable<void> instance_keeper::run() {
    for (;;) {
        auto done = co_await pass();
        agent_.reset();
        trouble_ = done ? std::string{} : done.error().message;
        if (!trouble_.empty())
            ports_.log.write("action_failed", {{"action", "prepare_instance"}, {"why", trouble_}});
        if (on_change_) on_change_();
        auto pause = done && ready() ? duration{5min} : duration{1s};
        co_await wanted_.wait_until(ports_.clock, ports_.clock.now() + pause);
    }
}

instance_keeper::step instance_keeper::pass() {
    auto seen = co_await describe();
    if (!seen) {
        // Our own login may not be there yet: only the administrator's can tell and mend that.
        auto made = co_await make_as_admin();
        if (!made) co_return made;
        seen = co_await describe();
        if (!seen) co_return seen;
    }
    auto made = co_await make_what_is_missing();
    if (!made || standalone()) co_return made;
    auto exported = co_await export_own();
    if (!exported) co_return exported;
    co_return co_await import_peers();
}

asio::awaitable<result<engine_answer>> instance_keeper::send(engine_session& over, statement what) {
    auto name = what.name;
    std::vector<sql_value> none;
    auto deadline = ports_.clock.now() + statement_limit;
    auto came = co_await over.run(std::move(what), std::move(none), deadline);
    if (came) co_return *came;
    co_return failure(errc::failed, words_of(came.error(), name));
}

instance_keeper::step instance_keeper::describe() {
    if (!agent_) agent_ = ports_.engine.open("instance", ports_.credentials().agent);
    auto ask = sql::describe_instance();
    auto came = co_await send(*agent_, std::move(ask));
    if (!came) co_return tl::unexpected(came.error());
    auto seen = sql::parse_instance(*came);
    if (!seen) co_return tl::unexpected(seen.error());
    seen_ = *seen;
    co_return true;
}

instance_keeper::step instance_keeper::make_what_is_missing() {
    bool complete =
        granted_ && (standalone() || (seen_->master_key && seen_->endpoint &&
                                      seen_->endpoint->started && own_certificate(*seen_)));
    for (const auto& replica : expected_)
        complete = complete && has_login(*seen_, sql::peer_principal_name(replica));
    if (complete) co_return true;
    auto made = co_await make_as_admin();
    if (!made) co_return made;
    co_return co_await describe();
}

std::vector<statement> instance_keeper::missing(const sql::instance_view& seen,
                                                const logins& known) const {
    auto today = ports_.clock.wall_time();
    const auto* mine = own_certificate(seen);
    auto certificate = mine ? mine->name : sql::own_certificate_name(own_.self.name, 1);
    auto endpoint = seen.endpoint ? seen.endpoint->name : std::string{sql::default_endpoint};

    std::vector<statement> steps;
    if (!seen.master_key && !standalone())
        steps.push_back(sql::create_master_key(known.master_key_password));
    if (!has_login(seen, known.agent.user))
        steps.push_back(sql::create_agent_login(known.agent.user, known.agent.password));
    steps.push_back(sql::grant_agent_rights(known.agent.user));
    if (standalone()) return steps;
    if (!mine)
        steps.push_back(sql::create_own_certificate(
            certificate, own_.self.name + " endpoint", day(today - 24h), day(today + 24h * 3652)));
    if (!seen.endpoint)
        steps.push_back(sql::create_endpoint(endpoint, own_.endpoint_port, certificate));
    steps.push_back(sql::grant_endpoint_rights(endpoint, known.agent.user));
    if (seen.endpoint && !seen.endpoint->started) steps.push_back(sql::start_endpoint(endpoint));
    for (const auto& replica : expected_)
        if (!has_login(seen, sql::peer_principal_name(replica)))
            steps.push_back(
                sql::create_peer(replica, endpoint, known.agent.user, known.master_key_password));
    return steps;
}

// Everything here does nothing where it is already there, so that a half-done pass is simply done
// again.
instance_keeper::step instance_keeper::make_as_admin() {
    auto known = ports_.credentials();
    admin_ = ports_.engine.open("admin", known.admin);
    auto ask = sql::describe_instance();
    auto came = co_await send(*admin_, std::move(ask));
    if (!came) co_return tl::unexpected(came.error());
    auto seen = sql::parse_instance(*came);
    if (!seen) co_return tl::unexpected(seen.error());
    auto steps = missing(*seen, known);
    for (auto& one : steps) {
        auto done = co_await send(*admin_, std::move(one));
        if (!done) co_return tl::unexpected(done.error());
    }
    granted_ = true;
    admin_.reset();
    co_return true;
}

instance_keeper::step instance_keeper::export_own() {
    const auto* mine = own_certificate(*seen_);
    if (!mine) co_return failure(errc::not_found, "the endpoint has no certificate of ours");
    if (identity_.certificate_name == mine->name) co_return true;
    auto ask = sql::export_certificate(mine->name);
    auto came = co_await send(*agent_, std::move(ask));
    if (!came) co_return tl::unexpected(came.error());
    auto bytes = sql::parse_certificate(*came);
    if (!bytes) co_return tl::unexpected(bytes.error());
    identity_ = endpoint_identity{mine->name, hex_of(*bytes)};
    ports_.log.write("certificate_changed",
                     {{"certificate", mine->name}, {"expires", mine->expires}});
    co_return true;
}

instance_keeper::step instance_keeper::import_peers() {
    for (const auto& [replica, told] : told_) {
        if (imported_.contains(replica) || !expected_.contains(replica)) continue;
        bool here = std::any_of(seen_->certificates.begin(),
                                seen_->certificates.end(),
                                [&](const auto& one) { return one.name == told.certificate_name; });
        if (!here) {
            auto bytes = bytes_of(told.certificate_hex);
            auto ask = sql::import_peer_certificate(replica, told.certificate_name, bytes);
            auto came = co_await send(*agent_, std::move(ask));
            if (!came) co_return tl::unexpected(came.error());
            ports_.log.write("certificate_changed",
                             {{"certificate", told.certificate_name}, {"peer", replica}});
        }
        imported_.insert(replica);
    }
    co_return true;
}

}  // namespace ha::agent
