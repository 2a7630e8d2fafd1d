// SPDX-License-Identifier: MIT
#pragma once

#include "common/result.hpp"
#include "test/mssqlsim/tds/packet.hpp"
#include "test/mssqlsim/tds/parameter.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

// What a client that is logged in may ask ([MS-TDS] 2.2.6): each message of it becomes one of
// these.

namespace ha::mssqlsim::tds {

struct batch_request {
    std::string text;
    bool operator==(const batch_request&) const = default;
};

struct procedure_call {
    std::string name;  // well-known ids are turned into their names (10: sp_executesql)
    std::vector<parameter> parameters;
    bool operator==(const procedure_call&) const = default;
};

struct rpc_request {
    std::vector<procedure_call> calls;  // at least one
    bool operator==(const rpc_request&) const = default;
};

struct transaction_request {
    enum class kind : std::uint16_t { begin = 5, commit = 7, rollback = 8, save = 9 } what{};
    bool then_begin = false;  // commit or rollback, and begin anew
    std::string name;
    bool operator==(const transaction_request&) const = default;
};

struct attention {
    bool operator==(const attention&) const = default;
};

struct request {
    std::variant<batch_request, rpc_request, transaction_request, attention> what;
    std::uint64_t transaction = 0;  // the descriptor the client believes to be in; 0: none
    bool reset_connection = false;
    bool reset_keeps_transaction = false;
    bool operator==(const request&) const = default;
};

// Errors: malformed; refused for messages that the double does not take (bulk load).
result<request> parse_request(const message& incoming);

}  // namespace ha::mssqlsim::tds
