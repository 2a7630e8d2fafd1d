// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

// The lists inside a family's row. Only for files of this folder.

namespace ha::metrics {

std::vector<std::string> split(std::string_view words);  // at |
std::vector<double> bounds(std::string_view words);

}  // namespace ha::metrics
