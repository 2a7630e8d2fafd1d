// SPDX-License-Identifier: MIT
#pragma once

#include "common/odbc/connection.hpp"
#include "common/odbc/target.hpp"
#include "test/integration/mssqlsim/server_process.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

// A client of the double through a real driver.

namespace ha::test {

// What is encrypted: all after PRELOGIN, as the product wants it; nothing (Microsoft's driver does
// the login alone); or everything, as TDS 8 has it (Microsoft's driver only).
enum class protection { encrypted, plain, strict };

// sa's connection string.
std::string connection_text(const server_process& to,
                            const std::string& driver,
                            protection how = protection::encrypted);

class sql_client {
public:
    // Throws when it cannot connect; see attempt for what must fail.
    // `more_words`: of the connection string, each with its semicolon.
    explicit sql_client(const server_process& to,
                        const std::string& driver = std::string(odbc::microsoft_driver),
                        protection how = protection::encrypted,
                        const std::string& more_words = {});

    // The native number of the error that a login ends with; 0 when it succeeds, -1 when the error
    // has none (the driver gave up).
    static std::int32_t attempt(const server_process& to,
                                const std::string& driver,
                                const std::string& user,
                                const std::string& password);

    odbc::connection::answer run(const std::string& text,
                                 const std::vector<odbc::value>& parameters = {},
                                 std::chrono::seconds limit = std::chrono::seconds{20});

    // Fails the test when the batch does not succeed.
    std::vector<odbc::rows> must(const std::string& text,
                                 const std::vector<odbc::value>& parameters = {});
    // The number of the error it ends with, as above.
    std::int32_t error_of(const std::string& text);
    // The first column of the first row as an integer, or as text.
    std::int64_t number(const std::string& text);
    std::string text(const std::string& text);

    // Cancels the batch from another thread; fails the test when it ends otherwise.
    void cancel_while_running(const std::string& text);

    odbc::connection& driver() { return *connection_; }
    odbc::canceller& canceller() { return *canceller_; }

private:
    std::shared_ptr<odbc::canceller> canceller_ = std::make_shared<odbc::canceller>();
    std::unique_ptr<odbc::connection> connection_;
};

// Points the driver manager at Microsoft's driver and FreeTDS; fails when either is missing.
void prepare_drivers();

}  // namespace ha::test
