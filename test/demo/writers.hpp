// SPDX-License-Identifier: MIT
#pragma once

#include "agent/engine/odbc_session.hpp"
#include "test/demo/eyes.hpp"
#include "test/demo/ledger.hpp"

#include <set>

// Clients of the database, through the driver: one writes all the time where the read-write route
// leads, others try every instance directly, route or not.

namespace ha::test::demo {

// Statements, all in one place.
struct table_statements {
    std::string ag_name;
    // Makes the database and the table on the primary; each a batch of its own.
    std::vector<std::string> create() const;
    // A transaction: a row and its counterpart, so that all amounts come to nought, and the
    // connection's last key. It answers which one that was before, and who answers.
    std::string insert(std::int64_t key, int connection) const;
    std::string sum() const;
    std::string remove(std::int64_t key) const;
    std::string keys(std::int64_t after, std::int64_t until) const;
};

// Sessions to addresses, one each, kept.
class doors {
public:
    doors(boost::asio::any_io_executor executor,
          clock_source& clock,
          std::string driver,
          std::string program,
          agent::engine_login login);
    ~doors();
    agent::engine_session& to(const std::string& address);
    // The next one opens anew: behind a Service that may lead to somebody else.
    void close(const std::string& address);

private:
    struct door;
    boost::asio::any_io_executor executor_;
    clock_source& clock_;
    std::string driver_;
    std::string program_;
    agent::engine_login login_;
    std::map<std::string, std::unique_ptr<door>> open_;
};

// What the answer to a write means.
fate fate_of(const agent::engine_reply& reply);
// Number and text of its first message.
std::string words_of(const agent::engine_failure& trouble);

class writers {
public:
    writers(boost::asio::any_io_executor executor,
            clock_source& clock,
            eyes& seen,
            ledger& book,
            std::string driver,
            agent::engine_login login,
            table_statements sql);

    // Runs batch after batch where the route leads; the first error ends it.
    boost::asio::awaitable<result<void>> prepare();
    // Both kinds of writers in the background, until stop(). Each connection on the route makes one
    // write in a period, or as many as it can.
    void begin(int connections = 1, duration period = {});
    void stop() { stopped_ = true; }
    // After stop(): nobody waits for an answer any more.
    bool idle() const { return running_ == 0; }

    // A batch at an instance, as somebody would type it.
    boost::asio::awaitable<result<agent::engine_answer>> run(std::string address, std::string text);
    // All keys that are there, page by page.
    boost::asio::awaitable<result<std::set<std::int64_t>>> read_back(std::string address);
    // What all amounts come to: nought, as no transaction is there by half.
    boost::asio::awaitable<result<std::int64_t>> sum(std::string address);
    boost::asio::awaitable<result<void>> remove(std::string address, std::int64_t key);

private:
    boost::asio::awaitable<void> write_by_route(int connection, duration period);
    boost::asio::awaitable<void> write_directly(int connection, std::string pod);
    boost::asio::awaitable<fate> write(doors& through, std::string address, attempt one);

    boost::asio::any_io_executor executor_;
    clock_source& clock_;
    eyes& seen_;
    ledger& book_;
    table_statements sql_;
    std::string driver_;
    agent::engine_login login_;
    std::vector<std::unique_ptr<doors>> route_doors_;  // one connection each
    doors direct_doors_;
    doors own_doors_;
    bool stopped_ = false;
    int running_ = 0;
};

}  // namespace ha::test::demo
