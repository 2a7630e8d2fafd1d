// SPDX-License-Identifier: MIT
#include "test/demo/measures.hpp"

#include "test/demo/timeline.hpp"

#include <algorithm>

namespace ha::test::demo {
namespace {

std::string padded(std::string text) {
    text.resize(std::max<std::size_t>(text.size(), 58), ' ');
    return text;
}

}  // namespace

std::string summary(std::vector<duration> all) {
    if (all.empty()) return "none";
    std::ranges::sort(all);
    return "median " + whole_ms(all[all.size() / 2]) + " ms, worst " + whole_ms(all.back()) +
           " ms of " + std::to_string(all.size());
}

std::string summary(const std::string& title, const std::vector<measure>& all) {
    std::vector<duration> took;
    std::vector<duration> promotion;
    std::vector<duration> rest;
    for (const auto& one : all) {
        took.push_back(one.took);
        promotion.push_back(one.promotion);
        rest.push_back(one.took - one.promotion);
    }
    auto text = padded(title) + summary(took);
    if (all.empty()) return text;
    return text + "\n" + padded("  of it the engine double's own promotion") + summary(promotion) +
           "\n" + padded("  without that") + summary(rest);
}

}  // namespace ha::test::demo
