// SPDX-License-Identifier: MIT
#include "test/mssqlsim/server/slow_pipe.hpp"

#include <algorithm>

namespace ha::mssqlsim {

void slow_pipe::put(std::string bytes, const link_speed& speed, instant now) {
    constexpr std::int64_t kilobyte = 1024;
    duration takes{};
    if (speed.kilobytes_per_second > 0)
        takes = std::chrono::nanoseconds{static_cast<std::int64_t>(bytes.size()) * 1'000'000'000 /
                                         (speed.kilobytes_per_second * kilobyte)};
    sent_until_ = std::max(sent_until_, now) + takes;
    // Never before what went in earlier, whatever the speed was then.
    const instant last = inside_.empty() ? now : inside_.back().arrives;
    inside_.push_back({std::max(last, sent_until_ + speed.latency), std::move(bytes)});
}

std::string slow_pipe::take(instant now) {
    std::string out;
    for (; !inside_.empty() && inside_.front().arrives <= now; inside_.pop_front())
        out += inside_.front().bytes;
    return out;
}

instant slow_pipe::next() const {
    return inside_.empty() ? instant::max() : inside_.front().arrives;
}

}  // namespace ha::mssqlsim
