// SPDX-License-Identifier: MIT
#include "common/config/scalar.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace ha::config {

namespace {

struct unit {
    std::string_view name;
    std::int64_t nanoseconds;
};
// Largest first, for writing.
constexpr unit units[] = {{"h", 3'600'000'000'000},
                          {"m", 60'000'000'000},
                          {"s", 1'000'000'000},
                          {"ms", 1'000'000},
                          {"us", 1'000},
                          {"ns", 1}};

bool is_digit(char one) {
    return one >= '0' && one <= '9';
}

std::string quoted(std::string_view text) {
    constexpr std::size_t most = 60;
    return "'" + std::string{text.substr(0, most)} + (text.size() > most ? "...'" : "'");
}

template <class T>
std::optional<std::string> out_of_range(const setting& what,
                                        T got,
                                        std::optional<T> (*parse)(std::string_view),
                                        std::string_view lowest,
                                        std::string_view highest) {
    auto least = what.least.empty() ? lowest : what.least;
    auto most = what.most.empty() ? highest : what.most;
    bool low = !least.empty() && got < parse(least).value_or(got);
    bool high = !most.empty() && got > parse(most).value_or(got);
    if (!low && !high) return std::nullopt;
    if (least.empty()) return "at most " + std::string{most};
    if (most.empty()) return "at least " + std::string{least};
    return "from " + std::string{least} + " to " + std::string{most};
}

tl::expected<scalar, std::string> whole(const setting& what, std::string_view text) {
    bool port = what.type == kind::port;
    auto got = parse_whole(text);
    if (!got)
        return tl::unexpected(quoted(text) + " is no whole number" +
                              (port ? " from 1 to 65535" : ": write digits only, as in 10"));
    auto range =
        out_of_range<std::int64_t>(what, *got, parse_whole, port ? "1" : "", port ? "65535" : "");
    if (range) return tl::unexpected(quoted(text) + " is out of range: " + *range);
    return scalar{*got};
}

tl::expected<scalar, std::string> span(const setting& what, std::string_view text) {
    auto got = parse_span(text);
    if (!got)
        return tl::unexpected(quoted(text) +
                              " is no length of time: write a number with its unit, as in 15s, "
                              "500ms or 2m");
    auto range = out_of_range<duration>(what, *got, parse_span, "", "");
    if (range) return tl::unexpected(quoted(text) + " is out of range: " + *range);
    return scalar{*got};
}

tl::expected<scalar, std::string> choice(const setting& what, std::string_view text) {
    auto known = split(what.words, '|');
    if (std::find(known.begin(), known.end(), text) != known.end())
        return scalar{std::string{text}};
    std::string list;
    for (const auto& one : known) list += (list.empty() ? "" : ", ") + one;
    return tl::unexpected(quoted(text) + " is none of " + list);
}

}  // namespace

std::optional<std::int64_t> parse_whole(std::string_view text) {
    auto digits = text.starts_with('-') ? text.substr(1) : text;
    if (digits.empty() || (digits.size() > 1 && digits.front() == '0')) return std::nullopt;
    std::int64_t number = 0;
    auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::optional<duration> parse_span(std::string_view text) {
    if (text.empty()) return std::nullopt;
    std::int64_t sum = 0;
    while (!text.empty()) {
        auto digits = static_cast<std::size_t>(
            std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
        auto letters = static_cast<std::size_t>(
            std::find_if(text.begin() + static_cast<std::ptrdiff_t>(digits), text.end(), is_digit) -
            text.begin());
        auto number = parse_whole(text.substr(0, digits));
        auto name = text.substr(digits, letters - digits);
        const auto* found = std::find_if(
            std::begin(units), std::end(units), [&](const unit& one) { return one.name == name; });
        if (!number || found == std::end(units)) return std::nullopt;
        if (*number > (std::numeric_limits<std::int64_t>::max() - sum) / found->nanoseconds)
            return std::nullopt;
        sum += *number * found->nanoseconds;
        text.remove_prefix(letters);
    }
    return duration{sum};
}

std::string to_text(duration span) {
    auto left = span.count();
    std::string text = left < 0 ? "-" : "";
    left = left < 0 ? -left : left;
    for (const auto& one : units) {
        auto count = left / one.nanoseconds;
        if (count > 0) text += std::to_string(count) + std::string{one.name};
        left %= one.nanoseconds;
    }
    return text.empty() ? "0s" : text;
}

std::vector<std::string> split(std::string_view text, char at) {
    std::vector<std::string> items;
    while (!text.empty()) {
        auto end = std::min(text.find(at), text.size());
        auto item = text.substr(0, end);
        while (item.starts_with(' ')) item.remove_prefix(1);
        while (item.ends_with(' ')) item.remove_suffix(1);
        if (!item.empty()) items.emplace_back(item);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return items;
}

tl::expected<scalar, std::string> parse(const setting& what, std::string_view text) {
    switch (what.type) {
        case kind::whole:
        case kind::port: return whole(what, text);
        case kind::span: return span(what, text);
        case kind::choice: return choice(what, text);
        case kind::texts: return scalar{split(text, ',')};
        case kind::boolean:
            if (text == "true" || text == "false") return scalar{text == "true"};
            return tl::unexpected(quoted(text) + " is neither true nor false");
        default: return scalar{std::string{text}};
    }
}

}  // namespace ha::config
