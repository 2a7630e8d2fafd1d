// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

// One thing that can be set from outside. A program has one table of them; parsing, --help and the
// page of documentation are made from that table, so none of the three can say something else.

namespace ha::config {

enum class kind {
    text,
    whole,    // a whole number
    port,     // 1 to 65535, 0 where `least` allows it
    boolean,  // true or false, and nothing else that YAML thinks is one
    span,     // a length of time: 15s, 500ms, 2m, 1h, 1m30s
    choice,   // one of `words`
    texts,    // a list; commas between the items in flags and environment
};

struct setting {
    std::string_view name;         // by which the program asks for it; also its place in the YAML
                                   // file, with dots: "times.lease"
    std::string_view flag;         // "--lease"; empty: it has none
    std::string_view environment;  // "MSSQL_HA_LEASE"; empty: it has none
    kind type = kind::text;
    std::string_view otherwise;  // the default, written as one would write it in the file
    std::string_view help;       // one sentence, with the unit where the type has none
    std::string_view least{};    // bounds of whole, port and span, written as values are
    std::string_view most{};
    std::string_view words{};  // of a choice: "detect|shared|none"
};

}  // namespace ha::config
