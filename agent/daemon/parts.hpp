// SPDX-License-Identifier: MIT
#pragma once

#include "agent/config/agent_config.hpp"
#include "agent/engine/odbc_session.hpp"
#include "agent/loop/ports.hpp"
#include "agent/sensors/processes.hpp"
#include "common/k8s/credentials.hpp"
#include "common/transport/credentials.hpp"
#include "common/version.hpp"

#include <memory>
#include <string>

// What a supervisor is built of, made from its settings. Each error is one line that says what is
// wrong and what to do.

namespace ha::agent {

result<odbc_options> engine_options(const engine_config& engine);

process_filter filter_of(const engine_config& engine);

// The logins as the files have them now; a file that cannot be read leaves the password empty, and
// the engine's refusal tells.
logins read_logins(const engine_config& engine);

result<k8s::access> kubernetes_access(clock_source& clock, const agent_config& from);

// Our own certificate, signed with the CA in the folder, and that CA as whom we believe.
result<std::shared_ptr<transport::credential_source>> peer_credentials(const clock_source& clock,
                                                                       const agent_config& from);

// Holds a lock in the record's folder for as long as the process lives: who has it knows that the
// supervisor before it is gone. Error: failed, when another holds it.
result<void> take_lock(const std::string& folder);

}  // namespace ha::agent
