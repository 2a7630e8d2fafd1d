// SPDX-License-Identifier: MIT
#pragma once

// What a program says when it ends by its own fault: an exception that nobody caught, a wild
// pointer, an assertion of a library. Such an end leaves nothing but an exit code otherwise, and a
// container has no core file that anybody would look at.

namespace ha::log {

// From now on such an end writes the event `crashed` with its signal to the descriptor, as a line
// of the log, and below it the calls that led there, one to a line (program or library and offset:
// addr2line -Cfe has the source of it). Lines that were queued are not written any more. The
// process then ends by that signal as it would have. To be called once, before other threads are.
void report_crashes(int descriptor);

}  // namespace ha::log
