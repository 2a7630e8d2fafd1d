// SPDX-License-Identifier: MIT
#include "common/k8s/outcome.hpp"

namespace ha::k8s {

std::string failure::words() const {
    auto text = verb + " " + object + ": ";
    if (what == kind::not_sent) return text + "not sent: " + message;
    if (code == 0) return text + "no answer: " + message;
    text += std::to_string(code);
    if (!reason.empty()) text += " " + reason;
    if (!message.empty() && message != reason) text += ": " + message;
    if (code == 401)
        text +=
            ": our token or certificate has expired, or is of another cluster; the kubelet renews "
            "the token of a pod by itself, and where it cannot, the pod's ServiceAccount is gone "
            "or the pod must be made anew";
    return text;
}

}  // namespace ha::k8s
