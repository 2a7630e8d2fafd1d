// SPDX-License-Identifier: MIT
#pragma once

#include "common/k8s/address.hpp"
#include "common/k8s/client.hpp"

#include <nlohmann/json.hpp>

#include <deque>

// A Kubernetes API that says what a test tells it to, call by call, and keeps what it was asked.

namespace ha::test {

class fake_api final : public k8s::client {
public:
    struct call {
        std::string verb;
        std::string object;  // as in messages
        nlohmann::json body;
        std::string resource_version;  // of a watch
        instant at{};
    };
    // Events of one watch: each comes so long after the one before; then `end`.
    struct watching {
        std::vector<std::pair<duration, k8s::watch_event>> events;
        duration then{};
        k8s::outcome<std::size_t> end;
    };

    explicit fake_api(clock_source& clock) : clock_(clock) {}

    std::deque<k8s::outcome<nlohmann::json>> answers;  // one a call; with none left: not_sent
    std::deque<watching> watches;                      // with none left: waits for ever
    std::vector<call> calls;
    duration latency = std::chrono::milliseconds{5};

    answer get(k8s::object_name what, duration limit) override {
        return give({"get", k8s::words(what), {}, {}, {}}, limit);
    }
    answer list(k8s::selection what, duration limit) override {
        return give({"list", k8s::words(what), {}, what.resource_version, {}}, limit);
    }
    answer create(k8s::object_name what, nlohmann::json object, duration limit) override {
        return give({"create", k8s::words(what), std::move(object), {}, {}}, limit);
    }
    answer update(k8s::object_name what, nlohmann::json object, duration limit) override {
        return give({"update", k8s::words(what), std::move(object), {}, {}}, limit);
    }
    answer merge_patch(k8s::object_name what, nlohmann::json patch, duration limit) override {
        return give({"patch", k8s::words(what), std::move(patch), {}, {}}, limit);
    }
    answer apply(
        k8s::object_name what, nlohmann::json object, std::string, bool, duration limit) override {
        return give({"apply", k8s::words(what), std::move(object), {}, {}}, limit);
    }
    answer remove(k8s::object_name what, k8s::delete_preconditions, duration limit) override {
        return give({"delete", k8s::words(what), {}, {}, {}}, limit);
    }

    boost::asio::awaitable<k8s::outcome<std::size_t>> watch(
        k8s::selection what,
        duration,
        std::function<bool(const k8s::watch_event&)> on_event) override {
        calls.push_back({"watch", k8s::words(what), {}, what.resource_version, clock_.now()});
        if (watches.empty()) co_await clock_.sleep_until(instant::max());
        auto script = watches.front();
        watches.pop_front();
        for (const auto& [after, event] : script.events) {
            co_await clock_.sleep_for(after);
            on_event(event);
        }
        co_await clock_.sleep_for(script.then);
        co_return script.end;
    }

    static k8s::failure failed(k8s::failure::kind how, int code = 0, std::string reason = {}) {
        k8s::failure made;
        made.what = how;
        made.verb = "verb";
        made.object = "object";
        made.code = code;
        made.reason = std::move(reason);
        made.message = "because";
        return made;
    }

private:
    answer give(call asked, duration) {
        asked.at = clock_.now();
        calls.push_back(std::move(asked));
        auto sent_at = clock_.now();
        co_await clock_.sleep_for(latency);
        k8s::outcome<nlohmann::json> next = tl::unexpected(failed(k8s::failure::kind::not_sent));
        if (!answers.empty()) {
            next = answers.front();
            answers.pop_front();
        }
        if (!next) {
            auto why = next.error();
            why.sent_at = sent_at;
            co_return tl::unexpected(why);
        }
        auto object = std::make_shared<const nlohmann::json>(std::move(*next));
        k8s::reply reply{object, sent_at, clock_.now()};
        co_return reply;
    }

    clock_source& clock_;
};

}  // namespace ha::test
