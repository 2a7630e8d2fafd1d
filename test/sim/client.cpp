// SPDX-License-Identifier: MIT
#include "test/sim/world.hpp"

#include <algorithm>

// The client: it writes all the time where the labels send it, remembers what was acknowledged, and
// reads all of it back from every new primary (S1).

namespace ha::sim {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

mssqlsim::login_request as_sa(const std::string& database) {
    mssqlsim::login_request who;
    who.user = "sa";
    who.password = "Str0ng!Passw0rd";
    who.program = "client";
    who.database = database;
    return who;
}

bool failed(const engine_client& client) {
    return std::any_of(client.messages.begin(), client.messages.end(), [](const auto& one) {
        return one.severity > 10;
    });
}

}  // namespace

// Nothing when it was refused or had no answer; the connection is dropped then.
asio::awaitable<std::optional<mssqlsim::result_rows>> world::ask(
    node& where, std::shared_ptr<engine_client>& over, mssqlsim::request what, duration limit) {
    auto until = clock_.now() + limit;
    auto client = over;
    where.engine().submit(client, std::move(what));
    while (!client->done && !client->ended && clock_.now() < until)
        co_await client->news.wait_until(clock_, until);
    if (!client->done || failed(*client)) {
        if (!client->messages.empty() && failed(*client))
            say("client: " + client->messages.front().text.substr(0, 80));
        where.engine().close(client);
        over.reset();
        co_return std::nullopt;
    }
    if (client->sets.empty()) co_return mssqlsim::result_rows{};
    co_return client->sets.back();
}

// Each text in turn, over one connection; what the last one answered.
asio::awaitable<std::optional<mssqlsim::result_rows>> world::administer(
    node& where, std::vector<std::string> texts) {
    auto client = where.engine().connect(as_sa(""));
    if (!client || client->refused) co_return std::nullopt;
    std::optional<mssqlsim::result_rows> answer;
    for (auto& one : texts) {
        mssqlsim::request what;
        what.text = std::move(one);
        answer = co_await ask(where, client, std::move(what), 10s);
        if (!answer) co_return std::nullopt;
    }
    where.engine().close(client);
    co_return answer;
}

// A primary that goes before the database is in the group keeps one of its own, which nobody can
// seed into: it is dropped before the next primary gets one.
asio::awaitable<bool> world::make_database() {
    auto* primary = labelled_primary();
    if (!primary) co_return false;
    std::vector<std::string> look{
        "SELECT name FROM sys.databases WHERE group_database_id IS NOT NULL"};
    auto found = co_await administer(*primary, std::move(look));
    if (!found) co_return false;
    if (!found->rows.empty()) co_return true;
    const std::string drop = "DROP DATABASE IF EXISTS [sales]";
    if (left_at_ && left_at_ != primary) {
        std::vector<std::string> clean{drop};
        auto dropped = co_await administer(*left_at_, std::move(clean));
        if (!dropped) co_return false;
    }
    left_at_ = primary;
    std::vector<std::string> steps{
        drop,
        "CREATE DATABASE [sales]",
        "ALTER DATABASE [sales] SET RECOVERY FULL",
        "USE [sales]; CREATE TABLE [orders] (id bigint NOT NULL PRIMARY KEY)",
        "USE [master]; BACKUP DATABASE [sales] TO DISK = N'NUL'",
        "ALTER AVAILABILITY GROUP [ag1] ADD DATABASE [sales]",
    };
    auto added = co_await administer(*primary, std::move(steps));
    co_return added.has_value();
}

// A person with patience: what is not in the group of the primary is made there, with a row and a
// backup, once what other primaries left of it is dropped everywhere: nothing is seeded into a name
// that is taken. True when the group has it.
asio::awaitable<bool> world::keep_database(std::string name) {
    auto* primary = labelled_primary();
    if (!primary) co_return false;
    std::vector<std::string> look{"SELECT group_database_id FROM sys.databases WHERE name = N'" +
                                  name + "'"};
    auto found = co_await administer(*primary, std::move(look));
    if (!found) co_return false;
    bool there = !found->rows.empty();
    if (there && !mssqlsim::is_null(found->rows.front().front())) co_return true;
    if (there) co_return false;
    for (auto& one : nodes_) {
        if (one.get() == primary) continue;
        std::vector<std::string> drop{"IF EXISTS (SELECT 1 FROM sys.databases WHERE name = N'" +
                                      name + "' AND group_database_id IS NULL) DROP DATABASE [" +
                                      name + "]"};
        auto dropped = co_await administer(*one, std::move(drop));
        if (!dropped) co_return false;
    }
    std::vector<std::string> steps{
        "CREATE DATABASE [" + name + "]",
        "USE [" + name + "]; CREATE TABLE [orders] (id bigint NOT NULL PRIMARY KEY)",
        "INSERT INTO [orders] (id) VALUES (1)",
        "USE [master]; BACKUP DATABASE [" + name + "] TO DISK = N'NUL'",
    };
    auto made = co_await administer(*primary, std::move(steps));
    if (made) say("client: " + name + " is made on " + primary->name());
    co_return false;
}

