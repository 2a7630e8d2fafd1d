// SPDX-License-Identifier: MIT
#include "agent/engine/odbc_session.hpp"

#include "agent/engine/odbc_link.hpp"
#include "agent/engine/port_probe.hpp"
#include "common/odbc/target.hpp"

#include <algorithm>
#include <deque>

namespace ha::agent {

namespace asio = boost::asio;

struct odbc_shared {
    asio::any_io_executor home;
    clock_source& clock;
    odbc_options options;
    odbc_counts counts{};
};

namespace {

using kind = engine_failure::kind;

// Coroutines hold it, so that a session may be destroyed under a batch.
struct session_state {
    session_state(std::shared_ptr<odbc_shared> of, secret with)
        : common(std::move(of)), text(std::move(with)), link(common->home) {}

    std::shared_ptr<odbc_shared> common;
    secret text;  // the connection string
    odbc_link link;
};
using held_state = std::shared_ptr<session_state>;

// From giving the driver a job to its answer. When it goes without an answer, by the clock or by
// cancellation, thread and connection are left, unless they were left already.
class attempt {
public:
    explicit attempt(session_state& of) : of_(of), generation_(of.link.generation()) {
        of_.link.busy = true;
    }
    ~attempt() {
        if (answered_ || of_.link.generation() != generation_) return;
        ++of_.common->counts.abandoned;
        of_.link.leave();
    }
    attempt(const attempt&) = delete;
    attempt& operator=(const attempt&) = delete;

    void answered() {
        answered_ = true;
        if (of_.link.generation() == generation_) of_.link.busy = false;
    }
    // Leaves on purpose, with the driver still at work.
    void leave() {
        answered_ = true;
        if (of_.link.generation() == generation_) of_.link.leave();
    }

private:
    session_state& of_;
    std::uint64_t generation_;
    bool answered_ = false;
};

// Whole seconds, upwards: the driver's own limits are only the net below ours.
std::chrono::seconds whole_seconds(duration span) {
    auto seconds = std::chrono::ceil<std::chrono::seconds>(span);
    return std::max(seconds, std::chrono::seconds{1});
}

engine_failure in_words(kind what, std::string why, instant when) {
    std::vector<odbc::diagnostic> said;
    said.push_back({0, "08001", std::move(why)});
    return failed(what, std::move(said), when);
}

engine_failure connect_failed(session_state& of, odbc::trouble why) {
    auto& counts = of.common->counts;
    ++counts.connect_failed;
    // Whatever number it says no with, it answered: the engine lives, and we know nothing of it.
    bool answered = why.what == odbc::trouble::kind::refused;
    if (answered) ++counts.login_refused;
    auto what = answered ? kind::login_failed : kind::not_sent;
    return failed(what, std::move(why.diagnostics), of.common->clock.now());
}

asio::awaitable<std::optional<engine_failure>> connect(held_state of, instant deadline) {
    auto& clock = of->common->clock;
    const auto& options = of->common->options;
    if (options.port != 0) {
        auto limit = std::min(options.probe_limit, deadline - clock.now());
        auto trouble = co_await port_trouble(clock, options.address, options.port, limit);
        if (trouble) {
            ++of->common->counts.connect_failed;
            co_return in_words(kind::not_sent, std::move(trouble->message), clock.now());
        }
    }
    auto left = deadline - clock.now();
    if (left <= duration::zero())
        co_return in_words(kind::not_sent, "the deadline passed before the login", clock.now());
    if (!of->link.renew(options.threads_max))
        co_return in_words(kind::not_sent, "the driver left too many threads stuck", clock.now());
    odbc::limits limits{whole_seconds(left), std::chrono::seconds{1}};
    auto job = of->link.open_job(of->text.reveal(), limits, options.identify);
    attempt going(*of);
    auto opened = co_await of->link.hand()->run(clock, deadline, std::move(job));
    if (!opened) {
        ++of->common->counts.connect_failed;
        co_return in_words(kind::not_sent, "the login had no answer in time", clock.now());
    }
    going.answered();
    if (!*opened) {
        of->link.leave();
        co_return connect_failed(*of, std::move(opened->error()));
    }
    ++of->common->counts.connected;
    of->link.session_id = **opened;
    of->link.ready = true;
    co_return std::nullopt;
}

// One try: nothing when the connection turned out dead before anything was sent.
asio::awaitable<std::optional<engine_reply>> execute(held_state of,
                                                     statement what,
                                                     std::vector<sql_value> parameters,
                                                     instant deadline) {
    auto& clock = of->common->clock;
    auto& counts = of->common->counts;
    auto sent_at = clock.now();
    if (sent_at >= deadline)
        co_return tl::unexpected(
            in_words(kind::not_sent, "the deadline passed before the batch was sent", sent_at));
    auto limit = whole_seconds(deadline - sent_at);
    auto job = of->link.execute_job(std::move(what.text), std::move(parameters), limit);
    ++counts.batches;
    attempt going(*of);
    auto got = co_await of->link.hand()->run(clock, deadline, std::move(job));
    if (!got) {
        ++counts.unknown;
        co_return tl::unexpected(in_words(kind::unknown, "no answer by the deadline", sent_at));
    }
    going.answered();
    if (!*got) {
        of->link.leave();
        co_return std::nullopt;
    }
    auto reply = replied(std::move(**got), sent_at, clock.now());
    if (!reply && reply.error().what == kind::unknown) {
        ++counts.unknown;
        of->link.leave();
    }
    co_return reply;
}

asio::awaitable<engine_reply> run_on(held_state of,
                                     statement what,
                                     std::vector<sql_value> parameters,
                                     instant deadline) {
    for (int tries = 0; tries < 2; ++tries) {
        if (!of->link.ready) {
            auto trouble = co_await connect(of, deadline);
            if (trouble) co_return tl::unexpected(std::move(*trouble));
        }
        auto reply = co_await execute(of, what, parameters, deadline);
        if (reply) co_return std::move(*reply);
    }
    co_return tl::unexpected(in_words(kind::not_sent,
                                      "the connection was lost before anything was sent",
                                      of->common->clock.now()));
}

// What the driver's thread has delivered and nobody has looked at yet.
struct delivery {
    doorbell bell;
    std::deque<odbc::rows> sets;
    std::optional<odbc::connection::answer> end;
};

void start_stream(session_state& of, std::string text, std::shared_ptr<delivery> box) {
    auto way = of.link.hand()->home();
    auto on_rows = [box, way](odbc::rows got) {
        auto kept = std::make_shared<odbc::rows>(std::move(got));
        return way->post([box, kept] {
            box->sets.push_back(std::move(*kept));
            box->bell.ring();
        });
    };
    auto on_end = [box, way](odbc::connection::answer last) {
        auto kept = std::make_shared<odbc::connection::answer>(std::move(last));
        way->post([box, kept] {
            box->end = std::move(*kept);
            box->bell.ring();
        });
    };
    of.link.hand()->submit(of.link.stream_job(std::move(text), on_rows, on_end));
}

asio::awaitable<engine_reply> stream_on(held_state of,
                                        statement what,
                                        duration silence_limit,
                                        std::function<bool(const result_set&)> on_set) {
    auto& clock = of->common->clock;
    if (!of->link.ready) {
        auto trouble = co_await connect(of, clock.now() + silence_limit);
        if (trouble) co_return tl::unexpected(std::move(*trouble));
    }
    auto box = std::make_shared<delivery>();
    auto sent_at = clock.now();
    attempt going(*of);
    ++of->common->counts.batches;
    start_stream(*of, std::move(what.text), box);
    auto last_heard = sent_at;
    for (;;) {
        while (!box->sets.empty()) {
            auto& first = box->sets.front();
            result_set set{std::move(first.columns), std::move(first.values)};
            box->sets.pop_front();
            last_heard = clock.now();
            if (on_set(set)) continue;
            going.leave();
            co_return engine_answer{{}, {}, sent_at, last_heard};
        }
        if (box->end) break;
        bool rung = co_await box->bell.wait_until(clock, last_heard + silence_limit);
        if (rung || !box->sets.empty() || box->end) continue;
        ++of->common->counts.unknown;
        co_return tl::unexpected(in_words(kind::unknown, "silent for too long", sent_at));
    }
    going.answered();
    auto reply = replied(std::move(*box->end), sent_at, clock.now());
    if (!reply && reply.error().what == kind::unknown) of->link.leave();
    co_return reply;
}

class odbc_session final : public engine_session {
public:
    explicit odbc_session(held_state state) : state_(std::move(state)) {}
    ~odbc_session() override { state_->link.leave(); }

