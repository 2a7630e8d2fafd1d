// SPDX-License-Identifier: MIT
#include "agent/engine/odbc_session.hpp"

#include "agent/engine/odbc_state.hpp"
#include "common/odbc/target.hpp"

namespace ha::agent {

namespace asio = boost::asio;

namespace {

using kind = engine_failure::kind;

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
