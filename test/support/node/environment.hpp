// SPDX-License-Identifier: MIT
#pragma once

#include "test/support/node/image_map.hpp"
#include "test/support/node/volumes.hpp"

// What a container's process is started with.

namespace ha::test::node {

struct command_line {
    std::vector<std::string> arguments;  // the program first
    std::map<std::string, std::string> variables;
};

struct pod_place {
    folders where;
    std::string ip;
    std::string hosts_file;
    std::map<std::string, std::string> cluster;  // KUBERNETES_SERVICE_HOST and _PORT
};

// Fails with not_found when a variable's source is missing.
result<command_line> command_of(const json& pod,
                                const json& container,
                                const program& stands_for,
                                const pod_place& place,
                                const volume_sources& from);

}  // namespace ha::test::node
