// SPDX-License-Identifier: MIT
#include "test/demo/ledger.hpp"

#include <algorithm>
#include <tuple>

namespace ha::test::demo {
namespace {

std::string number(const attempt& one) {
    return one.writer + " write " + std::to_string(one.key);
}

}  // namespace

bool ledger::keep_in(const std::string& file) {
    constexpr std::int64_t without_answer = 1000;  // keys at most that were in use besides
    std::ifstream read{file};
    for (std::int64_t key = 0; read >> key;) {
        earlier_.push_back(key);
        last_key_ = std::max(last_key_, key + without_answer);
    }
    file_.open(file, std::ios::app);
    return !earlier_.empty();
}

void ledger::add(attempt one) {
    if (file_.is_open() && one.what == fate::acknowledged) file_ << one.key << std::endl;
    all_.push_back(std::move(one));
}

counts ledger::count(const std::string& writer) const {
    return count_since(writer, instant{});
}

counts ledger::count_since(const std::string& writer, instant when) const {
    counts made;
    for (auto one = all_.rbegin(); one != all_.rend() && one->received > when; ++one) {
        if (one->writer != writer) continue;
        if (one->what == fate::acknowledged) ++made.acknowledged;
        if (one->what == fate::refused) ++made.refused;
        if (one->what == fate::unknown) ++made.unknown;
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

// Asked after every write while somebody waits for it: what was answered before `when` was sent
// before it too, so nothing older is looked at.
std::optional<attempt> ledger::first_after(const std::string& writer,
                                           instant when,
                                           const std::string& besides) const {
    const attempt* first = nullptr;
    for (auto one = all_.rbegin(); one != all_.rend() && one->received > when; ++one) {
        if (one->what != fate::acknowledged || one->writer != writer || one->sent <= when) continue;
        if (one->address == besides) continue;
        if (!first || one->sent < first->sent) first = &*one;
    }
    return first ? std::optional(*first) : std::nullopt;
}

std::optional<attempt> ledger::last_at(const std::string& address) const {
    for (auto one = all_.rbegin(); one != all_.rend(); ++one)
        if (one->what == fate::acknowledged && one->address == address) return *one;
    return std::nullopt;
}

duration ledger::longest_gap(const std::string& writer, instant from, instant until) const {
    auto next = until;
    duration longest{};
    for (auto one = all_.rbegin(); one != all_.rend() && one->received >= from; ++one) {
        if (one->writer != writer || one->what != fate::acknowledged || one->received > until)
            continue;
        longest = std::max(longest, next - one->received);
        next = one->received;
    }
    return std::max(longest, next - from);
}

std::vector<std::int64_t> ledger::lost(const std::set<std::int64_t>& found) const {
    std::vector<std::int64_t> made;
    for (auto key : earlier_)
        if (!found.contains(key)) made.push_back(key);
    for (const auto& one : acknowledged())
        if (!found.contains(one.key)) made.push_back(one.key);
    return made;
}

// A write without an answer may have come later: more than the last acknowledged key is well.
std::vector<std::string> ledger::forgotten() const {
    std::vector<std::string> made;
    std::map<int, std::int64_t> last;
    for (const auto& one : acknowledged()) {
        auto& before = last[one.connection];
        if (one.found < before) {
            made.push_back("connection " + std::to_string(one.connection) + " was acknowledged " +
                           std::to_string(before) + " and then found " + std::to_string(one.found) +
                           " at " + one.address);
        }
        before = one.key;
    }
    return made;
}

void ledger::begin_tenure(const std::string& address, instant when) {
    tenures_.emplace(address, when);
}

// An instance acknowledged, then another one, from its sending to its answer, then the first again,
// without having had the Lease anew: then both took themselves for the primary.
std::vector<std::string> ledger::second_primaries() const {
    struct side {
        const attempt* first = nullptr;  // since the Lease came to it
        const attempt* last = nullptr;
    };
    std::vector<std::string> made;
    std::map<std::string, side> sides;
    auto all = acknowledged();
    for (const auto& now : all) {
        auto& mine = sides[now.address];
        auto [tenure, end] = tenures_.equal_range(now.address);
        bool ever = false;
        bool anew = false;
        for (; tenure != end; ++tenure) {
            ever = ever || tenure->second < now.received;
            anew = anew || (mine.first && tenure->second > mine.first->sent &&
                            tenure->second < now.received);
        }
        if (!ever)
            made.push_back(now.address + " never held the Lease and acknowledged " + number(now));
        if (!mine.first || anew) mine.first = &now;
        for (const auto& [address, other] : sides) {
            if (address == now.address || !other.last) continue;
            if (other.last->sent <= mine.first->received || other.last->received >= now.sent)
                continue;
            made.push_back("two primaries at once: " + now.address + " acknowledged " +
                           number(*mine.first) + ", then " + address + " " + number(*other.last) +
                           ", then " + now.address + " " + number(now));
        }
        if (!mine.last || mine.last->received < now.received) mine.last = &now;
    }
    return made;
}

}  // namespace ha::test::demo
