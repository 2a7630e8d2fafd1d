// SPDX-License-Identifier: MIT
#pragma once

#include "test/integration/mssqlsim/server_process.hpp"

#include <string>
#include <vector>

// tshark reads a capture file: what it finds wrong, and what it understood. And dumpcap makes one
// of what really goes over the loopback interface.

namespace ha::test {

// Who wrote the capture: the double itself, or the kernel of what went over a network. The kernel's
// TCP repeats and reorders as it likes, and the loopback interface has no checksums.
enum class capture_of { double_itself, network };

// A line for each packet with something wrong: malformed, a hole in what was said, bytes that are
// no TDS, or a warning outside of LOGIN7; in what the double wrote also a bad checksum, and
// whatever comes twice or in another order. (This dissector takes the feature extension at LOGIN7's
// end for a ticket, and warns of what it finds there. It also warns when a receiver's window is
// full, which says that a client reads more slowly than it is answered.)
std::vector<std::string> wrong_packets(const std::string& file, capture_of what);

// The lines of all TDS packets, as a reader would see them.
std::string dissected(const std::string& file);

// Captures what one address sends and is sent, on the loopback interface. It needs the right to
// capture: root's, or that of a network of the process's own, which it makes where it is not root.
// So it comes before whatever else uses the network.
class live_capture {
public:
    live_capture(const std::string& address, std::string file);
    ~live_capture();
    live_capture(const live_capture&) = delete;
    live_capture& operator=(const live_capture&) = delete;

    // Ends it when these bytes were captured.
    void stop_after(const std::string& bytes);

private:
    void end();

    std::string file_;
    int process_ = 0;
};

}  // namespace ha::test
