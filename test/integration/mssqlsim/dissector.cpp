// SPDX-License-Identifier: MIT
#include "test/integration/mssqlsim/dissector.hpp"

#include "test/support/catch.hpp"

#include <array>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <net/if.h>
#include <sched.h>
#include <sstream>
#include <stdexcept>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace ha::test {

namespace {

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string run_tshark(const std::string& file, const std::string& more) {
    auto line = "tshark -r '" + file + "' -d tcp.port==1433,tds " + more + " 2>&1";
    auto* pipe = ::popen(line.c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::string said;
    std::array<char, 4096> block{};
    while (auto size = std::fread(block.data(), 1, block.size(), pipe))
        said.append(block.data(), size);
    auto status = ::pclose(pipe);
    INFO(line << "\n" << said);
    REQUIRE(WIFEXITED(status));
    REQUIRE(WEXITSTATUS(status) == 0);
    return said;
}

// The right to capture comes with a network that nobody else is in; its loopback has to be set up.
void enter_own_network() {
    auto users = "0 " + std::to_string(::geteuid()) + " 1";
    auto groups = "0 " + std::to_string(::getegid()) + " 1";
    if (::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
        throw std::runtime_error("a capture needs root, or a kernel that allows user namespaces");
    // Programs that we start keep the right only as this namespace's root.
    std::ofstream("/proc/self/uid_map") << users;
    std::ofstream("/proc/self/setgroups") << "deny";
    std::ofstream("/proc/self/gid_map") << groups;
    auto descriptor = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ifreq loopback{};
    std::string("lo").copy(loopback.ifr_name, sizeof loopback.ifr_name - 1);
    ::ioctl(descriptor, SIOCGIFFLAGS, &loopback);
    loopback.ifr_flags |= IFF_UP;
    auto set = ::ioctl(descriptor, SIOCSIFFLAGS, &loopback);
    ::close(descriptor);
    if (set != 0) throw std::runtime_error("the loopback interface cannot be set up");
}

int start(std::vector<std::string> words, const std::string& said) {
    std::vector<char*> arguments;
    for (auto& one : words) arguments.push_back(one.data());
    arguments.push_back(nullptr);
    auto pid = ::fork();
    if (pid != 0) return pid;
    auto descriptor = ::open(said.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ::dup2(descriptor, STDERR_FILENO);
    ::execvp(arguments.front(), arguments.data());
    std::_Exit(127);
}

}  // namespace

std::vector<std::string> wrong_packets(const std::string& file, capture_of what) {
    std::string options = "-o tcp.reassemble_out_of_order:TRUE ";
    std::string wrong =
        "_ws.malformed || tcp.analysis.lost_segment || tcp.analysis.ack_lost_segment";
    std::string no_warning =
        "tds.type != 16 && !tcp.analysis.window_full && !tcp.analysis.zero_window";
    std::string new_bytes = "tcp.len > 0";
    if (what == capture_of::double_itself) {
        options = "-o tcp.check_checksum:TRUE -o ip.check_checksum:TRUE ";
        wrong += " || tcp.analysis.retransmission || tcp.analysis.out_of_order";
        wrong += " || tcp.checksum.status == 0 || ip.checksum.status == 0";
    } else {
        no_warning += " && !tcp.analysis.out_of_order";
        new_bytes += " && !tcp.analysis.retransmission && !tcp.analysis.zero_window_probe";
    }
    wrong += " || (" + new_bytes + " && !tds && !tcp.reassembled_in)";
    wrong += " || (_ws.expert.severity >= 0x600000 && " + no_warning + ")";
    options += "-T fields -e frame.number -e _ws.col.Info -e _ws.expert.message";
    auto told = run_tshark(file, options + " -Y '" + wrong + "'");
    std::istringstream lines(told);
    std::vector<std::string> out;
    for (std::string line; std::getline(lines, line);)
        if (line.rfind("Running as user", 0) != 0) out.push_back(line);
    return out;
}

std::string dissected(const std::string& file) {
    return run_tshark(file, "-Y tds -V -O tds");
}

live_capture::live_capture(const std::string& address, std::string file) : file_(std::move(file)) {
    if (::geteuid() != 0) enter_own_network();
    auto said = file_ + ".said";
    auto filter = "tcp port 1433 and host " + address;
    process_ = start({"dumpcap", "-i", "lo", "-f", filter, "-w", file_}, said);
    auto runs = [&] { return read_file(said).find("File: ") != std::string::npos; };
    if (!eventually(std::chrono::seconds{20}, runs))
        throw std::runtime_error("dumpcap does not capture: " + read_file(said));
}

live_capture::~live_capture() {
    end();
}

void live_capture::stop_after(const std::string& bytes) {
    auto came = [&] { return read_file(file_).find(bytes) != std::string::npos; };
    REQUIRE(eventually(std::chrono::seconds{20}, came));
    end();
}

void live_capture::end() {
    if (process_ == 0) return;
    ::kill(process_, SIGINT);
    ::waitpid(std::exchange(process_, 0), nullptr, 0);
}

}  // namespace ha::test
