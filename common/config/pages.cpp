// SPDX-License-Identifier: MIT
#include "common/config/config.hpp"

#include <algorithm>

namespace ha::config {

namespace {

std::string form(const setting& one) {
    switch (one.type) {
        case kind::whole: return "NUMBER";
        case kind::port: return "PORT";
        case kind::boolean: return "true|false";
        case kind::span: return "TIME";
        case kind::choice: return std::string{one.words};
        case kind::texts: return "A,B,...";
        default: return "TEXT";
    }
}

std::string bounds(const setting& one) {
    std::string text{one.least};
    if (one.least.empty() && one.most.empty()) return "";
    if (one.most.empty()) return "at least " + text;
    if (one.least.empty()) return "at most " + std::string{one.most};
    return text + " to " + std::string{one.most};
}

std::string shown(std::string_view otherwise) {
    return otherwise.empty() ? "none" : std::string{otherwise};
}

// Words up to the width, each line after the first indented.
std::string wrapped(const std::string& text, std::size_t indent, std::size_t width) {
    std::string lines;
    std::size_t column = indent;
    for (const auto& word : split(text, ' ')) {
        if (column > indent && column + 1 + word.size() > width) {
            lines += "\n" + std::string(indent, ' ');
            column = indent;
        } else if (column > indent) {
            lines += " ";
            ++column;
        }
        lines += word;
        column += word.size();
    }
    return lines;
}

}  // namespace

std::string help(std::span<const setting> table) {
    std::string text;
    for (const auto& one : table) {
        if (one.flag.empty()) continue;
        auto said = std::string{one.help} + " Default: " + shown(one.otherwise) + ".";
        if (auto range = bounds(one); !range.empty()) said += " Allowed: " + range + ".";
        said += " File: " + std::string{one.name} + ".";
        if (!one.environment.empty()) said += " Environment: " + std::string{one.environment} + ".";
        text += "  " + std::string{one.flag} + " " + form(one) + "\n      " +
                wrapped(said, 6, 100) + "\n";
    }
    return text;
}

std::string page(std::span<const setting> table, std::string_view title) {
    std::string text =
        "# " + std::string{title} +
        "\n\nWritten from the program's table of settings by its unit test; not to "
        "be edited. A flag wins over the\nenvironment, the environment over the "
        "YAML file, the file over the default. TIME is written with its unit:\n"
        "`500ms`, `15s`, `1m30s`, `2h`. `--check-config` prints every setting with "
        "where it comes from.\n\n| in the file | flag | environment | form | default | "
        "allowed | effect |\n| --- | --- | --- | --- | --- | --- | --- |\n";
    auto code = [](std::string_view word) {
        return word.empty() ? std::string{} : "`" + std::string{word} + "`";
    };
    for (const auto& one : table) {
        auto shape = form(one);
        for (auto bar = shape.find('|'); bar != std::string::npos; bar = shape.find('|', bar + 2))
            shape.replace(bar, 1, "\\|");
        text += "| " + code(one.name) + " | " + code(one.flag) + " | " + code(one.environment) +
                " | " + shape + " | " + code(one.otherwise) + " | " + bounds(one) + " | " +
                std::string{one.help} + " |\n";
    }
    return text;
}

}  // namespace ha::config
