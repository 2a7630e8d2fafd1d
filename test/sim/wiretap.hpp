// SPDX-License-Identifier: MIT
#pragma once

#include "common/transport/stream.hpp"

#include <functional>
#include <memory>
#include <string_view>

// Listens to what goes out on the connections that a dialer makes, and changes nothing: so that the
// time of a send is known from the wire, not from who sent.

namespace ha::sim {

using overheard = std::function<void(std::string_view text)>;

std::unique_ptr<transport::dialer> listen_in(std::unique_ptr<transport::dialer> on, overheard tell);

}  // namespace ha::sim
