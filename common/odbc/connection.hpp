// SPDX-License-Identifier: MIT
#pragma once

#include "common/odbc/types.hpp"

#include <tl/expected.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

// One connection through the driver manager. Every call blocks, up to what the driver makes of its
// limits (with a frozen server: query limit + twice the connection limit, and more under some
// drivers); so it lives on a worker's thread.

namespace ha::odbc {

// Whole seconds, because that is all that ODBC knows; 0 would mean "no limit at all" and is never
// passed on: it counts as 1.
struct limits {
    std::chrono::seconds login{5};
    std::chrono::seconds connection{1};  // how long the server may be silent after a limit passed
};

class connection {
public:
    using opened = tl::expected<std::unique_ptr<connection>, trouble>;
    // `text` is a connection string; see target.hpp. The canceller reaches what runs later. The
    // process ignores SIGPIPE from here on.
    static opened open(const std::string& text, limits how_long, std::shared_ptr<canceller> stop);

    ~connection();
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    using answer = tl::expected<reply, trouble>;

    // Runs a batch to its end: an error of any of its statements makes it `refused`, with all
    // errors in order. Parameters stand for ?. After `lost` the connection is of no use.
    answer execute(const std::string& text,
                   const std::vector<value>& parameters,
                   std::chrono::seconds limit);

    // Hands on each result set as soon as it is whole, until on_rows returns false (the rest is
    // cancelled) or the batch ends. The driver's time limit is off: watch it from outside.
    answer stream(const std::string& text, const std::function<bool(rows)>& on_rows);

    // The same, in pieces: each row without its last column, then that column, then the set's end.
    // Drivers see the end of a set only when something comes after it, and one of them sees the
    // last cell of the last row no earlier. A server that streams (sp_server_diagnostics) sends
    // nothing for seconds, and whoever waited for the whole set would be one set late.
    answer stream_pieces(const std::string& text, const std::function<bool(piece)>& on_piece);

    // Whether the driver knows that the connection is dead. It does not ask the server, so a frozen
    // one is not dead, and some drivers know only after the next call has failed.
    bool dead() const;

private:
    struct parts;
    explicit connection(std::unique_ptr<parts> made);
    std::unique_ptr<parts> parts_;
};

}  // namespace ha::odbc
