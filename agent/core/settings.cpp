// SPDX-License-Identifier: MIT
#include "agent/core/settings.hpp"

namespace ha::agent {

using namespace std::chrono_literals;

namespace {

std::string seconds_of(duration span) {
    auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(span).count();
    auto text = std::to_string(ms / 1000);
    if (ms % 1000 != 0) text += "." + std::to_string(1000 + ms % 1000).substr(1);
    return text + " s";
}

}  // namespace

profile balanced_profile() {
    return profile{15s, 3s, 9s, 1s};
}

profile fast_profile() {
    return profile{10s, 2s, 6s, 1s};
}

profile wide_profile() {
    return profile{30s, 5s, 20s, 1s};
}

// 1. every length is positive, and W is in whole seconds, because the engine takes nothing else
// 2. 2P <= W: one late renewal of the engine's lease must not stop writes
// 3. P + W + 2m <= L: a renewal must find room before authority ends
// 4. the policy is one of Microsoft's
std::vector<std::string> complaints(const settings& chosen) {
    std::vector<std::string> found;
    const auto& t = chosen.times;
    if (t.lease <= 0s || t.period <= 0s || t.write_lease <= 0s || t.margin <= 0s)
        found.push_back("lease, period, write lease and margin must all be longer than zero");
    if (t.write_lease % 1s != 0s)
        found.push_back("the write lease is " + seconds_of(t.write_lease) +
                        ", but the engine takes whole seconds only");
    if (t.period * 2 > t.write_lease)
        found.push_back("two periods (2 x " + seconds_of(t.period) + " = " +
                        seconds_of(t.period * 2) + ") must fit into the write lease (" +
                        seconds_of(t.write_lease) + "), or one late renewal stops writes");
    if (auto sum = t.period + t.write_lease + 2 * t.margin; sum > t.lease)
        found.push_back("period + write lease + 2 margins (" + seconds_of(t.period) + " + " +
                        seconds_of(t.write_lease) + " + 2 x " + seconds_of(t.margin) + " = " +
                        seconds_of(sum) + ") must fit into the lease (" + seconds_of(t.lease) +
                        "), or a renewal finds no room before authority ends");
    if (chosen.monitor_policy < 0 || chosen.monitor_policy > 5)
        found.push_back("monitorPolicy is " + std::to_string(chosen.monitor_policy) +
                        ", allowed are 0 to 5");
    return found;
}

duration worst_takeover(const profile& times) {
    return times.lease + 500ms + 1s;
}

}  // namespace ha::agent
