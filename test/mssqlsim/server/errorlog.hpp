// SPDX-License-Identifier: MIT
#pragma once

#include "common/async/clock.hpp"
#include "common/result.hpp"
#include "test/mssqlsim/storage/file.hpp"

#include <string>

namespace ha::mssqlsim {

// The errorlog, in the form of the real one. The previous start's is kept beside it.
class errorlog {
public:
    static result<errorlog> open(const std::string& path, const clock_source& clock);

    void write(const std::string& text);                  // with the time before it
    void write_as_it_is(const std::string& line);         // the model dates its lines itself
    void set_clock_offset(duration by) { offset_ = by; }  // of the times before lines

private:
    errorlog(file opened, const clock_source& clock) : file_(std::move(opened)), clock_(&clock) {}
    file file_;
    const clock_source* clock_;
    duration offset_{};
};

}  // namespace ha::mssqlsim
