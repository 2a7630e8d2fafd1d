// SPDX-License-Identifier: MIT
#include "test/support/node/fields.hpp"

#include <ctime>

namespace ha::test::node {

const json& at(const json& object, const char* pointer) {
    static const json nothing;
    json::json_pointer path{pointer};
    return object.contains(path) ? object.at(path) : nothing;
}

std::string text_at(const json& object, const char* pointer, std::string otherwise) {
    const auto& found = at(object, pointer);
    return found.is_string() ? found.get<std::string>() : otherwise;
}

std::int64_t number_at(const json& object, const char* pointer, std::int64_t otherwise) {
    const auto& found = at(object, pointer);
    return found.is_number_integer() ? found.get<std::int64_t>() : otherwise;
}

std::string rfc3339(std::chrono::system_clock::time_point when) {
    auto seconds = std::chrono::system_clock::to_time_t(when);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char text[32];
    auto length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return {text, length};
}

std::string base64_decoded(std::string_view text) {
    constexpr std::string_view letters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string made;
    std::uint32_t bits = 0;
    int count = 0;
    for (char c : text) {
        auto place = letters.find(c);
        if (place == std::string_view::npos) continue;  // padding, line ends
        bits = bits << 6 | static_cast<std::uint32_t>(place);
        count += 6;
        if (count < 8) continue;
        count -= 8;
        made += static_cast<char>(bits >> count & 0xff);
    }
    return made;
}

}  // namespace ha::test::node
