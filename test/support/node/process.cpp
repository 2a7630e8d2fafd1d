// SPDX-License-Identifier: MIT
#include "test/support/node/process.hpp"

#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ha::test::node {
namespace {

namespace asio = boost::asio;

std::vector<char*> pointers(std::vector<std::string>& words) {
    std::vector<char*> made;
    for (auto& word : words) made.push_back(word.data());
    made.push_back(nullptr);
    return made;
}

// All that happens between fork and exec: nothing that allocates.
[[noreturn]] void become(char* const* arguments, char* const* variables, int log, int parent) {
    setpgid(0, 0);
    // The leader dies with the node double, even if that is killed. A parent that died before this
    // line would not be noticed: hence the second look.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127);
    int nothing = open("/dev/null", O_RDONLY);
    dup2(nothing, STDIN_FILENO);
    dup2(log, STDOUT_FILENO);
    dup2(log, STDERR_FILENO);
    close_range(3, ~0U, 0);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    std::signal(SIGPIPE, SIG_DFL);
    execve(arguments[0], arguments, variables);
    const char* words = "the program cannot be run\n";
    [[maybe_unused]] auto ignored = write(STDERR_FILENO, words, std::strlen(words));
    _exit(127);
}

exit_state state_of(int status) {
    if (WIFSIGNALED(status)) return {128 + WTERMSIG(status), WTERMSIG(status)};
    return {WEXITSTATUS(status), 0};
}

}  // namespace

bool is_crash(exit_state how) {
    constexpr std::array own_faults{SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGFPE};
    return std::ranges::find(own_faults, how.signal) != own_faults.end();
}

result<std::unique_ptr<process>> process::start(asio::any_io_executor executor,
                                                const command_line& command,
                                                const std::string& log) {
    auto words = command.arguments;
    if (words.empty() || access(words.front().c_str(), X_OK) != 0) {
        return failure(errc::not_found,
                       "cannot run '" + (words.empty() ? std::string{} : words.front()) + "'");
    }
    std::vector<std::string> settings;
    for (const auto& [name, content] : command.variables) settings.push_back(name + "=" + content);
    auto arguments = pointers(words);
    auto variables = pointers(settings);
    int output = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (output < 0) return failure(errc::failed, "cannot write " + log);

    int parent = getpid();
    int child = fork();
    if (child == 0) become(arguments.data(), variables.data(), output, parent);
    close(output);
    if (child < 0) return failure(errc::failed, std::string{"fork: "} + std::strerror(errno));
    setpgid(child, child);  // on both sides, so that it holds for whoever comes first
    auto descriptor = static_cast<int>(syscall(SYS_pidfd_open, child, 0));
    if (descriptor < 0) {
        kill(child, SIGKILL);
        waitpid(child, nullptr, 0);
        return failure(errc::failed, std::string{"pidfd_open: "} + std::strerror(errno));
    }
    return std::unique_ptr<process>{new process{executor, child, descriptor}};
}

process::process(asio::any_io_executor executor, int pid, int pidfd)
    : pid_(pid), ready_(executor, pidfd) {}

process::~process() {
    if (!ended_) {
        kill(-pid_, SIGKILL);
        reap(true);
    }
}

asio::awaitable<exit_state> process::wait() {
    while (!ended_) {
        co_await ready_.async_wait(asio::posix::stream_descriptor::wait_read, asio::use_awaitable);
        reap(false);
    }
    co_return *ended_;
}

void process::reap(bool block) {
    int status = 0;
    int found = 0;
    do {
        found = waitpid(pid_, &status, block ? 0 : WNOHANG);
    } while (found < 0 && errno == EINTR);
    if (found == 0) return;
    ended_ = found == pid_ ? state_of(status) : exit_state{};
    kill(-pid_, SIGKILL);
}

void process::signal(int number) {
    if (ended_) return;
    bool whole = number == SIGKILL || number == SIGSTOP || number == SIGCONT;
    kill(whole ? -pid_ : pid_, number);
}

}  // namespace ha::test::node
