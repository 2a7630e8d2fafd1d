// SPDX-License-Identifier: MIT
#pragma once

#include "common/result.hpp"
#include "test/support/node/fields.hpp"

#include <map>
#include <string>
#include <vector>

// Which program stands for which image: there are no images here, only processes.

namespace ha::test::node {

// One image's program. In arguments and environment {podIP} {podName} {podUID} {namespace} {folder}
// (the container's own) {hosts} (a file "address name", one line a pod) and {mount:/path} (the
// folder behind a mount of the container) are filled in.
struct program {
    std::vector<std::string> command;              // the program and its first arguments
    bool takes_arguments = true;                   // the container's `args` follow
    std::map<std::string, std::string> variables;  // on top of the container's own
};

class image_map {
public:
    // {"<image>": {"command": [...], "args": true, "env": {"NAME": "value"}}}; an image that ends
    // in * stands for all that begin so.
    static result<image_map> read(const json& document);

    // Null when no program stands for the image: the container stays in ImagePullBackOff.
    const program* find(const std::string& image) const;

private:
    std::map<std::string, program> programs_;
};

// What is filled in, by the name in braces.
using fillings = std::map<std::string, std::string>;
std::string filled(std::string text, const fillings& with);

}  // namespace ha::test::node
