// SPDX-License-Identifier: MIT
#include "common/config/program.hpp"

#include "common/files/read_file.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace ha::config {

namespace {

std::optional<std::string> environment(std::string_view name) {
    const auto* found = std::getenv(std::string(name).c_str());
    return found ? std::optional<std::string>{found} : std::nullopt;
}

// The file that flag or environment name.
result<void> add_file(const program& what, sources& into) {
    auto place = std::ranges::find(what.settings, "config", &setting::name);
    auto flag = into.flags.find(std::string(place->flag));
    into.file_name =
        flag != into.flags.end() ? flag->second : environment(place->environment).value_or("");
    if (into.file_name.empty()) return {};
    auto text = read_file(into.file_name);
    if (!text) return tl::unexpected(text.error());
    into.file_text = std::move(*text);
    return {};
}

void print(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
}

}  // namespace

bool beginning::has(std::string_view name) const {
    return std::ranges::find(switches, name) != switches.end();
}

int refuse(const program& what, const std::vector<complaint>& all) {
    auto name = std::string(what.name);
    for (const auto& one : all)
        std::fprintf(stderr, "%s: %s\n", name.c_str(), in_words(one).c_str());
    return exit_wrong_settings;
}

beginning begin(const program& what, const std::vector<std::string>& arguments) {
    auto flags = parse_flags(what.settings, what.switches, arguments);
    beginning made;
    made.switches = flags.switches;
    if (made.has("--help")) {
        print(what.usage);
        print(help(what.settings));
        return made;
    }
    if (made.has("--version")) {
        print(std::string(what.name) + " " + std::string(what.version) + "\n");
        return made;
    }
    for (const auto& one : flags.rest)
        flags.complaints.push_back({"arguments", "'" + one + "' is no flag; see --help"});
    if (!flags.complaints.empty()) {
        made.exit_code = refuse(what, flags.complaints);
        return made;
    }
    sources from{flags.given, environment, {}, {}};
    if (auto added = add_file(what, from); !added) {
        made.exit_code = refuse(what, {{"--config", added.error().message}});
        return made;
    }
    auto given = read(what.settings, from);
    if (given) {
        made.given = std::move(*given);
    } else {
        made.exit_code = refuse(what, given.error());
    }
    return made;
}

}  // namespace ha::config
