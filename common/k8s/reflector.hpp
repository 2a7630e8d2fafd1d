// SPDX-License-Identifier: MIT
#pragma once

#include "common/async/clock.hpp"
#include "common/k8s/client.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <random>
#include <string>

// List and watch for ever: what a selection holds, and every change of it, through lost connections
// and histories that are gone.

namespace ha::k8s {

// Hears what the server tells. Objects live only during the call.
class reflector_sink {
public:
    virtual ~reflector_sink() = default;
    // All there is: what is not among it is gone.
    virtual void replace(const nlohmann::json& list) = 0;
    virtual void change(const nlohmann::json& object) = 0;
    virtual void remove(const nlohmann::json& object) = 0;
    // True: a watch runs, changes arrive as they happen. False: it does not; what is known grows
    // old. Each only when it changes.
    virtual void in_step(bool now) = 0;
    // A failure that is being dealt with.
    virtual void trouble(const failure& why) = 0;
};

struct reflector_plan {
    duration list_limit = std::chrono::seconds{30};
    // Each watch ends after a time between this and its double; bookmarks come every minute or so.
    duration watch_time = std::chrono::minutes{5};
    duration silence_limit = std::chrono::seconds{100};
    duration pause_first = std::chrono::milliseconds{800};  // then doubled, and up to doubled again
    duration pause_longest = std::chrono::seconds{30};      // by chance
    duration calm = std::chrono::minutes{2};                // without failure: pauses begin anew
    std::size_t page_size = 500;
    std::uint32_t seed = 1;  // of the chance: different for each process
};

class reflector {
public:
    reflector(clock_source& clock,
              client& api,
              selection what,
              reflector_sink& sink,
              reflector_plan plan = {});

    // Until cancelled.
    boost::asio::awaitable<void> run();

private:
    boost::asio::awaitable<outcome<void>> list();
    boost::asio::awaitable<outcome<void>> watch();
    bool take(const watch_event& seen);
    void step(bool now);
    void learn_from(const failure& why);
    duration next_pause(const failure& why);
    duration up_to_twice(duration span);

    clock_source& clock_;
    client& api_;
    selection what_;
    reflector_sink& sink_;
    reflector_plan plan_;
    std::minstd_rand chance_;
    std::string version_ = "0";  // of the last thing heard
    bool must_list_ = true;
    bool in_step_ = false;
    duration pause_;
    instant failed_at_{};
};

}  // namespace ha::k8s
