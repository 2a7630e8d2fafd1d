// SPDX-License-Identifier: MIT
#include "test/demo/ledger.hpp"

#include <algorithm>
#include <tuple>

namespace ha::test::demo {
namespace {

constexpr duration too_fast = std::chrono::seconds{1};

}  // namespace

void ledger::add(attempt one) {
    all_.push_back(std::move(one));
}

counts ledger::count(const std::string& writer) const {
    counts made;
    for (const auto& one : all_) {
        if (one.writer != writer) continue;
        if (one.what == fate::acknowledged) ++made.acknowledged;
        if (one.what == fate::refused) ++made.refused;
        if (one.what == fate::unknown) ++made.unknown;
    }
    return made;
}

std::vector<attempt> ledger::acknowledged() const {
    std::vector<attempt> made;
    for (const auto& one : all_) {
        if (one.what == fate::acknowledged) made.push_back(one);
    }
    // By key where two were sent in the same instant: std::stable_sort warns under clang 19 with
    // the library of g++ 12.
    auto earlier = [](const attempt& left, const attempt& right) {
        return std::tie(left.sent, left.key) < std::tie(right.sent, right.key);
    };
    std::sort(made.begin(), made.end(), earlier);
    return made;
}

// Asked at every turn of the demo, so it must not sort what grows all the time.
std::optional<attempt> ledger::first_after(const std::string& writer, instant when) const {
    const attempt* first = nullptr;
    for (const auto& one : all_) {
        if (one.what != fate::acknowledged || one.writer != writer || one.sent <= when) continue;
        if (!first || one.sent < first->sent) first = &one;
    }
    return first ? std::optional(*first) : std::nullopt;
}

duration ledger::longest_gap(const std::string& writer, instant from, instant until) const {
    auto last = from;
    duration longest{};
    for (const auto& one : acknowledged()) {
        if (one.writer != writer || one.received < from || one.received > until) continue;
        longest = std::max(longest, one.received - last);
        last = std::max(last, one.received);
    }
    return std::max(longest, until - last);
}

std::vector<std::int64_t> ledger::lost(const std::set<std::int64_t>& found) const {
    std::vector<std::int64_t> made;
    for (const auto& one : acknowledged()) {
        if (!found.contains(one.key)) made.push_back(one.key);
    }
    return made;
}

std::vector<std::string> ledger::two_at_once() const {
    std::vector<std::string> made;
    auto all = acknowledged();
    for (std::size_t middle = 1; middle + 1 < all.size(); ++middle) {
        const auto& now = all[middle];
        // The nearest acknowledgements of others that were over before, and begun after, this one.
        auto other_before = [&](const attempt& one) {
            return one.address != now.address && one.received < now.sent;
        };
        auto before = std::find_if(std::make_reverse_iterator(all.begin() + std::ptrdiff_t(middle)),
                                   all.rend(),
                                   other_before);
        if (before == all.rend() || now.sent - before->received > too_fast) continue;
        auto same_again = [&](const attempt& one) {
            return one.address == before->address && one.sent > now.received;
        };
        auto after = std::find_if(all.begin() + std::ptrdiff_t(middle) + 1, all.end(), same_again);
        if (after == all.end() || after->sent - before->received > too_fast) continue;
        made.push_back(before->address + " acknowledged " + std::to_string(before->key) +
                       ", then " + now.address + " " + std::to_string(now.key) + ", then " +
                       after->address + " " + std::to_string(after->key) + ", within a second");
    }
    return made;
}

}  // namespace ha::test::demo
