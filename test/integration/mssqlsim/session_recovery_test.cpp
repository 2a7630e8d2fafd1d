// SPDX-License-Identifier: MIT
#include "test/integration/mssqlsim/server_process.hpp"
#include "test/integration/mssqlsim/sql_client.hpp"
#include "test/support/catch.hpp"

#include <csignal>
#include <optional>

using namespace ha;
using namespace ha::test;
using namespace std::chrono_literals;

// SESSIONRECOVERY of TDS: a server that acknowledges it lets Microsoft's driver connect anew by
// itself and run the statement again. For an agent that hides that the instance was started again.

namespace {

class restarted_server {
public:
    explicit restarted_server(bool acknowledges) : acknowledges_(acknowledges) { start(); }

    server_process& server() { return *process_; }

    // The engine is gone and another one is there, at the same address.
    void restart() {
        process_->signal(SIGKILL);
        process_->wait();
        start();
    }

private:
    void start() {
        std::vector<std::string> flags;
        if (acknowledges_) flags.emplace_back("--session-recovery");
        process_.emplace(
            server_process::setup{"SQL1", loopback_address(4), folder_.file("root"), 0, flags});
    }

    bool acknowledges_;
    scratch_folder folder_;
    std::optional<server_process> process_;
};

// Whether a client notices that the instance was started again between two of its statements.
bool notices(bool server_acknowledges, const std::string& words) {
    restarted_server on(server_acknowledges);
    auto text = connection_text(on.server(), std::string(odbc::microsoft_driver));
    auto at = text.find("ConnectRetryCount=0;");
    REQUIRE(at != std::string::npos);
    text.replace(at, std::string("ConnectRetryCount=0;").size(), words);
    prepare_drivers();
    auto client = odbc::connection::open(text, {}, std::make_shared<odbc::canceller>());
    REQUIRE(client.has_value());
    REQUIRE((*client)->execute("SELECT 1", {}, 20s).has_value());
    on.restart();
    return !(*client)->execute("SELECT 1", {}, 20s).has_value();
}

}  // namespace

TEST_CASE("a restart is hidden by a server that acknowledges and a driver that retries") {
    CHECK_FALSE(notices(true, "ConnectRetryCount=1;ConnectRetryInterval=1;"));
}

TEST_CASE(
    "a driver that is told ConnectRetryCount=0 notices the restart, whatever the server says") {
    CHECK(notices(true, "ConnectRetryCount=0;"));
}

TEST_CASE("a server that does not acknowledge hides nothing, whatever the driver would do") {
    CHECK(notices(false, "ConnectRetryCount=1;ConnectRetryInterval=1;"));
}
