// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/sqlcmd/link.hpp"
#include "test/mssqlsim/sqlcmd/script.hpp"

#include <fstream>
#include <iosfwd>

// One call of sqlcmd: takes lines, sends batches, prints what comes.

namespace ha::sqlcmd {

class desk {
public:
    desk(options how, std::ostream& out, std::ostream& errors);

    // What the process ends with.
    int work(std::istream& typed);

private:
    // False: it is over.
    bool take_all(std::istream& lines, bool last, int depth);
    bool take(const step& next, int depth);
    bool include(const std::string& file, int depth);
    bool run(const step& what);
    bool quit_with(const std::string& query);
    bool write_to(const std::string& file);
    bool give_up(const std::string& why);

    listener ears();
    void tell(const message& what);
    std::ostream& out();

    options how_;
    std::ostream& standard_;
    std::ostream& errors_;
    std::ofstream file_;
    link link_;
    script script_;
    int code_ = 0;
    int worst_ = 0;  // severity since the batch began
    std::optional<table> table_;
    std::optional<std::string> first_cell_;
    bool any_row_ = false;
};

}  // namespace ha::sqlcmd
