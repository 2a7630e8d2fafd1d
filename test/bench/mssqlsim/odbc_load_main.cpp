// SPDX-License-Identifier: MIT
#include "common/async/system_clock.hpp"
#include "common/odbc/handle.hpp"
#include "common/odbc/text.hpp"
#include "test/bench/mssqlsim/report.hpp"

#include <CLI/CLI.hpp>

#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

// A load through Microsoft's driver: each connection is a thread with one prepared statement, which
// it executes again and again with a number of its own, or with the same one.

namespace {

using namespace ha;

struct options {
    std::string address;
    std::string statement;
    std::size_t connections = 32;
    double seconds = 5;
    SQLINTEGER first_id = 1;
    bool same_id = false;
};

void must(SQLRETURN code, const odbc::handle& of, const char* what) {
    if (SQL_SUCCEEDED(code)) return;
    throw std::runtime_error(std::string(what) + ": " + odbc::in_words(of.diagnostics()));
}

class client {
public:
    explicit client(const options& chosen)
        : connection_(SQL_HANDLE_DBC, of_version_3(environment_)) {
        auto text =
            odbc::to_utf16("Driver={ODBC Driver 18 for SQL Server};Server=tcp:" + chosen.address +
                           ",1433;UID=sa;PWD={Passw0rd!};Encrypt=no;ConnectRetryCount=0");
        must(SQLDriverConnectW(connection_.get(),
                               nullptr,
                               odbc::wide(text),
                               SQL_NTS,
                               nullptr,
                               0,
                               nullptr,
                               SQL_DRIVER_NOPROMPT),
             connection_,
             "connecting");
        statement_ = std::make_unique<odbc::handle>(SQL_HANDLE_STMT, connection_.get());
        auto asked = odbc::to_utf16(chosen.statement);
        must(SQLPrepareW(statement_->get(), odbc::wide(asked), SQL_NTS), *statement_, "preparing");
        must(SQLBindParameter(statement_->get(),
                              1,
                              SQL_PARAM_INPUT,
                              SQL_C_LONG,
                              SQL_INTEGER,
                              10,
                              0,
                              &id_,
                              0,
                              nullptr),
             *statement_,
             "binding");
    }
    ~client() {
        statement_.reset();
        SQLDisconnect(connection_.get());
    }
    client(const client&) = delete;
    client& operator=(const client&) = delete;

    void execute(SQLINTEGER id) {
        id_ = id;
        must(SQLExecute(statement_->get()), *statement_, "executing");
        SQLSMALLINT columns = 0;
        SQLNumResultCols(statement_->get(), &columns);
        if (columns == 0) return;
        must(SQLFetch(statement_->get()), *statement_, "fetching");  // each asks for one row
        SQLFreeStmt(statement_->get(), SQL_CLOSE);
    }

private:
    // Connections can be made only then.
    static SQLHANDLE of_version_3(const odbc::handle& environment) {
        auto version = odbc::number(SQL_OV_ODBC3_80);
        SQLSetEnvAttr(environment.get(), SQL_ATTR_ODBC_VERSION, version, 0);
        return environment.get();
    }

    odbc::handle environment_{SQL_HANDLE_ENV, SQL_NULL_HANDLE};
    odbc::handle connection_;
    std::unique_ptr<odbc::handle> statement_;
    SQLINTEGER id_ = 0;
};

void run(const options& chosen) {
    system_clock clock;
    std::vector<std::unique_ptr<client>> clients;
    std::atomic<SQLINTEGER> next_id{chosen.first_id};
    for (std::size_t i = 0; i < chosen.connections; ++i) {
        clients.push_back(std::make_unique<client>(chosen));
        clients.back()->execute(chosen.same_id ? chosen.first_id : next_id++);  // prepares it
    }
    std::vector<std::vector<duration>> each(chosen.connections);
    auto how_long =
        std::chrono::duration_cast<duration>(std::chrono::duration<double>(chosen.seconds));
    auto begin = clock.now();
    auto play = [&](std::size_t number) {
        for (auto before = clock.now(); before - begin < how_long;) {
            clients[number]->execute(chosen.same_id ? chosen.first_id : next_id++);
            auto now = clock.now();
            each[number].push_back(now - before);
            before = now;
        }
    };
    std::vector<std::thread> threads;
    threads.reserve(chosen.connections);
    for (std::size_t i = 0; i < chosen.connections; ++i) threads.emplace_back(play, i);
    for (auto& one : threads) one.join();
    auto all = clock.now() - begin;
    std::vector<duration> together;
    for (const auto& one : each) together.insert(together.end(), one.begin(), one.end());
    bench::report(std::move(together), all, chosen.connections, chosen.connections);
}

}  // namespace

int main(int count, char** arguments) {
    CLI::App app{"A prepared statement on the engine's double through Microsoft's driver"};
    options chosen;
    app.add_option("address", chosen.address)->required();
    app.add_option("statement", chosen.statement, "with one ?")->required();
    app.add_option("--connections", chosen.connections);
    app.add_option("--seconds", chosen.seconds);
    app.add_option("--first-id", chosen.first_id);
    app.add_flag("--same-id", chosen.same_id, "the same number each time");
    CLI11_PARSE(app, count, arguments);
    try {
        run(chosen);
    } catch (const std::exception& trouble) {
        std::fprintf(stderr, "bench-odbc-load: %s\n", trouble.what());
        return 1;
    }
}
