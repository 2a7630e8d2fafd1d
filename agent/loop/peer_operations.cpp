// SPDX-License-Identifier: MIT
#include "agent/core/leader.hpp"
#include "agent/core/read_scale.hpp"
#include "agent/core/reasons.hpp"
#include "agent/core/status.hpp"
#include "agent/core/voting.hpp"
#include "agent/loop/group_loop.hpp"

// Questions to the peers, and answers to theirs.

namespace ha::agent {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr auto vote_limit = 4s;

}  // namespace

// Every answer is also news of who gave it.
asio::awaitable<result<peer_answer>> group_loop::ask(std::string replica,
                                                     peer_question question,
                                                     duration limit) {
    auto came = co_await group_.peers.ask(replica, std::move(question), limit);
    if (came) {
        instance_.learn(
            replica,
            endpoint_identity{came->status.certificate_name, came->status.certificate_hex});
        take(event::peer_answered{replica, came->status, ports_.clock.now()});
        note_peer(replica, {});
    } else {
        take(event::peer_silent{replica, ports_.clock.now()});
        note_peer(replica, came.error().message);
    }
    co_return came;
}

// One line when a peer's silence begins, when its reason changes, and when it ends.
void group_loop::note_peer(const std::string& replica, const std::string& trouble) {
    auto [known, first] = peer_trouble_.try_emplace(replica, "not asked yet");
    if (known->second == trouble) return;
    known->second = trouble;
    if (trouble.empty()) {
        ports_.log.write("peer_up", {{"peer", replica}});
    } else {
        ports_.log.write("peer_down", {{"peer", replica}, {"why", trouble}});
    }
}

// Waits for all of them. Each is a task of its own, so that a slow peer holds up nobody's answer.
asio::awaitable<void> group_loop::all_of(std::vector<asio::awaitable<void>> tasks) {
    struct counter {
        std::size_t left = 0;
        doorbell done;
    };
    auto count = std::make_shared<counter>();
    count->left = tasks.size();
    auto counted = [](asio::awaitable<void> work,
                      std::shared_ptr<counter> of) -> asio::awaitable<void> {
        co_await std::move(work);
        if (--of->left == 0) of->done.ring();
    };
    for (auto& one : tasks) tasks_.spawn("ask", counted(std::move(one), count));
    while (count->left > 0) co_await count->done.wait();
}

asio::awaitable<void> group_loop::do_ask_status() {
    std::vector<asio::awaitable<void>> asked;
    for (const auto& [name, peer] : seen_.peers) asked.push_back(ask_one_status(name));
    co_await all_of(std::move(asked));
    take(event::status_round_ended{});
}

asio::awaitable<void> group_loop::ask_one_status(std::string replica) {
    peer_question question = status_question{};
    auto came = co_await ask(replica, std::move(question), own_.chosen.peer_limit);
    static_cast<void>(came);
}

asio::awaitable<void> group_loop::do_prevotes(ask_prevotes what) {
    std::vector<asio::awaitable<void>> asked;
    for (const auto& [name, peer] : seen_.peers) asked.push_back(ask_one_prevote(name, what));
    co_await all_of(std::move(asked));
    take(event::prevotes_ended{what.number});
}

asio::awaitable<void> group_loop::ask_one_prevote(std::string replica, ask_prevotes what) {
    peer_question question = what.question;
    auto came = co_await ask(replica, std::move(question), own_.chosen.peer_limit);
    if (came)
        take(event::prevote_answered{
            what.number, replica, came->yes.value_or(false), came->reasons});
}

asio::awaitable<void> group_loop::do_votes(ask_votes what) {
    std::vector<asio::awaitable<void>> asked;
    for (const auto& [name, peer] : seen_.peers) asked.push_back(ask_one_vote(name, what));
    co_await all_of(std::move(asked));
    take(event::votes_ended{what.number});
}

