// SPDX-License-Identifier: MIT
#include "test/mssqlsim/server/answer_writer.hpp"

#include "test/mssqlsim/model/completion.hpp"

#include <utility>

namespace ha::mssqlsim {

namespace {

tds::done_status status_of(const statement_done& what, bool more) {
    tds::done_status out;
    out.more = more;
    out.error = what.failed;
    if (what.rows) out.row_count = static_cast<std::uint64_t>(*what.rows);
    out.command = what.command;
    return out;
}

tds::done_token token_of(const statement_done& held) {
    return held.ends_procedure ? tds::done_token::procedure : tds::done_token::done;
}

}  // namespace

void answer_writer::begin(std::vector<std::uint16_t> output_ordinals, bool more_calls_follow) {
    output_ordinals_ = std::move(output_ordinals);
    outputs_said_ = 0;
    more_calls_follow_ = more_calls_follow;
}

void answer_writer::add(const said& what) {
    flush_statement();
    const auto& message = what.message;
    tokens_.message({message.number,
                     message.state,
                     message.severity,
                     message.text,
                     message.procedure,
                     message.line});
}

void answer_writer::add(const result_rows& what) {
    flush_statement();
    const auto& columns = what.columns.all();
    tokens_.columns(columns);
    if (!what.order.empty()) tokens_.order(what.order);
    for (const auto& one : what.rows) tokens_.row(columns, one);
}

void answer_writer::add(const statement_done& what) {
    if (what.unsaid) return;
    flush_statement();
    if (what.in_procedure)
        return tokens_.done(tds::done_token::in_procedure, status_of(what, true));
    held_ = what;
}

void answer_writer::add(const return_status& what) {
    flush_statement();
    tokens_.return_status(what.status);
}

void answer_writer::add(const return_value& what) {
    flush_statement();
    auto known = outputs_said_ < output_ordinals_.size();
    auto ordinal = known ? output_ordinals_[outputs_said_] : std::uint16_t{0};
    ++outputs_said_;
    tokens_.return_value(ordinal, what.name, what.type, what.contents);
}

void answer_writer::add(const environment_change& what) {
    flush_statement();
    switch (what.what) {
        case environment_change::kind::database:
            return tokens_.database_changed(what.current, what.previous);
        case environment_change::kind::transaction_begun:
            return tokens_.transaction_begun(what.transaction);
        case environment_change::kind::transaction_committed:
            return tokens_.transaction_committed(what.transaction);
        case environment_change::kind::transaction_rolled_back:
            return tokens_.transaction_rolled_back(what.transaction);
    }
}

void answer_writer::add(const request_done& what) {
    if (what.attention) {
        held_.reset();
        tds::done_status status;
        status.attention = true;
        status.command = completion::no_command;
        tokens_.done(tds::done_token::done, status);
        return end_message();
    }
    if (what.procedure || what.failed) flush_statement();
    auto held = std::exchange(held_, {});
    if (!held) {
        const auto usual = what.procedure ? completion::call : completion::no_command;
        held = statement_done{
            what.session, {}, what.failed, false, what.command != 0 ? what.command : usual};
        held->ends_procedure = what.procedure;
    }
    auto status = status_of(*held, more_calls_follow_);
    status.in_transaction = what.in_transaction;
    tokens_.done(token_of(*held), status);
    if (!more_calls_follow_) end_message();
}

void answer_writer::flush_statement() {
    if (!held_) return;
    tokens_.done(token_of(*held_), status_of(*held_, true));
    held_.reset();
}

void answer_writer::end_message() {
    pieces_.push_back({tokens_.take(), true});
}

std::vector<answer_piece> answer_writer::take() {
    if (tokens_.size() > 0) pieces_.push_back({tokens_.take(), false});
    return std::exchange(pieces_, {});
}

}  // namespace ha::mssqlsim
