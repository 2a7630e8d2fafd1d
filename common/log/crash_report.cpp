// SPDX-License-Identifier: MIT
#include "common/log/crash_report.hpp"

#include "common/log/log.hpp"

#include <array>
#include <csignal>
#include <cstdint>
#include <ctime>
#include <execinfo.h>
#include <string>
#include <unistd.h>

namespace ha::log {
namespace {

struct fault {
    int number;
    const char* name;
};
constexpr std::array faults{fault{SIGABRT, "SIGABRT"},
                            fault{SIGSEGV, "SIGSEGV"},
                            fault{SIGBUS, "SIGBUS"},
                            fault{SIGILL, "SIGILL"},
                            fault{SIGFPE, "SIGFPE"}};

constexpr int frames_max = 48;
constexpr std::size_t digits_max = 20;

// A handler must not allocate: all that it needs was made before.
struct preparation {
    int descriptor = -1;
    std::array<std::string, faults.size()> lines;  // all of a line but the time at its end
    std::array<char, 64 * 1024> stack{};
};

preparation& prepared() {
    static preparation all;
    return all;
}

void put(std::string_view text) {
    [[maybe_unused]] auto ignored = write(prepared().descriptor, text.data(), text.size());
}

void put_number(std::uint64_t number) {
    std::array<char, digits_max> text{};
    auto begin = text.size();
    do {
        text[--begin] = static_cast<char>('0' + number % 10);
        number /= 10;
    } while (number > 0);
    put({text.data() + begin, text.size() - begin});
}

extern "C" void tell_and_end(int number) {
    for (std::size_t i = 0; i < faults.size(); ++i)
        if (faults[i].number == number) put(prepared().lines[i]);
    timespec now{};
    clock_gettime(CLOCK_BOOTTIME, &now);
    put_number(static_cast<std::uint64_t>(now.tv_sec));
    put("}\n");
    std::array<void*, frames_max> frames{};
    int count = backtrace(frames.data(), frames_max);
    backtrace_symbols_fd(frames.data(), count, prepared().descriptor);
    // This handler was for one time: now the signal does what it does.
    raise(number);
}

// {"level":"error","event":"crashed","text":"...","signal":"SIGABRT","up_s":
std::string begun_line(const char* name) {
    const field fields[] = {{"signal", name}};
    auto line = format({}, event{"crashed"}.kind(), fields);
    line.replace(0, line.find("\"level\""), "{");
    line.replace(line.size() - 1, 1, ",\"up_s\":");
    return line;
}

}  // namespace

void report_crashes(int descriptor) {
    auto& all = prepared();
    all.descriptor = descriptor;
    // The first call loads a library, which a handler must not.
    std::array<void*, 1> none{};
    backtrace(none.data(), none.size());
    // A stack that ran over has no room for a handler. Only for this thread: the others, which
    // drivers run on, do not recurse.
    stack_t elsewhere{};
    elsewhere.ss_sp = all.stack.data();
    elsewhere.ss_size = all.stack.size();
    sigaltstack(&elsewhere, nullptr);
    for (std::size_t i = 0; i < faults.size(); ++i) {
        all.lines[i] = begun_line(faults[i].name);
        struct sigaction act{};
        act.sa_handler = tell_and_end;
        act.sa_flags = SA_ONSTACK | static_cast<int>(SA_RESETHAND);
        sigaction(faults[i].number, &act, nullptr);
    }
}

}  // namespace ha::log
