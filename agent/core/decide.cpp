// SPDX-License-Identifier: MIT
#include "agent/core/orders.hpp"
#include "agent/core/read_scale.hpp"
#include "agent/core/rows.hpp"

#include <array>

// The table: chapters in order of what must not wait. The first row that holds gives the action;
// what it waits for and what the rows before it wait for says when to look again.

namespace ha::agent {

namespace {

using chapter = std::span<const rule>;

std::span<const chapter> chapters_of(regime which) {
    static const std::array protocol{safety_rules(),
                                     lease_rules(),
                                     orders_rules(),
                                     leaving_rules(),
                                     voting_rules(),
                                     candidacy_rules(),
                                     witness_rules(),
                                     bootstrap_rules(),
                                     membership_rules(),
                                     following_rules(),
                                     primary_rules(),
                                     database_rules()};
    static const std::array<chapter, 1> read_scale{read_scale_rules()};
    static const std::array<chapter, 1> refusing{refusing_rules()};
    switch (which) {
        case regime::protocol: break;
        case regime::read_scale: return read_scale;
        case regime::refusing: return refusing;
    }
    return protocol;
}

}  // namespace

decision decide(const observation& seen) {
    decision made;
    if (!seen.record.loaded) return made;
    glance look{seen};
    bool still = stands_still(seen);
    for (const auto& chapter : chapters_of(regime_of(seen))) {
        for (const auto& one : chapter) {
            if (still && !acts_nevertheless(seen, one.code)) continue;
            auto what = one.act(look);
            if (std::holds_alternative<std::monostate>(what)) continue;
            made.what = std::move(what);
            made.code = one.code;
            made.look_again_at = look.next();
            return made;
        }
    }
    made.look_again_at = look.next();
    return made;
}

std::vector<row> explain(const observation& seen) {
    std::vector<row> rows;
    glance look{seen};
    bool still = stands_still(seen);
    for (const auto& chapter : chapters_of(regime_of(seen)))
        for (const auto& one : chapter) {
            bool acts = seen.record.loaded && (!still || acts_nevertheless(seen, one.code));
            bool holds = acts && !std::holds_alternative<std::monostate>(one.act(look));
            rows.push_back(row{one.code, one.sentence, holds});
        }
    return rows;
}

}  // namespace ha::agent
