// SPDX-License-Identifier: MIT
#pragma once

#include "agent/core/messages.hpp"
#include "agent/core/observation.hpp"

// What this supervisor tells its peers of itself.

namespace ha::agent {

// All but what only the instance's keeper knows (endpoint certificate).
peer_status own_status(const observation& seen);

}  // namespace ha::agent
