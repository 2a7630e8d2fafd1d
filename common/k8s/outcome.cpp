// SPDX-License-Identifier: MIT
#include "common/k8s/outcome.hpp"

namespace ha::k8s {

std::string failure::words() const {
    auto text = verb + " " + object + ": ";
    if (what == kind::not_sent) return text + "not sent: " + message;
    if (code == 0) return text + "no answer: " + message;
    text += std::to_string(code);
    if (!reason.empty()) text += " " + reason;
    return message.empty() ? text : text + ": " + message;
}

}  // namespace ha::k8s