asio::awaitable<void> world::keep_databases() {
    for (;;) {
        co_await clock_.sleep_for(1s);
        for (const auto& one : plan_.databases) {
            if (clock_.now() < begin_ + one.at || !database_made_) continue;
            auto name = one.name;
            auto there = co_await keep_database(name);
            if (there && joined_.insert(name).second) say("client: " + name + " is in the group");
            if (!there) joined_.erase(name);
        }
    }
}

// One row with a key of its own; true when it was acknowledged.
asio::awaitable<bool> world::put_row(node& where, std::shared_ptr<engine_client>& over) {
    if (!over) over = where.engine().connect(as_sa("sales"));
    if (!over || over->refused) {
        over.reset();
        co_return false;
    }
    auto key = next_key_++;
    mssqlsim::request what;
    what.text = "INSERT INTO [orders] (id) VALUES (@id)";
    what.parameters.push_back({"@id", {mssqlsim::column_kind::bigint, 8, 25, 0}, key});
    auto submitted = clock_.now();
    bool by_hand = engines_seen_[where.name()].by_hand;
    auto done = co_await ask(where, over, std::move(what), 5s);
    if (!done) co_return false;
    if (plan_.read_scale) {  // people answer for what they lead a client to, labels for the rest
        if (labelled_primary() == &where) watched_.acknowledged(key, where.holder());
        co_return true;
    }
    // What a primary made by hand took is kept where that is the only trouble. Beside others it may
    // be his word against that of a primary that lives: docs/protocol-rules.md, rule 32.
    if (!by_hand) watched_.acknowledged_since(where.holder(), submitted);
    if (!by_hand || plan_.faults.size() == 1) watched_.acknowledged(key, where.holder());
    co_return true;
}

asio::awaitable<void> world::write() {
    while (!database_made_) {
        co_await clock_.sleep_for(500ms);
        database_made_ = co_await make_database();
    }
    say("client: the database is made");
    std::shared_ptr<engine_client> client;
    node* connected = nullptr;
    node* verified = nullptr;
    for (;;) {
        co_await clock_.sleep_for(plan_.write_period);
        auto* primary = labelled_primary();
        if (primary != connected || (client && client->ended)) client.reset();
        connected = primary;
        if (!primary) continue;
        auto done = co_await put_row(*primary, client);
        ++(done ? found_.writes_acknowledged : found_.writes_refused);
        if (!done) continue;
        last_acknowledged_ = clock_.now();
        if (std::exchange(verified, primary) == primary) continue;
        auto expected = watched_.acknowledged_keys();
        co_await verify(*primary, std::move(expected));
    }
}

// A client that was never told of a new primary: it writes wherever an engine takes writes,
// whatever the labels say.
asio::awaitable<void> world::write_directly(node& where) {
    std::shared_ptr<engine_client> client;
    for (;;) {
        co_await clock_.sleep_for(plan_.write_period);
        if (client && client->ended) client.reset();
        bool tempting = database_made_ && may_be_primary(where) && !where.engine().frozen() &&
                        labelled_primary() != &where;
        if (!tempting) continue;
        auto done = co_await put_row(where, client);
        if (done) say("client: " + where.name() + " took a write and has no label");
    }
}

// The whole ledger once more, from the primary that the run ends with.
asio::awaitable<void> world::read_at_the_end() {
    co_await clock_.sleep_for(plan_.length - 6s);
    auto* primary = labelled_primary();
    if (!primary) co_return;
    auto expected = watched_.acknowledged_keys();
    co_await verify(*primary, std::move(expected));
}

asio::awaitable<void> world::verify(node& primary, std::set<std::int64_t> expected) {
    auto client = primary.engine().connect(as_sa("sales"));
    if (!client || client->refused) co_return;
    mssqlsim::request what;
    what.text = "SELECT id FROM [orders]";
    auto rows = co_await ask(primary, client, std::move(what), 5s);
    if (!rows) co_return;
    std::set<std::int64_t> there;
    for (const auto& one : rows->rows)
        if (auto* key = std::get_if<std::int64_t>(&one.front())) there.insert(*key);
    watched_.read_back(primary.holder(), expected, there);
    primary.engine().close(client);
}

}  // namespace ha::sim
