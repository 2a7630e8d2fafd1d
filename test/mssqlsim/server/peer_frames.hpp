// SPDX-License-Identifier: MIT
#pragma once

#include "common/result.hpp"
#include "test/mssqlsim/model/messages.hpp"

#include <optional>
#include <string>
#include <string_view>

// Messages between endpoints as bytes on a stream: each side first sends eight bytes that name the
// protocol, then frames of size, CRC-32C and the model's encoding, which begins with its version.

namespace ha::mssqlsim {

inline constexpr std::string_view peer_preamble = "HASQLEP1";

std::string peer_frame(const peer_message& what);

class peer_reader {
public:
    void feed(std::string_view bytes) { pending_.append(bytes); }

    // The next message, or nothing yet. Errors: malformed; the link is to be ended then.
    result<std::optional<peer_message>> next();

private:
    std::string pending_;
    bool greeted_ = false;
};

}  // namespace ha::mssqlsim
