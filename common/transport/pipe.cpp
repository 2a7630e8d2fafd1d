// SPDX-License-Identifier: MIT
#include "common/transport/pipe.hpp"

#include "common/transport/flow.hpp"

namespace ha::transport {

stream_pair make_pipe() {
    auto there = std::make_shared<flow>(nullptr, nullptr);
    auto back = std::make_shared<flow>(nullptr, nullptr);
    return {make_end(back, there, {}, "pipe"), make_end(there, back, {}, "pipe")};
}

}  // namespace ha::transport
