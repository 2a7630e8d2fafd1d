// SPDX-License-Identifier: MIT
#pragma once

#include "common/async/clock.hpp"
#include "common/k8s/client.hpp"
#include "common/transport/credentials.hpp"
#include "common/transport/stream.hpp"

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <string>

// Where the API server is, and who we are to it: from inside a pod, or from a kubeconfig.

namespace ha::k8s {

struct access {
    transport::endpoint where;
    // Whom we believe, and our client certificate; nullptr: plain HTTP (a proxy on this machine).
    std::shared_ptr<transport::credential_source> credentials;
    std::shared_ptr<token_source> tokens;  // nullptr: none
    std::string space;                     // the namespace that was chosen; "default" if none was
};

// What a pod knows of its cluster.
struct pod_environment {
    std::string host;  // KUBERNETES_SERVICE_HOST
    std::string port;  // KUBERNETES_SERVICE_PORT
    std::string folder = "/var/run/secrets/kubernetes.io/serviceaccount";
};
// With the service account's files in `folder`.
pod_environment environment_of_process(std::string folder = pod_environment{}.folder);

// Error: failed, with what is missing. CA and token are read again as they change.
result<access> in_cluster(clock_source& clock, const pod_environment& around);

// A kubeconfig as a document; `folder` is where it lies, for relative paths; an empty `context` is
// the current one. Error: malformed, naming each field. Refused: exec plugins, an unverified
// server, and servers by name other than localhost, since names are never resolved.
struct kubeconfig_place {
    std::string folder{};
    std::string context{};
};
result<access> read_kubeconfig(clock_source& clock,
                               const nlohmann::json& document,
                               const kubeconfig_place& place = {});

// The same from a file in YAML or JSON; its folder is the place. Error: failed when it cannot be
// read.
result<access> read_kubeconfig_file(clock_source& clock,
                                    const std::string& path,
                                    const std::string& context = {});

// A token in a file that others replace: read again after a minute, and at once after a 401. While
// it cannot be read the old one is used.
std::shared_ptr<token_source> token_file(clock_source& clock, std::string path);
std::shared_ptr<token_source> fixed_token(std::string token);

// A client with all that is under it.
class connection {
public:
    virtual ~connection() = default;
    virtual client& api() = 0;
    virtual http::client& over() = 0;
};
std::unique_ptr<connection> connect(clock_source& clock,
                                    const access& how,
                                    std::string user_agent,
                                    http::client_limits limits = {});

}  // namespace ha::k8s
