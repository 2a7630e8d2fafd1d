// SPDX-License-Identifier: MIT
#pragma once

#include "common/k8s/client.hpp"
#include "common/result.hpp"

#include <functional>
#include <string>
#include <string_view>

// The body of a watch: one JSON document a line, however the blocks are cut that bring it.

namespace ha::k8s {

class event_lines {
public:
    using document_handler = std::function<bool(const std::string& type, watch_event&)>;

    // Calls `act` with each complete line; stops when it says false. Errors: malformed, too_large.
    // What it returns: whether to go on.
    result<bool> take(std::string_view block, const document_handler& act);

    // True when a line was begun and never ended.
    bool unfinished() const { return !rest_.empty(); }

private:
    std::string rest_;
};

}  // namespace ha::k8s
