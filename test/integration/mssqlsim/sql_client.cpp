// SPDX-License-Identifier: MIT
#include "test/integration/mssqlsim/sql_client.hpp"

#include "test/support/catch.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <stdexcept>

namespace ha::test {

namespace {

// A driver's own errors (a time limit) have no number.
std::int32_t number_of(const odbc::trouble& what) {
    auto number = what.diagnostics.empty() ? 0 : what.diagnostics.front().number;
    return number == 0 ? -1 : number;
}

secret text_for(const server_process& to,
                const std::string& driver,
                const std::string& user,
                const std::string& password) {
    odbc::target where;
    where.driver = driver;
    where.address = to.address();
    where.port = to.port();
    where.user = user;
    where.password = secret(password);
    where.program = "integration";
    return odbc::connection_string(where);
}

void replace(std::string& in, std::string_view what, const std::string& by) {
    auto at = in.find(what);
    if (at == std::string::npos) throw std::runtime_error("no " + std::string(what) + " to change");
    in.replace(at, what.size(), by);
}

}  // namespace

std::string connection_text(const server_process& to, const std::string& driver, protection how) {
    auto text = text_for(to, driver, "sa", sa_password).reveal();
    if (how == protection::encrypted) return text;
    if (driver == odbc::freetds_driver) {
        replace(text, "Encryption=require", "Encryption=off");
    } else if (how == protection::plain) {
        replace(text, "Encrypt=yes", "Encrypt=no");
    } else {
        replace(text,
                "Encrypt=yes;TrustServerCertificate=yes",
                "Encrypt=strict;ServerCertificate=" + to.certificate());
    }
    return text;
}

void prepare_drivers() {
    static const bool done = [] {
        auto* pipe = ::popen(FETCH_DRIVER_PATH, "r");
        std::string folder;
        std::array<char, 512> block{};
        while (std::fgets(block.data(), block.size(), pipe) != nullptr) folder += block.data();
        auto status = ::pclose(pipe);
        while (!folder.empty() && folder.back() == '\n') folder.pop_back();
        if (status != 0 || folder.empty()) throw std::runtime_error("no ODBC driver was fetched");
        ::setenv("ODBCSYSINI", folder.c_str(), 1);
        return true;
    }();
    (void)done;
}

sql_client::sql_client(const server_process& to,
                       const std::string& driver,
                       protection how,
                       const std::string& more_words) {
    prepare_drivers();
    auto opened =
        odbc::connection::open(connection_text(to, driver, how) + more_words, {}, canceller_);
    if (!opened)
        throw std::runtime_error(driver + ": " + odbc::in_words(opened.error().diagnostics));
    connection_ = std::move(*opened);
}

std::int32_t sql_client::attempt(const server_process& to,
                                 const std::string& driver,
                                 const std::string& user,
                                 const std::string& password) {
    prepare_drivers();
    auto text = text_for(to, driver, user, password);
    auto opened = odbc::connection::open(text.reveal(), {}, std::make_shared<odbc::canceller>());
    if (opened) return 0;
    return number_of(opened.error());
}

odbc::connection::answer sql_client::run(const std::string& text,
                                         const std::vector<odbc::value>& parameters,
                                         std::chrono::seconds limit) {
    return connection_->execute(text, parameters, limit);
}

std::vector<odbc::rows> sql_client::must(const std::string& text,
                                         const std::vector<odbc::value>& parameters) {
    auto answer = run(text, parameters);
    INFO(text);
    if (!answer) FAIL(odbc::in_words(answer.error().diagnostics));
    return std::move(answer->sets);
}

std::int32_t sql_client::error_of(const std::string& text) {
    auto answer = run(text);
    if (answer) return 0;
    return number_of(answer.error());
}

std::int64_t sql_client::number(const std::string& text) {
    auto sets = must(text);
    REQUIRE_FALSE(sets.empty());
    REQUIRE(sets.front().values.size() == 1);
    return std::get<std::int64_t>(sets.front().values.front().front());
}

std::string sql_client::text(const std::string& text) {
    auto sets = must(text);
    REQUIRE_FALSE(sets.empty());
    REQUIRE(sets.front().values.size() == 1);
    return std::get<std::string>(sets.front().values.front().front());
}

void sql_client::cancel_while_running(const std::string& text) {
    auto waiting = std::async(std::launch::async, [&] { return run(text); });
    // A cancel before the statement is sent does nothing, so it is repeated until it is heard.
    auto heard = eventually(std::chrono::seconds{15}, [&] {
        canceller_->cancel();
        return waiting.wait_for(std::chrono::milliseconds{20}) == std::future_status::ready;
    });
    REQUIRE(heard);
    REQUIRE_FALSE(waiting.get().has_value());
}

}  // namespace ha::test
