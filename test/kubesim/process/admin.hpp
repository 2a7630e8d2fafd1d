// SPDX-License-Identifier: MIT
#pragma once

#include "common/http/server.hpp"
#include "test/kubesim/api/server.hpp"

#include <functional>

// The port through which tests make trouble: plain HTTP with JSON bodies.
//
//   POST /faults {"fault": "status|lostResponse|unanswered|late", "status": 429,
//   "retryAfterSeconds": 1,
//                 "milliseconds": 500, "verb": "update", "resource": "leases", "name": "ag1",
//                 "user": "system:serviceaccount:default:x", "times": 2}     -> {"id": 1}
//   GET /faults   DELETE /faults   DELETE /faults/1
//   POST /outage  connections are refused;  DELETE /outage  they are taken again
//   POST /tokens {"user": "x", "groups": [], "token": "t", "expiresSeconds": 600}   DELETE
//   /tokens/x POST /compact   GET /version
//   GET /requests  how often each user asked: {"user": {"get leases": 3}}

namespace ha::kubesim {

struct admin_hooks {
    // When it returns, the port is shut (true) or open. Errors: the port cannot be opened again.
    std::function<result<void>(bool)> set_outage;
};

http::handler admin_handler(api_server& server, clock_source& clock, admin_hooks hooks);

// {"token", "user", "groups", "expiresSeconds"} into the server's table; the token, which is made
// up when none is given.
result<std::string> add_token(api_server& server, clock_source& clock, const nlohmann::json& from);

}  // namespace ha::kubesim
