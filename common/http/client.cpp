// SPDX-License-Identifier: MIT
#include "common/http/client.hpp"

#include "common/async/within.hpp"
#include "common/http/wire.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>
#include <deque>

namespace ha::http {

namespace asio = boost::asio;
namespace beast = boost::beast;

namespace {

using parser = beast::http::response_parser<beast::http::string_body>;
using sink = std::function<bool(std::string_view)>;
using nothing_or_error = asio::awaitable<result<void>>;

constexpr std::size_t block_size = 16 * 1024;

// What is known of an attempt at any moment, also when it is cut short.
struct progress {
    bool sent = false;
    instant sent_at{};
    const char* doing = "connecting";
};

// A connection with what was read from it and not used yet.
struct session {
    std::unique_ptr<transport::byte_stream> stream;
    beast::flat_buffer buffer;
    instant idle_since{};
};

using link = std::unique_ptr<session>;

std::string seconds(duration span) {
    auto text = std::to_string(std::chrono::duration<double>(span).count());
    return text.substr(0, text.find('.') + 3) + " s";
}

error parse_error(beast::error_code why, const std::string& who) {
    namespace http = beast::http;
    if (why == http::error::header_limit || why == http::error::body_limit) {
        return {errc::too_large, "the answer of " + who + " is too large: " + why.message()};
    }
    bool cut_off = why == http::error::partial_message || why == http::error::end_of_stream;
    if (cut_off)
        return {errc::closed, who + " ended the connection before its answer was complete"};
    return {errc::malformed, "the answer of " + who + " is not HTTP: " + why.message()};
}

fields fields_of(const parser::value_type& head) {
    fields all;
    for (auto& one : head) {
        std::string name(one.name_string());
        std::transform(name.begin(), name.end(), name.begin(), [](unsigned char letter) {
            return static_cast<char>(std::tolower(letter));
        });
        auto [place, fresh] = all.try_emplace(std::move(name), one.value());
        if (!fresh) place->second += ", " + std::string(one.value());
    }
    return all;
}

// One answer, read from a connection.
class answer {
public:
    answer(session& from, const client_limits& limits, bool head_only)
        : from_(from), limits_(limits), head_only_(head_only) {
        restart();
    }

    nothing_or_error head() {
        while (!message_->is_header_done()) {
            auto more = co_await step();
            if (!more) co_return tl::unexpected(more.error());
            // An interim answer (100, 103) is not the answer.
            bool interim = message_->is_header_done() && message_->get().result_int() / 100 == 1;
            if (interim) restart();
        }
        co_return result<void>{};
    }

    nothing_or_error rest() {
        while (!message_->is_done()) {
            auto more = co_await step();
            if (!more) co_return tl::unexpected(more.error());
        }
        co_return result<void>{};
    }

    // One read at most; what is in the buffer already is used first.
    nothing_or_error step() {
        if (auto used = feed(); !used || *used) co_return without_value(used);
        // A head has its limit; this one is for what has none, as the extensions of a chunk.
        if (from_.buffer.size() > limits_.header_bytes_max) {
            co_return failure(errc::too_large,
                              from_.stream->description() + " sends endless lines");
        }
        auto space = from_.buffer.prepare(block_size);
        auto into = std::span(static_cast<std::byte*>(space.data()), space.size());
        auto count = co_await from_.stream->read_some(into);
        if (!count) co_return tl::unexpected(count.error());
        from_.buffer.commit(*count);
        if (*count == 0) co_return at_end();
        auto used = feed();
        co_return without_value(used);
    }

    bool done() const { return message_->is_done(); }
    int status() const { return static_cast<int>(message_->get().result_int()); }
    void unlimited() { message_->body_limit(boost::none); }
    bool reusable() const { return message_->keep_alive() && from_.buffer.size() == 0; }

    std::string take_body() { return std::exchange(message_->get().body(), {}); }

    response take() { return response{status(), fields_of(message_->get()), take_body()}; }

private:
    static result<void> without_value(const result<bool>& used) {
        if (!used) return tl::unexpected(used.error());
        return {};
    }

    // True when something of the buffer was understood.
    result<bool> feed() {
        if (from_.buffer.size() == 0) return false;
        beast::error_code why;
        auto used = message_->put(from_.buffer.data(), why);
        from_.buffer.consume(used);
        if (why && why != beast::http::error::need_more) {
            return tl::unexpected(parse_error(why, from_.stream->description()));
        }
        return used > 0;
    }

    result<void> at_end() {
        beast::error_code why = beast::http::error::end_of_stream;
        if (message_->got_some()) message_->put_eof(why = {});
        if (why) return tl::unexpected(parse_error(why, from_.stream->description()));
        return {};
    }

    void restart() {
        message_.emplace();
        message_->eager(true);
        message_->header_limit(static_cast<std::uint32_t>(limits_.header_bytes_max));
        message_->body_limit(limits_.body_bytes_max);
        message_->skip(head_only_);
    }

    session& from_;
    const client_limits& limits_;
    bool head_only_;
    std::optional<parser> message_;
};

class keeping_client final : public client {
public:
    keeping_client(clock_source& clock,
                   transport::dialer& dialer,
                   transport::endpoint where,
                   client_limits limits)
        : clock_(clock), dialer_(dialer), where_(std::move(where)), limits_(limits) {}

