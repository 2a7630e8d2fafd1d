// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

// A YAML file as a flat list of what is set in it, each with its place. The only file that knows
// the YAML library is this one's .cpp.

namespace ha::config {

struct place {
    int line = 0;  // both from 1
    int column = 0;
    bool operator==(const place&) const = default;
};

struct leaf {
    std::string path;  // keys with dots between them
    place where;       // of the key
    place value_at;
    enum class shape { value, list, map, null } what{};  // map: an empty one
    std::string text;                                    // of a value, quotes removed
    std::vector<std::string> items;                      // of a list
};

struct fault {
    place where;
    std::string text;
};

// Faults of syntax, of shape (a list of lists), and keys given twice; all leaves that could be
// read come all the same. A file without content has none of either.
struct document {
    std::vector<leaf> leaves;
    std::vector<fault> faults;
};
document read_yaml(const std::string& text);

}  // namespace ha::config
