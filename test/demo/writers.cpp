// SPDX-License-Identifier: MIT
#include "test/demo/writers.hpp"

#include "common/async/supervise.hpp"

#include <cstdlib>
#include <iostream>

namespace ha::test::demo {
namespace {

namespace asio = boost::asio;

constexpr duration write_limit = std::chrono::seconds{2};
constexpr duration setup_limit = std::chrono::seconds{20};
constexpr duration direct_period = std::chrono::milliseconds{20};
constexpr std::int64_t page = 5000;
constexpr int most_connections = 16;
constexpr duration pause_after_refusal = std::chrono::milliseconds{5};
constexpr duration pause_before_connecting = std::chrono::milliseconds{25};

attempt attempt_of(std::string writer, int connection) {
    attempt made;
    made.writer = std::move(writer);
    made.connection = connection;
    return made;
}

void stop_everything(std::string_view name, std::string_view why) {
    std::cerr << "demo: " << name << " ended: " << why << std::endl;
    std::_Exit(1);
}

}  // namespace

std::vector<std::string> table_statements::create() const {
    std::string connections = "(0, 0)";
    for (int i = 1; i < most_connections; ++i) connections += ", (" + std::to_string(i) + ", 0)";
    return {
        "CREATE DATABASE [demo]",
        "ALTER DATABASE [demo] SET RECOVERY FULL",
        "CREATE TABLE [demo].[dbo].[kept] ([id] bigint NOT NULL PRIMARY KEY, [amount] bigint)",
        "CREATE TABLE [demo].[dbo].[last] ([connection] int NOT NULL PRIMARY KEY, [key] bigint)",
        "INSERT INTO [demo].[dbo].[last] ([connection], [key]) VALUES " + connections,
        "BACKUP DATABASE [demo] TO DISK = N'NUL'",
        "ALTER AVAILABILITY GROUP [" + ag_name + "] ADD DATABASE [demo]"};
}

std::string table_statements::insert(std::int64_t key, int connection) const {
    auto id = std::to_string(key);
    auto own = " WHERE [connection] = " + std::to_string(connection) + "; ";
    return "SET XACT_ABORT ON; BEGIN TRANSACTION; "
           "SELECT [key] FROM [demo].[dbo].[last]" +
           own + "INSERT INTO [demo].[dbo].[kept] ([id], [amount]) VALUES (" + id + ", " + id +
           "), (-" + id + ", -" + id + "); UPDATE [demo].[dbo].[last] SET [key] = " + id + own +
           "COMMIT TRANSACTION; SELECT @@SERVERNAME AS [server]";
}

std::string table_statements::sum() const {
    return "SELECT SUM([amount]) AS [sum] FROM [demo].[dbo].[kept]";
}

std::string table_statements::remove(std::int64_t key) const {
    return "DELETE FROM [demo].[dbo].[kept] WHERE [id] = " + std::to_string(key);
}

std::string table_statements::keys(std::int64_t after, std::int64_t until) const {
    return "SELECT [id] FROM [demo].[dbo].[kept] WHERE [id] > " + std::to_string(after) +
           " AND [id] <= " + std::to_string(until);
}

struct doors::door {
    door(asio::any_io_executor executor, clock_source& clock, agent::odbc_options options)
        : maker(executor, clock, std::move(options)) {}
    agent::odbc_connector maker;
    std::unique_ptr<agent::engine_session> session;
};

doors::doors(asio::any_io_executor executor,
             clock_source& clock,
             std::string driver,
             std::string program,
             agent::engine_login login)
    : executor_(executor),
      clock_(clock),
      driver_(std::move(driver)),
      program_(std::move(program)),
      login_(std::move(login)) {}

doors::~doors() = default;

agent::engine_session& doors::to(const std::string& address) {
    auto& place = open_[address];
    if (!place) {
        agent::odbc_options options;
        options.driver = driver_;
        options.address = address;
        options.program = program_;
        place = std::make_unique<door>(executor_, clock_, options);
        place->session = place->maker.open("writer", login_);
    }
    return *place->session;
}

void doors::close(const std::string& address) {
    open_.erase(address);
}

std::string words_of(const agent::engine_failure& trouble) {
    if (trouble.messages.empty()) return "no answer";
    const auto& first = trouble.messages.front();
    return std::to_string(first.number) + " " + first.text;
}

fate fate_of(const agent::engine_reply& reply) {
    if (reply) return fate::acknowledged;
    return reply.error().what == agent::engine_failure::kind::unknown ? fate::unknown
                                                                      : fate::refused;
}

writers::writers(asio::any_io_executor executor,
                 clock_source& clock,
                 eyes& seen,
                 ledger& book,
                 std::string driver,
                 agent::engine_login login,
                 table_statements sql)
    : executor_(executor),
      clock_(clock),
      seen_(seen),
      book_(book),
      sql_(std::move(sql)),
      driver_(driver),
      login_(login),
      direct_doors_(executor, clock, driver, "demo-direct", login),
      own_doors_(executor, clock, driver, "demo", login) {}

// Twice where no engine has answered: a connection that has long been idle may be one to an engine
// that was killed since.
asio::awaitable<result<agent::engine_answer>> writers::run(std::string address, std::string text) {
    std::string trouble;
    for (int attempt = 0; attempt < 2; ++attempt) {
        agent::statement what{"demo", text};
        std::vector<agent::sql_value> none;
        auto deadline = clock_.now() + setup_limit;
        auto reply = co_await own_doors_.to(address).run(what, none, deadline);
        if (reply) co_return *reply;
        trouble = words_of(reply.error());
        if (reply.error().number() != 0) break;
    }
    co_return failure(errc::failed, text + ": " + trouble);
}

asio::awaitable<result<void>> writers::prepare() {
    auto batches = sql_.create();
    for (const auto& batch : batches) {
        auto where = seen_.route();
        auto done = co_await run(where, batch);
        if (!done) co_return tl::unexpected(done.error());
    }
    co_return result<void>{};
}

void writers::begin(int connections, duration period) {
    for (int i = 0; i < connections; ++i) {
        route_doors_.push_back(
            std::make_unique<doors>(executor_, clock_, driver_, "demo-route", login_));
        supervise(executor_, "writer", write_by_route(i, period), [this](auto name, auto why) {
            if (!stopped_) stop_everything(name, why);
        });
    }
    for (const auto& pod : seen_.pods()) {
        auto work = write_directly(connections++, pod);
        supervise(executor_, "direct writer", std::move(work), [this](auto name, auto why) {
            if (!stopped_) stop_everything(name, why);
        });
    }
}

asio::awaitable<fate> writers::write(doors& through, std::string address, attempt one) {
    one.key = book_.next_key();
    one.address = address;
    one.sent = clock_.now();
    agent::statement what{"write", sql_.insert(one.key, one.connection)};
    std::vector<agent::sql_value> none;
    auto deadline = one.sent + write_limit;
    auto reply = co_await through.to(address).run(what, none, deadline);
    one.received = clock_.now();
    one.what = fate_of(reply);
    // Who answered is known from the answer alone: a Service leads now here, now there.
    if (reply && !reply->sets.empty()) {
        one.address = reply->sets.back().text(0, "server").value_or(address);
        one.found = reply->sets.front().integer(0, "key").value_or(-1);
    }
    book_.add(one);
    seen_.changed().ring();
    co_return one.what;
}

asio::awaitable<void> writers::write_by_route(int connection, duration period) {
    auto next_write = attempt_of("route", connection);
    auto& through = *route_doors_[static_cast<std::size_t>(connection)];
    ++running_;
    while (!stopped_) {
        auto next = clock_.now() + period;
        auto address = seen_.route();
        auto outcome = fate::refused;
        if (!address.empty()) outcome = co_await write(through, address, next_write);
        if (outcome != fate::acknowledged) next = clock_.now() + pause_after_refusal;
        if (outcome != fate::acknowledged && seen_.routed_by_service()) {
            through.close(address);
            next = clock_.now() + pause_before_connecting;
        }
        co_await clock_.sleep_until(next);
    }
    --running_;
    seen_.changed().ring();
}

asio::awaitable<void> writers::write_directly(int connection, std::string pod) {
    auto next_write = attempt_of("direct", connection);
    ++running_;
    while (!stopped_) {
        auto next = clock_.now() + direct_period;
        auto address = seen_.address(pod);
        if (!address.empty()) co_await write(direct_doors_, address, next_write);
        co_await clock_.sleep_until(next);
    }
    --running_;
    seen_.changed().ring();
}

asio::awaitable<result<std::set<std::int64_t>>> writers::read_back(std::string address) {
    std::set<std::int64_t> keys;
    auto last = book_.next_key();
    for (std::int64_t after = 0; after < last; after += page) {
        auto text = sql_.keys(after, after + page);
        auto answer = co_await run(address, text);
        if (!answer) co_return tl::unexpected(answer.error());
        for (const auto& set : answer->sets) {
            for (std::size_t row = 0; row < set.rows.size(); ++row) {
                if (auto key = set.integer(row, "id")) keys.insert(*key);
            }
        }
    }
    co_return keys;
}

asio::awaitable<result<std::int64_t>> writers::sum(std::string address) {
    auto text = sql_.sum();
    auto answer = co_await run(address, text);
    if (!answer) co_return tl::unexpected(answer.error());
    if (answer->sets.empty()) co_return failure(errc::failed, text + ": no answer");
    co_return answer->sets.back().integer(0, "sum").value_or(0);
}

asio::awaitable<result<void>> writers::remove(std::string address, std::int64_t key) {
    auto text = sql_.remove(key);
    auto done = co_await run(address, text);
    if (!done) co_return tl::unexpected(done.error());
    co_return result<void>{};
}

}  // namespace ha::test::demo
