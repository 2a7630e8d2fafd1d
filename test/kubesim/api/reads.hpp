// SPDX-License-Identifier: MIT
#pragma once

#include "test/kubesim/api/cluster.hpp"
#include "test/kubesim/api/selectors.hpp"

// GET: one object, lists in pages, and watches line by line.

namespace ha::kubesim {

answer<nlohmann::json> get(const cluster& all, const target& what);
answer<nlohmann::json> list(const cluster& all, const target& what);

// A watch as a cursor over the history; whoever drives it asks for lines after each change.
class event_cursor {
public:
    // Refuses what a watch cannot begin from; the first lines may be there at once.
    static answer<event_cursor> begin(const cluster& all, const target& what);

    // The lines of everything new; after a line of type ERROR the watch is over.
    std::string lines(const cluster& all);
    // Empty while nothing has happened since the watch began, as with the real server.
    std::string bookmark() const;
    // Steps over a change that this watch has nothing to say of, if it has told all before.
    bool skips(const change& one);
    bool over() const { return over_; }
    bool wants_bookmarks() const { return bookmarks_; }

private:
    std::string line(const char* type, const std::string& object) const;
    std::string line_of(const change& one) const;
    bool selects(const key& which, const shared_object& value) const;
    void start(const cluster& all, bool with_end_mark);

    std::string api_version_;
    std::string kind_name_;
    table table_;
    std::string space_;
    selection selection_;
    revision cursor_ = 0;
    revision begun_at_ = 0;
    bool bookmarks_ = false;
    bool over_ = false;
    std::string first_;
};

}  // namespace ha::kubesim
