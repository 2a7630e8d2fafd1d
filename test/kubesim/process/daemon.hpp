// SPDX-License-Identifier: MIT
#pragma once

#include "common/async/system_clock.hpp"
#include "common/transport/credentials.hpp"
#include "test/kubesim/process/admin.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <filesystem>

// The server as a process: TLS on one port of 127.0.0.1, the admin's plain HTTP on another, and a
// folder with all that a client needs.

namespace ha::kubesim {

struct daemon_settings {
    std::filesystem::path folder;       // ca.crt, kubeconfig and ready.json go there
    std::filesystem::path tokens_file;  // a JSON list for add_token; empty: one administrator
    std::uint16_t port = 0;             // 0: any
    std::uint16_t admin_port = 0;
    std::size_t history_max = 1000;
};

class daemon {
public:
    explicit daemon(daemon_settings settings);

    // Opens both ports, writes the folder's files and prints one line of JSON when clients may
    // come. Errors: what could not be opened, read or written.
    result<void> open(boost::asio::any_io_executor executor);

    boost::asio::awaitable<void> serve_api();
    boost::asio::awaitable<void> serve_admin();

private:
    result<void> read_tokens();
    result<void> make_credentials();
    result<void> write_files();
    result<void> listen();
    result<void> set_outage(bool on);

    daemon_settings settings_;
    system_clock clock_;
    api_server server_;
    std::string admin_token_;
    std::shared_ptr<transport::credential_source> credentials_;
    std::string authority_;
    boost::asio::any_io_executor executor_;
    std::unique_ptr<transport::listener> opened_;  // not served yet
    std::unique_ptr<transport::listener> api_;     // the one that is served, or was
    std::unique_ptr<transport::listener> admin_;
    doorbell over_;
    bool outage_ = false;
};

}  // namespace ha::kubesim