    asio::awaitable<engine_reply> run(statement what,
                                      std::vector<sql_value> parameters,
                                      instant deadline) override {
        return run_on(state_, std::move(what), std::move(parameters), deadline);
    }
    asio::awaitable<engine_reply> stream(statement what,
                                         duration silence_limit,
                                         std::function<bool(const result_set&)> on_set) override {
        return stream_on(state_, std::move(what), silence_limit, std::move(on_set));
    }
    std::optional<std::int64_t> session_id() const override {
        if (state_->link.session_id == 0) return std::nullopt;
        return state_->link.session_id;
    }
    void abandon() override { state_->link.leave(); }

private:
    held_state state_;
};

}  // namespace

odbc_connector::odbc_connector(asio::any_io_executor home,
                               clock_source& clock,
                               odbc_options options)
    : shared_(new odbc_shared{std::move(home), clock, std::move(options)}) {}

odbc_connector::~odbc_connector() = default;

std::unique_ptr<engine_session> odbc_connector::open(std::string purpose, engine_login login) {
    const auto& options = shared_->options;
    odbc::target where;
    where.driver = options.driver;
    where.address = options.address;
    where.port = options.port;
    where.user = std::move(login.user);
    where.password = secret{std::move(login.password)};
    where.program = options.program + "/" + purpose;
    auto text = options.connection_string ? secret{*options.connection_string}
                                          : odbc::connection_string(where);
    return std::make_unique<odbc_session>(
        std::make_shared<session_state>(shared_, std::move(text)));
}

const odbc_counts& odbc_connector::counts() const {
    return shared_->counts;
}

}  // namespace ha::agent
