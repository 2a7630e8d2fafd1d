// SPDX-License-Identifier: MIT
#include "test/mssqlsim/server/watchdog.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ha::mssqlsim {

namespace {

volatile std::sig_atomic_t child_of_ours = 0;

void pass_on(int signal) {
    if (child_of_ours > 0) ::kill(child_of_ours, signal);
}

}  // namespace

void take_process_name(char** arguments, const char* name) {
    ::prctl(PR_SET_NAME, name);
    // In place: there is room for what was there before.
    auto room = std::strlen(arguments[0]);
    std::memset(arguments[0], 0, room);
    std::strncpy(arguments[0], name, room);
}

int run_under_watchdog(const std::function<int()>& work) {
    auto parent = ::getpid();
    auto child = ::fork();
    if (child < 0) {
        std::perror("fork");
        return 1;
    }
    if (child == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != parent) std::_Exit(1);  // it died before it could be watched
        std::exit(work());
    }
    child_of_ours = child;
    std::signal(SIGTERM, pass_on);
    std::signal(SIGINT, pass_on);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0)
        if (errno != EINTR) return 1;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace ha::mssqlsim
