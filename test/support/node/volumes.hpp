// SPDX-License-Identifier: MIT
#pragma once

#include "common/result.hpp"
#include "test/support/node/fields.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

// Volumes as folders, and a container's view of them. A container here has no file system of its
// own: where it would see /etc/x, it is told the folder that stands for it, and files of text made
// from ConfigMaps have such paths replaced in them.

namespace ha::test::node {

namespace files = std::filesystem;

// What a pod's volumes are made from.
struct volume_sources {
    std::map<std::string, json> config_maps;  // by name
    std::map<std::string, json> secrets;
    std::map<std::string, std::string> tokens;  // by volume name: of serviceAccountToken sources
};

// Names of what the pod's volumes and environment need.
struct volume_needs {
    std::vector<std::string> config_maps;
    std::vector<std::string> secrets;
};
volume_needs needs_of(const json& pod);

struct folders {
    files::path pod;     // gone with the pod
    files::path claims;  // stays: <claims>/<claim name>
};

// One container's mounts: path in the container to path here.
using mount_table = std::map<std::string, std::string>;

// The table alone, without touching the disk.
mount_table mounts_of(const json& pod, const json& container, const folders& where);

// Writes the volumes of one container. Fails with not_found when a source is missing that is not
// optional: the kubelet would wait for it too. Called again, it brings files up to date; each
// changes in one step.
result<void> write_volumes(const json& pod,
                           const json& container,
                           const folders& where,
                           const volume_sources& from);

// Replaces every mount path of the table in the text, the longest first, where it ends as a path's
// element does.
std::string with_paths(std::string text, const mount_table& mounts);

}  // namespace ha::test::node
