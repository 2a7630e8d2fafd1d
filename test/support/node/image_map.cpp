// SPDX-License-Identifier: MIT
#include "test/support/node/image_map.hpp"

namespace ha::test::node {

result<image_map> image_map::read(const json& document) {
    image_map made;
    if (!document.is_object()) return failure(errc::malformed, "the image map is no object");
    for (const auto& [image, entry] : document.items()) {
        program one;
        for (const auto& word : at(entry, "/command")) {
            if (!word.is_string()) {
                return failure(errc::malformed, "image map, " + image + ": command is no text");
            }
            one.command.push_back(word.get<std::string>());
        }
        if (one.command.empty()) {
            return failure(errc::malformed, "image map, " + image + ": no command");
        }
        one.takes_arguments = at(entry, "/args") != json(false);
        const auto& variables = at(entry, "/env");
        for (const auto& [name, content] : variables.items()) {
            if (content.is_string()) one.variables[name] = content.get<std::string>();
        }
        made.programs_[image] = std::move(one);
    }
    return made;
}

const program* image_map::find(const std::string& image) const {
    if (auto exact = programs_.find(image); exact != programs_.end()) return &exact->second;
    // Patterns that fit are beginnings of each other: the last in order is the longest.
    const program* best = nullptr;
    for (const auto& [pattern, one] : programs_) {
        if (!pattern.ends_with('*')) continue;
        if (image.starts_with(pattern.substr(0, pattern.size() - 1))) best = &one;
    }
    return best;
}

std::string filled(std::string text, const fillings& with) {
    for (const auto& [name, content] : with) {
        auto mark = "{" + name + "}";
        for (auto place = text.find(mark); place != std::string::npos;
             place = text.find(mark, place + content.size())) {
            text.replace(place, mark.size(), content);
        }
    }
    return text;
}

}  // namespace ha::test::node
