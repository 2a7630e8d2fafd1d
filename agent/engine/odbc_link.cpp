// SPDX-License-Identifier: MIT
#include "agent/engine/odbc_link.hpp"

#include <thread>

namespace ha::agent {

namespace {

std::vector<sql_message> in_our_words(std::vector<odbc::diagnostic> said) {
    std::vector<sql_message> all;
    for (auto& one : said)
        all.push_back({one.number, std::move(one.sqlstate), std::move(one.text)});
    return all;
}

}  // namespace

engine_failure failed(engine_failure::kind what,
                      std::vector<odbc::diagnostic> said,
                      instant sent_at) {
    return {what, in_our_words(std::move(said)), sent_at};
}

engine_reply replied(odbc::connection::answer answered, instant sent_at, instant received_at) {
    if (!answered) {
        auto refused = answered.error().what == odbc::trouble::kind::refused;
        auto what = refused ? engine_failure::kind::refused : engine_failure::kind::unknown;
        auto& said = answered.error().diagnostics;
        return tl::unexpected(failed(what, std::move(said), sent_at));
    }
    engine_answer answer;
    for (auto& set : answered->sets)
        answer.sets.push_back(result_set{std::move(set.columns), std::move(set.values)});
    answer.notes = in_our_words(std::move(answered->notes));
    answer.sent_at = sent_at;
    answer.received_at = received_at;
    return answer;
}

bool odbc_link::renew(int threads_max) {
    leave();
    if (*alive_ >= threads_max) return false;
    auto slot = std::make_shared<link_slot>(alive_);
    slot_ = slot.get();
    stop_ = std::make_shared<odbc::canceller>();
    hand_ = std::make_unique<worker>(home_, "engine", std::move(slot));
    ++generation_;
    return true;
}

void odbc_link::leave() {
    ++generation_;
    if (busy && stop_) std::thread([stop = stop_] { stop->cancel(); }).detach();
    busy = false;
    ready = false;
    session_id = 0;
    slot_ = nullptr;
    stop_.reset();
    hand_.reset();
}

std::function<odbc_link::opening()> odbc_link::open_job(std::string text,
                                                        odbc::limits limits,
                                                        std::string identify) {
    auto job = [slot = slot_,
                stop = stop_,
                text = std::move(text),
                limits,
                identify = std::move(identify)]() -> opening {
        auto opened = odbc::connection::open(text, limits, stop);
        if (!opened) return tl::unexpected(std::move(opened.error()));
        auto named = (*opened)->execute(identify, {}, limits.login);
        if (!named) return tl::unexpected(std::move(named.error()));
        bool one = !named->sets.empty() && !named->sets[0].values.empty() &&
                   !named->sets[0].values[0].empty();
        result_set set{{"id"}, {}};
        if (one) set.rows.push_back({named->sets[0].values[0][0]});
        slot->link = std::move(*opened);
        return set.integer(0, "id").value_or(0);
    };
    return job;
}

std::function<odbc_link::execution()> odbc_link::execute_job(std::string text,
                                                             std::vector<sql_value> parameters,
                                                             std::chrono::seconds limit) {
    auto job = [slot = slot_,
                text = std::move(text),
                parameters = std::move(parameters),
                limit]() -> execution {
        if (slot->link->dead()) return std::nullopt;
        return slot->link->execute(text, parameters, limit);
    };
    return job;
}

std::function<void()> odbc_link::stream_job(std::string text, piece_taker on_piece, ending on_end) {
    auto job = [slot = slot_,
                text = std::move(text),
                on_piece = std::move(on_piece),
                on_end = std::move(on_end)] { on_end(slot->link->stream_pieces(text, on_piece)); };
    return job;
}

}  // namespace ha::agent