asio::awaitable<void> group_loop::ask_one_vote(std::string replica, ask_votes what) {
    peer_question question = what.question;
    auto came = co_await ask(replica, std::move(question), vote_limit);
    if (came)
        take(event::vote_answered{what.number, replica, came->yes.value_or(false), came->reasons});
}

asio::awaitable<void> group_loop::do_push(push_primary what) {
    std::vector<asio::awaitable<void>> told;
    for (const auto& [name, peer] : seen_.peers) told.push_back(push_one(name, what.notice));
    co_await all_of(std::move(told));
    take(event::primary_pushed{what.notice.of});
}

asio::awaitable<void> group_loop::push_one(std::string replica, primary_notice notice) {
    peer_question question = std::move(notice);
    auto came = co_await ask(replica, std::move(question), own_.chosen.peer_limit);
    static_cast<void>(came);
}

peer_answer group_loop::plain_answer() const {
    peer_answer told;
    told.status = own_status(seen_);
    told.status.certificate_name = instance_.identity().certificate_name;
    told.status.certificate_hex = instance_.identity().certificate_hex;
    return told;
}

asio::awaitable<peer_answer> group_loop::answer(peer_caller, peer_question asked) {
    seen_.now = ports_.clock.now();
    if (auto* question = std::get_if<prevote_question>(&asked)) {
        auto told = answer_prevote(std::move(*question));
        co_return co_await std::move(told);
    }
    if (auto* question = std::get_if<vote_question>(&asked)) {
        auto told = answer_vote_question(std::move(*question));
        co_return co_await std::move(told);
    }
    if (auto* notice = std::get_if<primary_notice>(&asked))
        take(event::primary_noticed{*notice, ports_.clock.now()});
    auto told = plain_answer();
    if (auto* question = std::get_if<restart_endpoint_question>(&asked)) {
        auto now = ports_.clock.now();
        std::erase_if(endpoint_restarts_, [&](instant when) { return now - when > 10min; });
        told.yes = endpoint_restarts_.size() < 5 &&
                   (endpoint_restarts_.empty() || now - endpoint_restarts_.back() >= 25s);
        if (*told.yes) endpoint_restarts_.push_back(now);
        if (*told.yes) tasks_.spawn("restart_endpoint", do_restart_endpoint(question->replica));
    }
    co_return told;
}

// A look that was taken after `when`, or the best there is when the time is over.
asio::awaitable<void> group_loop::look_since(instant when, duration limit) {
    auto until = when + limit;
    if (canary_) canary_->ask_now();
    while (ports_.clock.now() < until) {
        bool fresh = seen_.engine.last && seen_.engine.last->sent_at >= when;
        if (fresh || seen_.engine.reachable == reach::unreachable) break;
        co_await looked_.wait_until(ports_.clock, until);
    }
}

asio::awaitable<peer_answer> group_loop::answer_prevote(prevote_question asked) {
    co_await look_since(ports_.clock.now(), 500ms);
    seen_.now = ports_.clock.now();
    auto told = plain_answer();
    told.reasons = regime_of(seen_) == regime::protocol ? prevote_refusals(seen_, asked)
                                                        : candidate_refusals(seen_);
    told.yes = told.reasons.empty();
    co_return told;
}

asio::awaitable<peer_answer> group_loop::answer_vote_question(vote_question asked) {
    if (regime_of(seen_) != regime::protocol) {
        auto refused = plain_answer();
        refused.yes = false;
        refused.reasons = candidate_refusals(seen_);
        co_return refused;
    }
    auto number = ++questions_;
    auto until = ports_.clock.now() + std::min<duration>(vote_limit, asked.time_left);
    pending_votes_[number];
    co_await look_since(ports_.clock.now(), 500ms);
    take(event::vote_asked{number, std::move(asked)});
    while (!pending_votes_[number] && ports_.clock.now() < until)
        co_await voted_.wait_until(ports_.clock, until);
    auto decided = pending_votes_[number];
    pending_votes_.erase(number);
    auto told = plain_answer();
    told.yes = decided && decided->yes;
    if (decided) told.reasons = decided->reasons;
    if (!decided) told.reasons = {std::string(reason::seal_failed)};
    ports_.log.write(*told.yes ? log::event("vote_given") : log::event("vote_refused"),
                     {{"reasons", told.reasons}});
    co_return told;
}

