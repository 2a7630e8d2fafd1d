// SPDX-License-Identifier: MIT
#include "test/integration/mssqlsim/server_process.hpp"

#include "common/async/system_clock.hpp"

#include <arpa/inet.h>
#include <array>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace ha::test {

namespace {

using namespace std::chrono;

instant now() {
    return ha::system_clock{}.now();
}

// Replaces this process; the variables are all it gets.
[[noreturn]] void become(const std::vector<std::string>& flags,
                         const std::map<std::string, std::string>& variables) {
    std::vector<std::string> words{MSSQLSIM_PATH};
    words.insert(words.end(), flags.begin(), flags.end());
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    std::vector<std::string> assignments;
    for (const auto& [name, value] : variables) assignments.push_back(name + "=" + value);
    std::vector<char*> environment;
    for (auto& one : assignments) environment.push_back(one.data());
    environment.push_back(nullptr);
    ::execve(MSSQLSIM_PATH, arguments.data(), environment.data());
    std::_Exit(127);
}

int status_of(int pid) {
    int status = 0;
    if (::waitpid(pid, &status, 0) != pid) throw std::runtime_error("no such process");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string read_until(int from, const std::function<bool(const std::string&)>& enough) {
    auto limit = now() + seconds{20};
    std::string said;
    std::array<char, 512> block{};
    while (!enough(said)) {
        auto left = duration_cast<milliseconds>(limit - now()).count();
        pollfd waited{from, POLLIN, 0};
        if (left <= 0 || ::poll(&waited, 1, static_cast<int>(left)) <= 0) break;
        auto got = ::read(from, block.data(), block.size());
        if (got <= 0) break;
        said.append(block.data(), static_cast<std::size_t>(got));
    }
    return said;
}

}  // namespace

std::string loopback_address(unsigned number) {
    auto pid = static_cast<unsigned>(::getpid());
    return "127." + std::to_string(1 + pid / 250 % 250) + "." + std::to_string(pid % 250) + "." +
           std::to_string(number);
}

server_process::server_process(setup how) : how_(std::move(how)) {
    std::vector<std::string> flags{
        "--root", how_.root, "--name", how_.name, "--address", how_.address, "--hadr"};
    if (how_.admin_port != 0) {
        flags.emplace_back("--admin-port");
        flags.push_back(std::to_string(how_.admin_port));
        flags.emplace_back("--admin-address");
        flags.push_back(how_.admin_address);
    }
    flags.insert(flags.end(), how_.more_flags.begin(), how_.more_flags.end());
    std::array<int, 2> pipe{};
    if (::pipe2(pipe.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    parent_ = ::fork();
    if (parent_ == 0) {
        ::dup2(pipe[1], STDOUT_FILENO);
        std::map<std::string, std::string> variables{{"ACCEPT_EULA", "Y"}};
        if (!how_.password.empty()) variables["MSSQL_SA_PASSWORD"] = how_.password;
        become(flags, variables);
    }
    ::close(pipe[1]);
    await_ready(pipe[0]);
    ::close(pipe[0]);
}

// "ready NAME ADDRESS:PORT pid PID"
void server_process::await_ready(int from) {
    auto line =
        read_until(from, [](const auto& said) { return !said.empty() && said.back() == '\n'; });
    auto pid = line.rfind(" pid ");
    if (line.rfind("ready ", 0) != 0 || pid == std::string::npos)
        throw std::runtime_error(how_.name + " did not become ready: " + line);
    child_ = std::stoi(line.substr(pid + 5));
}

server_process::~server_process() {
    if (parent_ == 0) return;
    ::kill(child_, SIGKILL);
    ::kill(parent_, SIGKILL);
    ::waitpid(parent_, nullptr, 0);
}

void server_process::signal(int number) const {
    ::kill(child_, number);
}

int server_process::stop(int number) {
    ::kill(parent_, number);
    return wait();
}

int server_process::wait() {
    return status_of(std::exchange(parent_, 0));
}

std::string server_process::admin(const std::string& command) const {
    auto descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port = htons(how_.admin_port);
    ::inet_pton(AF_INET, how_.admin_address.c_str(), &where.sin_addr);
    const auto* target = reinterpret_cast<const sockaddr*>(&where);
    if (::connect(descriptor, target, sizeof where) != 0)
        throw std::runtime_error("no admin port at " + std::to_string(how_.admin_port));
    auto line = command + "\n";
    (void)!::write(descriptor, line.data(), line.size());
    auto said = read_until(
        descriptor, [](const auto& so_far) { return !so_far.empty() && so_far.back() == '\n'; });
    ::close(descriptor);
    return said.substr(0, said.find('\n'));
}

finished run_to_end(const std::vector<std::string>& flags,
                    const std::map<std::string, std::string>& variables) {
    scratch_folder folder;
    auto path = folder.file("stderr");
    auto pid = ::fork();
    if (pid == 0) {
        auto descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT, 0600);
        ::dup2(descriptor, STDERR_FILENO);
        become(flags, variables);
    }
    finished out;
    out.status = status_of(pid);
    std::ifstream file(path);
    out.said.assign(std::istreambuf_iterator<char>(file), {});
    return out;
}

bool eventually(seconds limit, const std::function<bool()>& holds) {
    auto end = now() + limit;
    while (!holds()) {
        if (now() > end) return false;
        ::poll(nullptr, 0, 20);
    }
    return true;
}

}  // namespace ha::test
