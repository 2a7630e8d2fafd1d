// SPDX-License-Identifier: MIT
#pragma once

#include "common/transport/stream.hpp"

// Two ends of a connection in memory, for tests.

namespace ha::transport {

struct stream_pair {
    std::unique_ptr<byte_stream> left;
    std::unique_ptr<byte_stream> right;
};

// What one end writes the other reads, at once. A writer waits when 256 KiB lie unread.
stream_pair make_pipe();

}  // namespace ha::transport
