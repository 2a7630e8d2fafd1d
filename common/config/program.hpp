// SPDX-License-Identifier: MIT
#pragma once

#include "common/config/config.hpp"

// What every program of ours does before it begins: reads its flags, the file they name and the
// environment, answers --help and --version, and says all that is wrong with its settings.

namespace ha::config {

inline constexpr int exit_wrong_settings = 2;

struct program {
    std::string_view name;
    std::string_view version;
    std::string_view usage;  // above the list of settings; ends with a line feed
    // Has a text setting `config` that names the file.
    std::span<const setting> settings;
    // Flags without a value, --help and --version among them.
    std::span<const std::string_view> switches;
};

// Either settings to go on with, or the exit code of a program whose words are already written.
struct beginning {
    std::optional<values> given;
    std::vector<std::string> switches;  // of the program's own that were given
    int exit_code = 0;

    bool has(std::string_view name) const;
};

beginning begin(const program& what, const std::vector<std::string>& arguments);

// Writes the complaints to standard error in the program's name; exit_wrong_settings.
int refuse(const program& what, const std::vector<complaint>& all);

}  // namespace ha::config
