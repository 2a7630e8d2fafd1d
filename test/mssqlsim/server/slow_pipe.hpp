// SPDX-License-Identifier: MIT
#pragma once

#include "common/time.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>

// A link of little bandwidth or long way: what is put in comes out later, in its order. Pure: told
// the time.

namespace ha::mssqlsim {

struct link_speed {
    duration latency{};
    std::int64_t kilobytes_per_second = 0;  // 0: as many as there are
    bool is_slow() const { return latency > duration{} || kilobytes_per_second > 0; }
};

class slow_pipe {
public:
    void put(std::string bytes, const link_speed& speed, instant now);
    // What has arrived by now, together; empty when nothing has.
    std::string take(instant now);
    // When something comes out; instant::max() when there is nothing in it.
    instant next() const;
    bool is_empty() const { return inside_.empty(); }

private:
    struct piece {
        instant arrives{};
        std::string bytes;
    };
    std::deque<piece> inside_;
    instant sent_until_{};  // the line is busy with earlier pieces until then
};

}  // namespace ha::mssqlsim
