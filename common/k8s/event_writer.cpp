// SPDX-License-Identifier: MIT
#include "common/k8s/event_writer.hpp"

#include "common/k8s/lease_codec.hpp"
#include "common/k8s/resources.hpp"

#include <nlohmann/json.hpp>

namespace ha::k8s {

namespace asio = boost::asio;

namespace {

constexpr std::size_t waiting_most = 64;
constexpr std::size_t note_bytes_most = 1024;
constexpr duration send_limit = std::chrono::seconds{5};
constexpr duration pause_after_failure = std::chrono::seconds{2};

// At most so many bytes, without cutting a character in two.
std::string shortened(std::string text, std::size_t most) {
    if (text.size() <= most) return text;
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
    text.resize(most);
    return text;
}

std::string hexadecimal(std::uint64_t value) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (; value != 0; value >>= 4) text.insert(text.begin(), digits[value & 15]);
    return text.empty() ? "0" : text;
}

}  // namespace

event_writer::event_writer(clock_source& clock, client& api, event_source as)
    : clock_(clock), api_(api), self_(std::move(as)) {}

void event_writer::write(event_subject about, event_note note) {
    if (waiting_.size() >= waiting_most) {
        waiting_.pop_front();
        ++dropped_;
    }
    waiting_.push_back({std::move(about), std::move(note)});
    something_.ring();
}

asio::awaitable<void> event_writer::run() {
    for (;;) {
        while (!waiting_.empty()) {
            auto next = std::move(waiting_.front());
            waiting_.pop_front();
            auto wall = std::chrono::duration_cast<std::chrono::nanoseconds>(
                clock_.wall_time().time_since_epoch());
            auto number = static_cast<std::uint64_t>(wall.count()) + sent_++;
            auto name = next.about.name + "." + hexadecimal(number);
            auto object = object_for(next, name);
            object_name what{events, next.about.space, std::move(name), ""};
            auto came = co_await api_.create(std::move(what), std::move(object), send_limit);
            if (came) continue;
            ++dropped_;
            co_await clock_.sleep_for(pause_after_failure);
        }
        co_await something_.wait();
    }
}

nlohmann::json event_writer::object_for(const waiting_event& one, std::string name) const {
    const auto& [about, note] = one;
    constexpr std::size_t word_most = 128;
    return {{"apiVersion", "events.k8s.io/v1"},
            {"kind", "Event"},
            {"metadata", {{"name", std::move(name)}, {"namespace", about.space}}},
            {"eventTime", micro_time(clock_.wall_time())},
            {"reportingController", self_.controller},
            {"reportingInstance", shortened(self_.instance, word_most)},
            {"type", note.warning ? "Warning" : "Normal"},
            {"reason", shortened(note.reason, word_most)},
            {"action", shortened(note.action, word_most)},
            {"note", shortened(note.note, note_bytes_most)},
            {"regarding",
             {{"apiVersion", about.api_version},
              {"kind", about.kind},
              {"namespace", about.space},
              {"name", about.name},
              {"uid", about.uid}}}};
}

}  // namespace ha::k8s
