// SPDX-License-Identifier: MIT
#pragma once

#include "common/http/client.hpp"
#include "common/k8s/client.hpp"
#include "common/transport/stream.hpp"
#include "test/support/node/fields.hpp"
#include "test/support/node/node.hpp"

#include <memory>

// A way to a kubesim process with an administrator's rights, from the folder it was started with.

namespace ha::test::node {

class api_access {
public:
    // Reads ready.json and kubeconfig of the folder.
    static result<std::unique_ptr<api_access>> open(clock_source& clock, const files::path& folder);

    k8s::client& api() { return *api_; }
    transport::dialer& plain() { return *plain_; }
    const std::string& ca() const { return ca_; }
    std::uint16_t port() const { return port_; }
    std::uint16_t admin_port() const { return admin_port_; }
    // What containers need to find the API server.
    std::map<std::string, std::string> cluster() const;

    // A request to the admin port; what came back, or why not.
    boost::asio::awaitable<result<json>> admin(std::string method, std::string path, json body);
    // A token for the service account, by the admin port.
    boost::asio::awaitable<result<std::string>> token_for(std::string service_account, json pod);

private:
    class fixed_token;
    api_access() = default;

    clock_source* clock_ = nullptr;
    std::string ca_;
    std::uint16_t port_ = 0;
    std::uint16_t admin_port_ = 0;
    std::unique_ptr<transport::dialer> plain_;
    std::unique_ptr<transport::dialer> secure_;
    std::unique_ptr<http::client> http_;
    std::unique_ptr<http::client> admin_;
    std::unique_ptr<k8s::token_source> token_;
    std::unique_ptr<k8s::client> api_;
};

}  // namespace ha::test::node
