// SPDX-License-Identifier: MIT
#include "test/support/golden.hpp"

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace ha::test {

std::string source_path(const std::string& relative) {
    const char* root = std::getenv("HA_SOURCE_DIR");
    return std::string{root == nullptr ? "." : root} + "/" + relative;
}

std::string source_text(const std::string& relative) {
    std::ifstream in{source_path(relative)};
    if (!in) throw std::runtime_error("cannot read " + source_path(relative) + " (HA_SOURCE_DIR)");
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

std::string differs_from_golden(const std::string& name, const std::string& text) {
    auto relative = "test/golden/" + name;
    if (std::getenv("HA_UPDATE_GOLDEN") != nullptr) {
        std::ofstream out{source_path(relative)};
        out << text;
        return out ? "" : "cannot write " + relative;
    }
    std::istringstream was{source_text(relative)};
    std::istringstream is{text};
    for (int number = 1;; ++number) {
        std::string then;
        std::string now;
        bool more_then = static_cast<bool>(std::getline(was, then));
        bool more_now = static_cast<bool>(std::getline(is, now));
        if (!more_then && !more_now) return "";
        if (then == now && more_then == more_now) continue;
        return relative + ":" + std::to_string(number) + "\n  golden: " + then +
               "\n  now:    " + now + "\n(HA_UPDATE_GOLDEN=1 writes it anew)";
    }
}

}  // namespace ha::test