    asio::awaitable<attempt> send(request what, duration limit) override {
        call one{std::move(what), {}, {}, {}};
        auto work = whole(one);
        auto ended = co_await bounded(limit, one, std::move(work));
        if (!ended) co_return failed(one, ended.error());
        auto done = finish(one);
        if (one.reply->reusable()) keep(std::move(one.over));
        co_return done;
    }

    asio::awaitable<attempt> stream(request what,
                                    duration first_byte_limit,
                                    duration silence_limit,
                                    sink on_bytes) override {
        call one{std::move(what), {}, {}, {}};
        auto work = begin(one);
        auto begun = co_await bounded(first_byte_limit, one, std::move(work));
        if (!begun) co_return failed(one, begun.error());
        one.at.doing = "waiting for more of the answer";
        bool streams = one.reply->status() == 200;
        if (streams && !on_bytes({})) co_return finish(one);
        while (streams) {
            auto block = one.reply->take_body();
            if (!block.empty() && !on_bytes(block)) co_return finish(one);
            if (one.reply->done()) break;
            auto step = one.reply->step();
            auto more = co_await bounded(silence_limit, one, std::move(step));
            if (!more) co_return failed(one, more.error());
        }
        auto done = finish(one);
        if (one.reply->reusable()) keep(std::move(one.over));
        co_return done;
    }

    void forget_connections() override { idle_.clear(); }

private:
    struct call {
        request what;
        progress at;
        link over;
        std::optional<answer> reply;
    };

    // Runs a part of a call until its limit, and puts lateness in words.
    nothing_or_error bounded(duration limit, call& one, nothing_or_error work) {
        try {
            auto ended = co_await within(clock_, limit, std::move(work));
            co_return ended;
        } catch (const boost::system::system_error& late) {
            if (late.code() != asio::error::timed_out) throw;
        }
        co_return failure(errc::timed_out,
                          name() + ": gave up after " + seconds(limit) + " of " + one.at.doing);
    }

    nothing_or_error whole(call& one) {
        auto begun = co_await begin_any(one);
        if (!begun) co_return begun;
        co_return co_await one.reply->rest();
    }

    // Up to the answer's head; of an answer that is not streamed, all.
    nothing_or_error begin(call& one) {
        auto begun = co_await begin_any(one);
        if (!begun) co_return begun;
        if (one.reply->status() != 200) co_return co_await one.reply->rest();
        one.reply->unlimited();
        co_return begun;
    }

    nothing_or_error begin_any(call& one) {
        auto text = request_text(one.what);
        if (!text) co_return tl::unexpected(text.error());
        one.over = take_idle();
        if (!one.over) {
            auto opened = co_await dialer_.dial(where_);
            if (!opened) co_return tl::unexpected(opened.error());
            one.over = std::make_unique<session>();
            one.over->stream = std::move(*opened);
        }
        one.at = progress{true, clock_.now(), "sending the request"};
        auto bytes = bytes_of(*text);
        auto sent = co_await one.over->stream->write(bytes);
        if (!sent) co_return tl::unexpected(sent.error());
        one.at.doing = "waiting for the answer";
        one.reply.emplace(*one.over, limits_, one.what.method == "HEAD");
        co_return co_await one.reply->head();
    }

    result<std::string> request_text(const request& what) const {
        auto all = what.headers;
        bool changes = what.method != "GET" && what.method != "HEAD" && what.method != "DELETE";
        if (changes || !what.body.empty()) {
            all["content-length"] = std::to_string(what.body.size());
        }
        all.try_emplace("host", name());
        auto text = head_text(what.method + " " + what.target + " HTTP/1.1", all);
        if (text) *text += what.body;
        return text;
    }

    attempt finish(call& one) const {
        return exchange{one.at.sent_at, clock_.now(), one.reply->take()};
    }

    static attempt failed(const call& one, error why) {
        return tl::unexpected(attempt_failure{std::move(why), one.at.sent, one.at.sent_at});
    }

    std::string name() const {
        bool is_v6 = where_.host.find(':') != std::string::npos;
        auto host = is_v6 ? "[" + where_.host + "]" : where_.host;
        return host + ":" + std::to_string(where_.port);
    }

    link take_idle() {
        while (!idle_.empty()) {
            auto last = std::move(idle_.back());
            idle_.pop_back();
            // Whatever came in since can only be the end, or nonsense.
            bool fresh = clock_.now() - last->idle_since < limits_.idle_time_max;
            if (fresh && last->stream->pending() == transport::arrival::nothing) return last;
        }
        return {};
    }

    void keep(link used) {
        used->idle_since = clock_.now();
        idle_.push_back(std::move(used));
        if (idle_.size() > limits_.idle_connections_max) idle_.pop_front();
    }

    clock_source& clock_;
    transport::dialer& dialer_;
    transport::endpoint where_;
    client_limits limits_;
    std::deque<link> idle_;
};

}  // namespace

std::unique_ptr<client> make_client(clock_source& clock,
                                    transport::dialer& dialer,
                                    transport::endpoint where,
                                    client_limits limits) {
    return std::make_unique<keeping_client>(clock, dialer, std::move(where), limits);
}

}  // namespace ha::http
