// SPDX-License-Identifier: MIT
#include "test/mssqlsim/server/client_session.hpp"

#include "test/mssqlsim/model/completion.hpp"
#include "test/mssqlsim/server/endpoint_url.hpp"
#include "test/mssqlsim/tsql/tree.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

namespace ha::mssqlsim {

namespace {

constexpr std::uint32_t newest_tds_version = 0x74000004;

request as_request(const tds::procedure_call& call) {
    request out;
    out.procedure = call.name;
    for (const auto& one : call.parameters)
        out.parameters.push_back({one.name, one.type, one.what, one.by_reference});
    return out;
}

std::vector<std::uint16_t> output_ordinals(const tds::procedure_call& call) {
    std::vector<std::uint16_t> out;
    for (std::size_t i = 0; i < call.parameters.size(); ++i)
        if (call.parameters[i].by_reference) out.push_back(static_cast<std::uint16_t>(i));
    return out;
}

std::size_t packet_size_for(const tds::login_request& who) {
    auto wished = who.packet_size == 0 ? tds::packet_size_default : std::size_t{who.packet_size};
    return std::clamp(wished, tds::packet_size_min, tds::packet_size_max);
}

bool has_feature(const tds::login_request& who, std::uint8_t id) {
    return std::any_of(who.features.begin(), who.features.end(), [id](const auto& feature) {
        return feature.id == id;
    });
}

tds::plain_traffic recorded(const channel& wire, const client_terms& terms) {
    if (terms.recorded_into == nullptr) return {};
    return terms.recorded_into->follow(wire);
}

}  // namespace

client_session::client_session(std::shared_ptr<channel> wire, runtime& on, client_terms& terms)
    : wire_(std::move(wire)),
      runtime_(on),
      terms_(terms),
      tds_(terms.wire, terms.tls, recorded(*wire_, terms)),
      answers_(terms.server_name) {}

client_session::~client_session() = default;

void client_session::start() {
    auto self = shared_from_this();
    wire_->start({[self](std::string_view bytes) { self->on_bytes(bytes); },
                  [self](const std::string&) { self->leave(); }});
}

void client_session::on_bytes(std::string_view bytes) {
    auto events = tds_.receive(bytes);
    send_output();
    if (!events) {
        leave();
        return wire_->finish();
    }
    for (const auto& event : *events) on_event(event);
}

void client_session::on_event(const tds::client_event& event) {
    if (const auto* who = std::get_if<tds::login_request>(&event)) return on_login(*who);
    if (session_) on_request(std::get<tds::request>(event));
}

void client_session::on_login(const tds::login_request& who) {
    if (terms_.hang_logins) return;
    if (terms_.slow_logins <= duration{}) return admit(who);
    auto late = [self = weak_from_this(), who] {
        if (auto still = self.lock()) still->admit(who);
    };
    login_alarm_ = runtime_.ring_at(runtime_.now() + terms_.slow_logins, std::move(late));
}

void client_session::admit(const tds::login_request& who) {
    const auto local = wire_->local_end();
    login_request asked{who.user,
                        who.password,
                        who.application,
                        who.host,
                        who.database,
                        who.read_only_intent,
                        tds_.is_encrypted(),
                        static_cast<std::int64_t>(packet_size_for(who)),
                        std::min(who.tds_version, newest_tds_version),
                        who.library,
                        local.address().to_string(),
                        local.port()};
    auto answer = runtime_.model().login(asked, runtime_.now());
    if (answer && !answer->routed_to.empty()) {
        send_on(who, answer->routed_to);
    } else if (answer) {
        session_ = answer->session;
        runtime_.attach(*session_, *this);
        welcome(who, *answer);
    } else if (!answer.error().silent) {
        refuse(answer.error());
    }
    runtime_.settle();
}

// The client logs in there, and leaves here.
void client_session::send_on(const tds::login_request& who, const std::string& url) {
    const auto target = parse_endpoint_url(url);
    if (!target) return wire_->close();  // the model takes no such url
    tds::token_writer out(terms_.server_name);
    out.login_acknowledged(terms_.wire.version, std::min(who.tds_version, newest_tds_version));
    out.routed_to(target->host, target->port);
    out.done(tds::done_token::done, {});
    send_pieces({{out.take(), true}});
    wire_->finish();
}

void client_session::welcome(const tds::login_request& who, const login_accepted& accepted) {
    tds_version_ = std::min(who.tds_version, newest_tds_version);
    auto packet_size = packet_size_for(who);
    tds::token_writer out(terms_.server_name);
    const auto note = [&](std::size_t which) {
        const auto& one = accepted.messages.at(which);
        out.message({one.number, one.state, one.severity, one.text, one.procedure, one.line});
    };
    out.database_changed(accepted.database, "master");
    note(0);
    out.collation_set();
    out.language_changed("us_english");
    note(1);
    out.login_acknowledged(terms_.wire.version, tds_version_);
    out.packet_size_changed(packet_size, tds::packet_size_default);
    auto recovers =
        terms_.acknowledge_session_recovery && has_feature(who, tds::feature_session_recovery);
    out.features(has_feature(who, tds::feature_utf8_support),
                 recovers ? std::optional<std::string_view>("") : std::nullopt);
    out.done(tds::done_token::done, {});
    send_pieces({{out.take(), true}});
    tds_.set_packet_size(packet_size);
}

void client_session::refuse(const login_refused& refused) {
    tds::token_writer out(terms_.server_name);
    for (const auto& one : refused.messages)
        out.message({one.number, one.state, one.severity, one.text, one.procedure, one.line});
    tds::done_status status;
    status.error = true;
    out.done(tds::done_token::done, status);
    send_pieces({{out.take(), true}});
    wire_->finish();
}

void client_session::on_request(const tds::request& asked) {
    if (std::holds_alternative<tds::attention>(asked.what)) {
        waiting_.clear();
        answers_.begin({}, false);
        runtime_.model().attention(*session_, runtime_.now());
        return runtime_.settle();
    }
    waiting_.push_back({asked, 0});
    start_next();
    runtime_.settle();
}

void client_session::start_next() {
    if (busy_ || waiting_.empty() || !session_) return;
    auto next = waiting_.front();
    waiting_.pop_front();
    busy_ = true;
    if (next.call == 0 && next.message.reset_connection) {
        if (!next.message.reset_keeps_transaction)
            runtime_.model().reset(*session_, runtime_.now());
        answers_.acknowledge_reset();
    }
    if (const auto* batch = std::get_if<tds::batch_request>(&next.message.what)) {
        answers_.begin({}, false);
        runtime_.model().submit(*session_, {batch->text, {}, {}}, runtime_.now());
    } else if (const auto* what = std::get_if<tds::transaction_request>(&next.message.what)) {
        answers_.begin({}, what->then_begin);
        start_transaction_request(*what);
    } else {
        start_call(next);
    }
}

void client_session::start_call(const work& what) {
    const auto& calls = std::get<tds::rpc_request>(what.message.what).calls;
    auto is_last = what.call + 1 == calls.size();
    if (!is_last) {
        waiting_.push_front(what);
        ++waiting_.front().call;
    }
    const auto& call = calls[what.call];
    answers_.begin(output_ordinals(call), !is_last);
    runtime_.model().submit(*session_, as_request(call), runtime_.now());
}

void client_session::start_transaction_request(const tds::transaction_request& what) {
    using kind = tds::transaction_request::kind;
    auto& model = runtime_.model();
    if (what.then_begin) {
        tds::request begin;
        begin.what = tds::transaction_request{kind::begin, false, ""};
        waiting_.push_front({begin, 0});
    }
    transaction_statement asked;
    asked.name = what.name;
    switch (what.what) {
        case kind::begin: asked.what = transaction_statement::kind::begin; break;
        case kind::commit: asked.what = transaction_statement::kind::commit; break;
        case kind::rollback: asked.what = transaction_statement::kind::rollback; break;
        case kind::save: asked.what = transaction_statement::kind::save; break;
    }
    model.transaction(*session_, asked, runtime_.now());
}

void client_session::say(const output& what) {
    if (loses(what)) {
        leave();
        return wire_->close();
    }
    auto write = [this](const auto& one) {
        using kind = std::decay_t<decltype(one)>;
        if constexpr (std::is_same_v<kind, request_done>) {
            on_done(one);
        } else if constexpr (std::is_same_v<kind, session_ended>) {
            flush();
            leave();
            wire_->finish();
        } else if constexpr (requires { answers_.add(one); }) {
            answers_.add(one);
        }
    };
    std::visit(write, what);
}

void client_session::on_done(const request_done& done) {
    answers_.add(done);
    if (done.attention) return;
    busy_ = false;
    start_next();
}

// The next sign that something was changed is the one that gets lost.
bool client_session::loses(const output& what) {
    if (!terms_.lose_next_acknowledgement) return false;
    const auto* change = std::get_if<environment_change>(&what);
    const auto* statement = std::get_if<statement_done>(&what);
    auto commits =
        change != nullptr && change->what == environment_change::kind::transaction_committed;
    auto changes =
        statement != nullptr && !statement->failed &&
        (statement->command == completion::insert || statement->command == completion::erase ||
         statement->command == completion::update);
    if (!commits && !changes) return false;
    terms_.lose_next_acknowledgement = false;
    return true;
}

void client_session::flush() {
    send_pieces(answers_.take());
}

void client_session::send_pieces(const std::vector<answer_piece>& pieces) {
    for (const auto& one : pieces) {
        auto sent = tds_.answer(one.tokens, one.end_of_message);
        if (!sent) return wire_->close();
    }
    send_output();
}

void client_session::send_output() {
    wire_->write(tds_.take_output());
}

void client_session::leave() {
    login_alarm_.reset();
    if (!session_) return;
    auto session = *std::exchange(session_, {});
    waiting_.clear();
    runtime_.detach(session);
    runtime_.model().close(session, runtime_.now());
    runtime_.settle();
}

}  // namespace ha::mssqlsim
