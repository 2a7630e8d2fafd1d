// SPDX-License-Identifier: MIT
#pragma once

#include "common/config/setting.hpp"
#include "common/time.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// Values as people write them.

namespace ha::config {

using scalar = std::variant<std::string, std::int64_t, bool, duration, std::vector<std::string>>;

// "15s", "500ms", "2m", "1h", "1m30s"; nothing for anything else, a number without unit included.
std::optional<duration> parse_span(std::string_view text);
std::string to_text(duration span);

// Decimal digits with an optional minus, no leading zeros: 010 means eight to some and ten to
// others.
std::optional<std::int64_t> parse_whole(std::string_view text);

// "a, b" as {"a", "b"}; empty items do not count.
std::vector<std::string> split(std::string_view text, char at);

// The value, or what is wrong with it and what would be right: "'15' is no length of time: ...".
tl::expected<scalar, std::string> parse(const setting& what, std::string_view text);

}  // namespace ha::config