void group_loop::take_vote(const answer_vote& decided) {
    auto found = pending_votes_.find(decided.number);
    if (found == pending_votes_.end()) return;
    found->second = decided;
    voted_.ring();
}

// A question whose place another one took is answered too.
void group_loop::settle_votes() {
    for (auto& [number, decided] : pending_votes_) {
        bool taken = seen_.vote && seen_.vote->number != number;
        if (decided || !taken) continue;
        decided = answer_vote{number, false, {std::string(reason::superseded)}};
        voted_.ring();
    }
}

// By the watch, or by a look of our own: the kubelet calls the hook the moment it sees the
// deletion, which may be before the watch tells us.
asio::awaitable<bool> group_loop::is_being_deleted() {
    if (seen_.deleting) co_return true;
    for (int attempt = 0; attempt < 3; ++attempt) {
        if (attempt > 0) co_await ports_.clock.sleep_for(300ms);
        auto name = pod_name(own_.space, own_.self.name);
        auto came = co_await ports_.api.get(std::move(name), own_.chosen.put_limit);
        if (!came) continue;
        auto pod = read_pod(*came->object);
        if (!pod) continue;
        co_return pod->uid == own_.self.uid && pod->deleting;
    }
    co_return seen_.deleting;
}

asio::awaitable<void> group_loop::left(instant until) {
    while (has_role_to_leave() && ports_.clock.now() < until)
        co_await turned_.wait_until(ports_.clock, until);
}

// In a pause the role goes with the pod: nobody would take it.
bool group_loop::keeps_role_in_pause() const {
    return seen_.orders.pause && !seen_.leaving;
}

bool group_loop::has_role_to_leave() const {
    return !keeps_role_in_pause() && (seen_.held || seen_.leaving || seen_.lease.put);
}

// Somebody leads again, or nobody is there who could.
bool group_loop::has_successor() const {
    bool anybody = false;
    for (const auto& [name, peer] : seen_.peers) {
        if (!peer_answers(peer)) continue;
        if (leads(seen_, peer)) return true;
        anybody = anybody || (peer.status->engine_known && peer.status->may_lead);
    }
    return !anybody;
}

// The engine's own preStop waits here: its container is not stopped before we answer (rule 25).
// 1. the pod is being deleted: otherwise the engine alone is started again, and nothing is handed
//    over
// 2. the engine is, or may be, primary: until it has left the role
// 3. until the Lease is let go and somebody else leads, a lease's length at most: where votes are
//    scarce, our engine's own seal is one of them; where the whole group is deleted, our rights may
//    be gone, and nobody is left to lead
asio::awaitable<std::string> group_loop::hand_over() {
    bool ending = co_await is_being_deleted();
    if (!ending) co_return "this pod is not being deleted: nothing to hand over";
    seen_.now = ports_.clock.now();
    bool leading = seen_.held || seen_.leaving || seen_.record.value.promoting ||
                   (seen_.engine.last && may_be_primary(seen_));
    pod_deleting();
    if (regime_of(seen_) != regime::protocol)
        co_return "the cluster type is NONE: nothing is handed over";
    if (!leading) co_return "this replica is not primary: nothing to hand over";
    while (may_be_primary(seen_)) {
        if (keeps_role_in_pause()) co_return "the group is paused: the role is not handed over";
        co_await turned_.wait();
    }
    auto until = ports_.clock.now() + own_.chosen.times.lease;
    while ((seen_.leaving || seen_.held || !has_successor()) && ports_.clock.now() < until)
        co_await turned_.wait_until(ports_.clock, until);
    co_return has_successor() ? "the role is handed over"
                              : "the role is let go, nobody took it yet";
}

}  // namespace ha::agent
