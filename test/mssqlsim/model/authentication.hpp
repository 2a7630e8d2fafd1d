// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/engine.hpp"

#include <string>

// Who logs in: a user of the contained database that he names, or else a login of
// the instance or of the contained group that he comes into.

namespace ha::mssqlsim {

struct proven_identity {
    std::string name;
    binary sid;
    std::string database;          // that he proved himself to; empty: to the instance
    std::string default_database;  // of a login; empty: master
};

// Refusals are 18456 and 18470. Why, the client is not told: the errorlog says it.
// `inside`: the contained group that he comes into, if it is one.
tl::expected<proven_identity, login_refused> authenticate(engine& owner,
                                                          const login_request& who,
                                                          const group_state* inside);

// 18456 as every client is told it.
server_message login_failed(const std::string& user);

}  // namespace ha::mssqlsim
