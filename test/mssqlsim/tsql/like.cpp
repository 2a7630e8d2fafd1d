// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/characters.hpp"
#include "test/mssqlsim/tsql/evaluate.hpp"

// LIKE and PATINDEX: %, _, [abc], [a-z] and [^a-z], whatever the case.

namespace ha::mssqlsim {

namespace {

constexpr auto none = std::u16string_view::npos;

bool is_in_set(char16_t wanted, std::u16string_view set) {
    const bool others = set.size() > 1 && set.front() == u'^';
    if (others) set.remove_prefix(1);
    bool found = false;
    for (std::size_t at = 0; at < set.size(); ++at) {
        const char16_t first = set[at];
        const bool is_range = at + 2 < set.size() && set[at + 1] == u'-';
        const char16_t last = is_range ? set[at + 2] : first;
        found = found || (first <= wanted && wanted <= last);
        if (is_range) at += 2;
    }
    return found != others;
}

// Where the pattern goes on when what stands there takes this character; none when it does not.
std::size_t behind_one(std::u16string_view pattern, std::size_t at, char16_t taken) {
    if (pattern[at] == u'_') return at + 1;
    if (pattern[at] != u'[') return pattern[at] == taken ? at + 1 : none;
    const auto close = pattern.find(u']', at + 2);  // []] means a bracket
    if (close == none) return none;
    return is_in_set(taken, pattern.substr(at + 1, close - at - 1)) ? close + 1 : none;
}

}  // namespace

// Only the last % that was met can be asked to take more: what came before it fits as it is.
bool like(std::u16string_view text, std::u16string_view pattern) {
    std::size_t at = 0;
    std::size_t in_pattern = 0;
    std::size_t resume_text = 0;
    std::size_t resume_pattern = none;
    while (at < text.size()) {
        if (in_pattern < pattern.size() && pattern[in_pattern] == u'%') {
            resume_pattern = ++in_pattern;
            resume_text = at;
            continue;
        }
        const auto next =
            in_pattern < pattern.size() ? behind_one(pattern, in_pattern, text[at]) : none;
        if (next != none) {
            in_pattern = next;
            ++at;
        } else if (resume_pattern != none) {
            in_pattern = resume_pattern;
            at = ++resume_text;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of(u'%', in_pattern) == none;
}

bool like(std::string_view text, std::string_view pattern) {
    return like(folded_units(text), folded_units(pattern));
}

}  // namespace ha::mssqlsim
