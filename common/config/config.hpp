// SPDX-License-Identifier: MIT
#pragma once

#include "common/config/scalar.hpp"
#include "common/config/setting.hpp"

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// A program's settings, read from where they are given: flags before environment before the YAML
// file before the default. All that is wrong is said at once, each with its place.

namespace ha::config {

// "agent.yaml:3:10: times.lease: '15' is no length of time: ..." in two parts.
struct complaint {
    std::string where;  // "agent.yaml:3:10", "flag --lease", "environment MSSQL_HA_LEASE"
    std::string text;
    bool operator==(const complaint&) const = default;
};
std::string in_words(const complaint& one);

struct flags {
    std::map<std::string, std::string> given;  // by flag: "--lease" -> "15s"
    std::vector<std::string> rest;             // what is no flag
    std::vector<complaint> complaints;         // unknown flags, missing values
    std::vector<std::string> switches;         // those of the caller's own that were given
};

// Understands --flag value and --flag=value; a boolean may stand alone. "--" ends the flags.
// `own` are flags without a value that are no settings: --help, --version.
flags parse_flags(std::span<const setting> table,
                  std::span<const std::string_view> own,
                  std::span<const std::string> arguments);

struct sources {
    std::map<std::string, std::string> flags;
    std::function<std::optional<std::string>(std::string_view)> environment;
    std::string file_name;  // for complaints
    std::string file_text;  // empty: no file
};

// Every setting of the table, with the source it came from. Asking for a name that is not in the
// table, or as another type, ends the process: it is the program's mistake.
class values {
public:
    const std::string& text(std::string_view name) const;  // text and choice
    std::int64_t whole(std::string_view name) const;
    std::uint16_t port(std::string_view name) const;
    bool boolean(std::string_view name) const;
    duration span(std::string_view name) const;
    const std::vector<std::string>& texts(std::string_view name) const;

    // "default", or a place as in complaints.
    const std::string& source(std::string_view name) const;

    // One line a setting: name, value, source. For --check-config.
    std::string in_words() const;

    struct entry {
        scalar content;
        std::string source;
    };

    explicit values(std::map<std::string, entry, std::less<>> all) : all_(std::move(all)) {}

private:
    const entry& at(std::string_view name) const;
    std::map<std::string, entry, std::less<>> all_;
};

using outcome = tl::expected<values, std::vector<complaint>>;
outcome read(std::span<const setting> table, const sources& from);

// The flags of the table for --help, and the whole table as a page of documentation.
std::string help(std::span<const setting> table);
std::string page(std::span<const setting> table, std::string_view title);

}  // namespace ha::config
