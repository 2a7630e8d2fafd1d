// SPDX-License-Identifier: MIT
#include "test/sim/many.hpp"

#include <cerrno>
#include <cstring>
#include <exception>
#include <poll.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace ha::sim {

namespace {

// What a process says of a seed: once when it begins, once when it has ended. Small enough to go
// through a pipe in one piece.
struct message {
    std::uint64_t seed = 0;
    std::uint64_t hash = 0;
    bool ended = false;
    char violation[400] = {};
};

// One process and its share of the seeds: every `step`th from its own beginning.
struct player {
    pid_t process = 0;
    int from = -1;
    std::uint64_t next = 0;  // index of the first seed that has not begun
    std::optional<std::uint64_t> playing;
};

[[noreturn]] void fail(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

void say(int to, const seed_outcome& one) {
    message told{one.seed, one.hash, one.ended, {}};
    std::strncpy(told.violation, one.violation.c_str(), sizeof(told.violation) - 1);
    if (write(to, &told, sizeof(told)) != sizeof(told)) _exit(3);
}

[[noreturn]] void play_share(const seed_range& which, std::uint64_t begin, unsigned step, int to) {
    for (auto i = begin; i < which.count; i += step) {
        auto seed = which.first + i;
        say(to, {seed, 0, false, {}});
        say(to, play(seed, which.list));
    }
    _exit(0);
}

player start(const seed_range& which, std::uint64_t begin, unsigned step) {
    int ends[2];
    if (pipe(ends) != 0) fail("a pipe to a simulation");
    auto process = fork();
    if (process < 0) fail("a process for a simulation");
    if (process == 0) {
        close(ends[0]);
        play_share(which, begin, step, ends[1]);
    }
    close(ends[1]);
    return {process, ends[0], begin, {}};
}

// False when the process has ended. A seed that it did not end is told as such.
bool hear(player& one, unsigned step, const std::function<void(const seed_outcome&)>& told) {
    message got;
    auto count = read(one.from, &got, sizeof(got));
    if (count < 0 && errno == EINTR) return true;
    if (count == sizeof(got)) {
        one.playing.reset();
        if (got.ended) told({got.seed, got.hash, true, got.violation});
        if (!got.ended) one.playing = got.seed;
        if (!got.ended) one.next += step;
        return true;
    }
    close(one.from);
    waitpid(one.process, nullptr, 0);
    if (one.playing) told({*one.playing, 0, false, "the process died"});
    return false;
}

}  // namespace

seed_outcome play(std::uint64_t seed, seed_list list) {
    try {
        world played(plan_of(seed, list), false);
        auto found = played.run();
        auto first = found.violations.empty() ? std::string{} : found.violations.front();
        return {seed, found.trace_hash, true, std::move(first)};
    } catch (const std::exception& failure) {
        return {seed, 0, true, std::string{"the simulation itself failed: "} + failure.what()};
    }
}

void play_all(const seed_range& which,
              unsigned processes,
              const std::function<void(const seed_outcome&)>& told) {
    std::vector<player> players;
    for (unsigned i = 0; i < processes; ++i) players.push_back(start(which, i, processes));
    while (!players.empty()) {
        std::vector<pollfd> all;
        for (const auto& one : players) all.push_back({one.from, POLLIN, 0});
        if (poll(all.data(), all.size(), -1) < 0 && errno != EINTR) fail("waiting for simulations");
        std::vector<player> left;
        for (std::size_t i = 0; i < players.size(); ++i) {
            if (all[i].revents == 0 || hear(players[i], processes, told)) {
                left.push_back(players[i]);
            } else if (players[i].next < which.count) {
                // It died in a seed; the rest of its share is not lost with it.
                left.push_back(start(which, players[i].next, processes));
            }
        }
        players = std::move(left);
    }
}

std::string replay_command(std::uint64_t seed, seed_list list) {
    auto words = std::to_string(seed) + (list.two_voters ? " two" : "") +
                 (list.reading == mssqlsim::reading::b ? " b" : "") + (list.scales ? " m" : "") +
                 (list.names ? " d" : "") + (list.readings ? " r" : "");
    bool plain = words.find(' ') == std::string::npos;
    return "make sim SEED=" + (plain ? words : "'" + words + "'");
}

}  // namespace ha::sim
