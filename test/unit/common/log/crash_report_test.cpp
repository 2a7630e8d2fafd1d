// SPDX-License-Identifier: MIT
#include "common/log/crash_report.hpp"

#include "common/async/system_clock.hpp"
#include "test/support/catch.hpp"

#include <nlohmann/json.hpp>

#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

// What a program that ends by its own fault leaves, tried in child processes.

namespace {

using namespace ha;

struct end_of_child {
    int status = 0;
    std::string said;
};

end_of_child of(void (*fault)()) {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    auto child = fork();
    if (child == 0) {
        // What Catch or a sanitizer would say of it is of no interest.
        close(STDERR_FILENO);
        log::report_crashes(ends[1]);
        fault();
        _exit(0);
    }
    close(ends[1]);
    end_of_child seen;
    std::string part(4096, ' ');
    for (;;) {
        auto count = read(ends[0], part.data(), part.size());
        if (count <= 0) break;
        seen.said += part.substr(0, static_cast<std::size_t>(count));
    }
    close(ends[0]);
    REQUIRE(waitpid(child, &seen.status, 0) == child);
    return seen;
}

void throw_it() {
    throw std::runtime_error("nobody catches this");
}

void throw_where_nobody_catches() noexcept {
    throw_it();
}

}  // namespace

TEST_CASE("an exception that nobody caught is told with the calls that led there") {
    auto before = system_clock{}.now().time_since_epoch();
    auto seen = of(throw_where_nobody_catches);
    REQUIRE(WIFSIGNALED(seen.status));
    CHECK(WTERMSIG(seen.status) == SIGABRT);
    auto end = seen.said.find('\n');
    auto line = nlohmann::json::parse(seen.said.substr(0, end));
    CHECK(line["event"] == "crashed");
    CHECK(line["level"] == "error");
    CHECK(line["signal"] == "SIGABRT");
    CHECK(line["up_s"] >= std::chrono::duration_cast<std::chrono::seconds>(before).count());
    CHECK(seen.said.find("unit_log", end) != std::string::npos);
}

TEST_CASE("a signal of its own fault ends a program as it would have without the report") {
    auto seen = of([] { raise(SIGFPE); });
    REQUIRE(WIFSIGNALED(seen.status));
    CHECK(WTERMSIG(seen.status) == SIGFPE);
    CHECK(nlohmann::json::parse(seen.said.substr(0, seen.said.find('\n')))["signal"] == "SIGFPE");
}
