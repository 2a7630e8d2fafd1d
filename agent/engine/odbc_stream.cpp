// SPDX-License-Identifier: MIT
#include "agent/engine/odbc_state.hpp"
#include "agent/engine/row_gatherer.hpp"

namespace ha::agent {

namespace asio = boost::asio;

namespace {

using kind = engine_failure::kind;

// assumption: the rows of one set come in one piece of the wire. What comes later than this is
// handed on as a set of its own.
constexpr duration pause_limit = std::chrono::milliseconds{100};

// What the driver's thread has delivered and nobody has looked at yet.
struct delivery {
    doorbell bell;
    row_gatherer rows;
    std::optional<odbc::connection::answer> end;
};

void start_stream(session_state& of, std::string text, std::shared_ptr<delivery> box) {
    auto way = of.link.hand()->home();
    auto on_piece = [box, way](odbc::piece got) {
        auto kept = std::make_shared<odbc::piece>(std::move(got));
        return way->post([box, kept] {
            box->rows.add(std::move(*kept));
            box->bell.ring();
        });
    };
    auto on_end = [box, way](odbc::connection::answer last) {
        auto kept = std::make_shared<odbc::connection::answer>(std::move(last));
        way->post([box, kept] {
            box->rows.pause();
            box->end = std::move(*kept);
            box->bell.ring();
        });
    };
    of.link.hand()->submit(of.link.stream_job(std::move(text), on_piece, on_end));
}

}  // namespace

asio::awaitable<engine_reply> stream_on(held_state of,
                                        statement what,
                                        duration silence_limit,
                                        std::function<bool(const result_set&)> on_set) {
    auto& clock = of->common->clock;
    if (!of->link.ready) {
        auto trouble = co_await connect(of, clock.now() + silence_limit);
        if (trouble) co_return tl::unexpected(std::move(*trouble));
    }
    auto box = std::make_shared<delivery>();
    auto sent_at = clock.now();
    attempt going(*of);
    ++of->common->counts.batches;
    start_stream(*of, std::move(what.text), box);
    auto heard_at = sent_at;
    for (;;) {
        while (auto set = box->rows.next()) {
            if (on_set(*set)) continue;
            going.leave();
            co_return engine_answer{{}, {}, sent_at, clock.now()};
        }
        if (box->end) break;
        bool pausing = box->rows.started();
        auto until = heard_at + (pausing ? pause_limit : silence_limit);
        bool rung = co_await box->bell.wait_until(clock, until);
        if (rung) {
            heard_at = clock.now();
        } else if (pausing) {
            box->rows.pause();
        } else {
            ++of->common->counts.unknown;
            co_return tl::unexpected(in_words(kind::unknown, "silent for too long", sent_at));
        }
    }
    going.answered();
    auto reply = replied(std::move(*box->end), sent_at, clock.now());
    if (!reply && reply.error().what == kind::unknown) of->link.leave();
    co_return reply;
}

}  // namespace ha::agent
