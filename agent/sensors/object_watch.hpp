// SPDX-License-Identifier: MIT
#pragma once

#include "common/async/clock.hpp"
#include "common/async/doorbell.hpp"
#include "common/k8s/client.hpp"

// One Kubernetes object, watched by name: read once, then followed by a watch that goes on where it
// ended. Rights by name are enough for it.

namespace ha::agent {

struct object_sight {
    enum class kind {
        seen,         // as it is now: first read, change, or read again after a gap
        missing,      // the server says there is none
        out_of_step,  // what was seen may be old: the watch broke; why says how
    } what{};
    std::shared_ptr<const nlohmann::json> object;  // when seen; when missing, the last one or null
    instant at{};
    std::string why;
};

struct watch_plan {
    duration read_limit = std::chrono::seconds{5};
    duration silence_limit = std::chrono::seconds{100};  // bookmarks come every 60 to 75 s
    duration watch_time = std::chrono::minutes{5};       // then the server ends the watch
    duration pause_first = std::chrono::milliseconds{500};
    duration pause_longest = std::chrono::seconds{10};
};

class object_watch {
public:
    using reporter = std::function<void(const object_sight&)>;
    object_watch(clock_source& clock,
                 k8s::client& api,
                 k8s::object_name what,
                 watch_plan plan,
                 reporter report);

    // Until cancelled.
    boost::asio::awaitable<void> run();

    // Reads the object again without waiting for the end of a pause.
    void look_now() { wanted_.ring(); }

private:
    boost::asio::awaitable<bool> read();
    boost::asio::awaitable<void> follow();
    bool take(const k8s::watch_event& event);
    void report(object_sight::kind what, std::string why = {});
    k8s::selection selected() const;

    clock_source& clock_;
    k8s::client& api_;
    k8s::object_name what_;
    watch_plan plan_;
    reporter report_;
    doorbell wanted_;
    std::string resource_version_;
    duration pause_{};
    std::shared_ptr<const nlohmann::json> last_;
};

}  // namespace ha::agent
