// SPDX-License-Identifier: MIT
#include "common/metrics/table.hpp"

#include "common/metrics/metrics.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace ha::metrics {

std::vector<std::string> split(std::string_view words) {
    std::vector<std::string> all;
    while (!words.empty()) {
        auto end = std::min(words.find('|'), words.size());
        all.emplace_back(words.substr(0, end));
        words.remove_prefix(std::min(end + 1, words.size()));
    }
    return all;
}

std::vector<double> bounds(std::string_view words) {
    std::vector<double> all;
    for (const auto& one : split(words)) all.push_back(std::strtod(one.c_str(), nullptr));
    return all;
}

namespace {

bool is_name(std::string_view text) {
    auto plain = [](char one) {
        return (one >= 'a' && one <= 'z') || (one >= '0' && one <= '9') || one == '_';
    };
    return !text.empty() && text.front() >= 'a' && text.front() <= 'z' &&
           std::all_of(text.begin(), text.end(), plain);
}

std::string_view word(kind type) {
    constexpr std::string_view words[] = {"counter", "gauge", "histogram"};
    return words[static_cast<int>(type)];
}

}  // namespace

std::vector<std::string> faults(std::span<const family> table) {
    std::vector<std::string> all;
    for (const auto& one : table) {
        auto wrong = [&](std::string_view what) {
            all.push_back(std::string{one.name} + ": " + std::string{what});
        };
        auto same = [&](const family& other) { return other.name == one.name; };
        if (std::count_if(table.begin(), table.end(), same) > 1) wrong("is there twice");
        if (!is_name(one.name)) wrong("a name is made of small letters, digits and _");
        if (one.name.ends_with("_total") != (one.type == kind::counter))
            wrong("_total ends the names of counters, and of nothing else");
        if (one.name.ends_with("_ms") || one.name.ends_with("_milliseconds"))
            wrong("times are in seconds");
        if (!one.help.ends_with('.')) wrong("the help is no sentence");
        auto names = split(one.labels);
        if (!std::all_of(names.begin(), names.end(), is_name)) wrong("a label has no good name");
        auto steps = bounds(one.buckets);
        if (steps.empty() == (one.type == kind::histogram))
            wrong("histograms have buckets, and nothing else has");
        if (!std::is_sorted(steps.begin(), steps.end())) wrong("its buckets do not rise");
    }
    return all;
}

std::string page(std::span<const family> table, std::string_view title) {
    std::string text = "# " + std::string{title} +
                       "\n\nWritten from the program's table of metrics by its unit test; not to "
                       "be edited. The unit is in the name\n(`_seconds`); a gauge without one is a "
                       "number or a truth: 1 holds, 0 does not. A counter starts at 0 with\nthe "
                       "process.\n\n"
                       "| name | kind | labels | meaning | when to worry |\n"
                       "| --- | --- | --- | --- | --- |\n";
    for (const auto& one : table) {
        std::string list;
        for (const auto& name : split(one.labels))
            list += (list.empty() ? "`" : ", `") + name + "`";
        text += "| `" + std::string{one.name} + "` | " + std::string{word(one.type)} + " | " +
                list + " | " + std::string{one.help} + " | " + std::string{one.advice} + " |\n";
    }
    return text;
}

}  // namespace ha::metrics
