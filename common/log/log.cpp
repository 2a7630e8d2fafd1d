// SPDX-License-Identifier: MIT
#include "common/log/log.hpp"

#include "common/json/quoted.hpp"

#include <cmath>
#include <cstdio>
#include <ctime>

namespace ha::log {

namespace {

bool continues_character(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

// Cut between two characters, not within one.
std::string_view shortened(std::string_view text, std::size_t most) {
    if (text.size() <= most) return text;
    while (most > 0 && continues_character(text[most])) --most;
    return text.substr(0, most);
}

std::string in_quotes(std::string_view text) {
    std::string quoted;
    json::append_quoted(text, quoted);
    return quoted;
}

std::string written(std::string_view text) {
    auto kept = shortened(text, text_bytes_max);
    if (kept.size() == text.size()) return in_quotes(text);
    return in_quotes(std::string{kept} + "...");
}
std::string written(const std::string& text) {
    return written(std::string_view{text});
}
std::string written(bool truth) {
    return truth ? "true" : "false";
}
std::string written(std::int64_t number) {
    return std::to_string(number);
}
std::string written(std::uint64_t number) {
    return std::to_string(number);
}
std::string written(double number) {
    if (!std::isfinite(number)) return "null";
    char text[32];
    std::snprintf(text, sizeof text, "%.6g", number);
    return text;
}
std::string written(const std::vector<std::string>& texts) {
    std::string list = "[";
    for (const auto& one : texts) list += (list.size() > 1 ? "," : "") + written(one);
    return list + "]";
}

std::string written(std::chrono::system_clock::time_point when) {
    auto since = std::chrono::floor<std::chrono::milliseconds>(when.time_since_epoch());
    auto seconds = std::chrono::floor<std::chrono::seconds>(since);
    std::time_t whole = seconds.count();
    std::tm parts{};
    gmtime_r(&whole, &parts);
    char text[40];
    auto size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
    std::snprintf(
        text + size, sizeof text - size, ".%03dZ", static_cast<int>((since - seconds).count()));
    return text;
}

std::string written(instant at) {
    auto whole = std::chrono::floor<std::chrono::milliseconds>(at.time_since_epoch()).count();
    char text[40];
    std::snprintf(text,
                  sizeof text,
                  "%lld.%03d",
                  static_cast<long long>(whole / 1000),
                  static_cast<int>(whole % 1000));
    return text;
}

}  // namespace

std::string format(const stamp& when, const event_kind& kind, std::span<const field> fields) {
    constexpr std::string_view ending = ",\"cut\":true}";
    std::string text = "{\"time\":\"" + written(when.wall) + "\",\"up_s\":" + written(when.at) +
                       ",\"level\":\"" + std::string{to_string(kind.severity)} +
                       "\",\"event\":" + in_quotes(kind.name) +
                       ",\"text\":" + in_quotes(kind.sentence);
    bool cut = false;
    for (const auto& one : fields) {
        auto content =
            std::visit([](const auto& held) { return written(held); }, one.content.get());
        auto piece = "," + in_quotes(shortened(one.name, 64)) + ":" + content;
        bool fits = text.size() + piece.size() + ending.size() < line_bytes_max;
        if (fits) text += piece;
        cut = cut || !fits;
    }
    return text + (cut ? std::string{ending} : "}");
}

logger logger::with(std::initializer_list<field> fields) const {
    logger other = *this;
    for (const auto& one : fields) other.common_.emplace_back(one.name, one.content);
    return other;
}

void logger::write(event what, std::span<const field> fields) const {
    const auto& kind = what.kind();
    if (!writes(kind.severity)) return;
    std::vector<field> all;
    all.reserve(common_.size() + fields.size());
    for (const auto& [name, content] : common_) all.push_back(field{name, content});
    all.insert(all.end(), fields.begin(), fields.end());
    auto text = format(stamp{clock_->wall_time(), clock_->now()}, kind, all);
    lines_->take(line{kind.severity, kind.name, std::move(text)});
}

std::string vocabulary_page() {
    std::string page =
        "# The events of the log\n\n"
        "Written from the code (`common/log/vocabulary.hpp`) by its unit test; not to be edited. A "
        "line is one JSON\nobject: `time`, `up_s` (seconds of the boot clock, by which lines of "
        "several pods on one machine can be put\nin order), `level`, `event`, `text`, then the "
        "event's fields. An error wants a person; a warning is handled\nby the program, but should "
        "be rare. `log.level` chooses what is written.\n\n"
        "| event | level | meaning | what to do |\n| --- | --- | --- | --- |\n";
    for (const auto& one : vocabulary)
        page += "| `" + std::string{one.name} + "` | " + std::string{to_string(one.severity)} +
                " | " + std::string{one.sentence} + " | " + std::string{one.advice} + " |\n";
    return page;
}

}  // namespace ha::log
