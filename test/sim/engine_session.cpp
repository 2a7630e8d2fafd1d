// SPDX-License-Identifier: MIT
#include "test/sim/engine_session.hpp"

namespace ha::sim {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using agent::engine_answer;
using agent::engine_failure;
using agent::engine_reply;

namespace {

// Loopback and the engine's own turn.
constexpr auto trip = 300us;

agent::sql_value converted(mssqlsim::value&& from) {
    if (auto* number = std::get_if<std::int64_t>(&from)) return *number;
    if (auto* text = std::get_if<std::string>(&from)) return std::move(*text);
    if (auto* real = std::get_if<double>(&from)) return std::to_string(*real);
    if (auto* bytes = std::get_if<mssqlsim::binary>(&from))
        return std::vector<std::uint8_t>(bytes->begin(), bytes->end());
    return std::monostate{};
}

// Takes the rows out of what the engine sent.
agent::result_set converted(mssqlsim::result_rows&& from) {
    agent::result_set to;
    to.columns.reserve(from.columns.size());
    for (const auto& one : from.columns) to.columns.push_back(one.name);
    to.rows.reserve(from.rows.size());
    for (auto& row : from.rows) {
        auto& cells = to.rows.emplace_back();
        cells.reserve(row.size());
        for (auto& cell : row) cells.push_back(converted(std::move(cell)));
    }
    return to;
}

class session final : public agent::engine_session {
public:
    session(node_clock& clock,
            engine_host& host,
            statement_report& report,
            std::string purpose,
            agent::engine_login login)
        : clock_(clock),
          host_(host),
          report_(report),
          program_("mssql-ha-supervisor/" + std::move(purpose)),
          login_(std::move(login)) {}

    ~session() override { abandon(); }

    asio::awaitable<engine_reply> run(agent::statement what,
                                      std::vector<agent::sql_value> parameters,
                                      instant deadline) override {
        static_cast<void>(parameters);
        // As most drivers: that nobody is there any more is found out by what is sent.
        if (client_ && client_->ended) co_return lost(clock_.now());
        auto refused = co_await connect(deadline);
        if (refused) co_return tl::unexpected(*refused);
        report_(what.name);
        auto client = client_;
        auto sent_at = clock_.now();
        mssqlsim::request asked;
        asked.text = std::move(what.text);
        host_.submit(client, std::move(asked));
        while (!client->done && !client->ended && clock_.now() < deadline)
            co_await client->news.wait_until(clock_, deadline);
        if (!client->done) co_return lost(sent_at);
        co_await clock_.sleep_for(trip);
        co_return gathered(*client, sent_at);
    }

    asio::awaitable<engine_reply> stream(
        agent::statement what,
        duration silence_limit,
        std::function<bool(const agent::result_set&)> on_set) override {
        auto refused = co_await connect(clock_.now() + 5s);
        if (refused) co_return tl::unexpected(*refused);
        auto client = client_;
        auto sent_at = clock_.now();
        mssqlsim::request asked;
        asked.text = std::move(what.text);
        host_.submit(client, std::move(asked));
        std::size_t told = 0;
        auto heard = clock_.now();
        bool more = true;
        while (more && !client->done && !client->ended && clock_.now() < heard + silence_limit) {
            co_await client->news.wait_until(clock_, heard + silence_limit);
            for (; more && told < client->sets.size(); ++told) {
                heard = clock_.now();
                more = on_set(converted(std::move(client->sets[told])));
            }
            client->sets.clear();
            told = 0;
        }
        if (!client->done) abandon();
        co_return gathered(*client, sent_at);
    }

    std::optional<std::int64_t> session_id() const override {
        if (!client_ || client_->ended) return std::nullopt;
        return client_->number;
    }

    void abandon() override {
        if (client_) host_.close(client_);
        client_.reset();
    }

private:
    engine_reply lost(instant sent_at) {
        abandon();
        engine_failure failed;
        failed.what = engine_failure::kind::unknown;
        failed.sent_at = sent_at;
        return tl::unexpected(failed);
    }

    asio::awaitable<std::optional<engine_failure>> connect(instant deadline) {
        if (client_ && !client_->ended) co_return std::nullopt;
        client_.reset();
        co_await clock_.sleep_for(trip);
        engine_failure failed;
        failed.sent_at = clock_.now();
        failed.what = engine_failure::kind::not_sent;
        // The kernel accepts for a frozen engine; nobody answers.
        if (host_.running() && host_.frozen()) {
            co_await clock_.sleep_until(deadline);
            co_return failed;
        }
        mssqlsim::login_request who;
        who.user = login_.user;
        who.password = login_.password;
        who.program = program_;
        auto client = host_.connect(who);
        if (!client) co_return failed;
        if (client->refused) {
            failed.what = engine_failure::kind::login_failed;
            for (const auto& one : client->messages)
                failed.messages.push_back({one.number, "28000", one.text});
            co_return failed;
        }
        client_ = client;
        co_return std::nullopt;
    }

    engine_reply gathered(engine_client& client, instant sent_at) {
        engine_failure failed;
        failed.what = engine_failure::kind::refused;
        failed.sent_at = sent_at;
        engine_answer answer;
        answer.sent_at = sent_at;
        answer.received_at = clock_.now();
        for (const auto& one : client.messages) {
            agent::sql_message told{one.number, "42000", one.text};
            (one.severity > 10 ? failed.messages : answer.notes).push_back(told);
        }
        if (!failed.messages.empty()) return tl::unexpected(failed);
        for (auto& one : client.sets) answer.sets.push_back(converted(std::move(one)));
        client.sets.clear();
        return answer;
    }

    node_clock& clock_;
    engine_host& host_;
    statement_report& report_;
    std::string program_;
    agent::engine_login login_;
    std::shared_ptr<engine_client> client_;
};

class connector final : public agent::engine_connector {
public:
    connector(node_clock& clock, engine_host& host, statement_report report)
        : clock_(clock), host_(host), report_(std::move(report)) {}

    std::unique_ptr<agent::engine_session> open(std::string purpose,
                                                agent::engine_login login) override {
        return std::make_unique<session>(
            clock_, host_, report_, std::move(purpose), std::move(login));
    }

private:
    node_clock& clock_;
    engine_host& host_;
    statement_report report_;
};

}  // namespace

std::unique_ptr<agent::engine_connector> connect_to(node_clock& clock,
                                                    engine_host& host,
                                                    statement_report report) {
    return std::make_unique<connector>(clock, host, std::move(report));
}

agent::process_state host_processes::state() const {
    if (!visible_) return agent::process_state::unknown;
    return host_.running() ? agent::process_state::alive : agent::process_state::gone;
}

std::optional<instant> host_processes::began() const {
    if (!visible_ || !host_.running()) return std::nullopt;
    return host_.began();
}

result<int> host_processes::kill_all() {
    if (!visible_) return failure(errc::unauthorized, "the engine's processes are not visible");
    if (!host_.running()) return 0;
    host_.kill();
    return 1;
}

asio::awaitable<void> host_processes::run() {
    for (;;) co_await never_.wait();
}

}  // namespace ha::sim
