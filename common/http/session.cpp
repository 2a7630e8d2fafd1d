// SPDX-License-Identifier: MIT
#include "common/http/session.hpp"

#include "common/async/within.hpp"
#include "common/http/wire.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>

namespace ha::http {

namespace asio = boost::asio;
namespace beast = boost::beast;

namespace {

using parser = beast::http::request_parser<beast::http::string_body>;

constexpr std::size_t block_size = 16 * 1024;
constexpr std::size_t drain_blocks = 64;
constexpr auto drain_time = std::chrono::seconds{1};

// Why a request could not be read: the status to answer with, or 0 to say nothing.
struct unreadable {
    int status = 0;
    std::string words;
};

unreadable parse_error(beast::error_code why) {
    namespace http = beast::http;
    if (why == http::error::header_limit) return {431, "the head is too large"};
    if (why == http::error::body_limit) return {413, "the body is too large"};
    if (why == http::error::partial_message || why == http::error::end_of_stream) return {};
    return {400, "this is not HTTP: " + why.message()};
}

std::string chunk_of(std::string_view block) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string size;
    for (auto rest = block.size(); rest != 0; rest /= 16) size.insert(0, 1, digits[rest % 16]);
    return size + "\r\n" + std::string(block) + "\r\n";
}

class session final : public body_writer {
public:
    session(clock_source& clock,
            std::unique_ptr<transport::byte_stream> caller,
            std::shared_ptr<const service> what)
        : clock_(clock), stream_(std::move(caller)), what_(std::move(what)) {}

    asio::awaitable<void> run() {
        bool go_on = true;
        while (go_on) {
            restart();
            auto awake = co_await first_byte();
            if (!awake) co_return;
            auto trouble = co_await whole_request();
            if (trouble) {
                co_await turn_away(*trouble);
                co_return;
            }
            asked_before_ = true;
            go_on = co_await answer();
        }
    }

    asio::awaitable<void> turn_away(unreadable why) {
        closing_ = true;
        if (why.status == 0) co_return;
        response refusal{why.status, {}, why.words + "\n"};
        auto sent = co_await send(refusal);
        if (sent) co_await drain();
    }

    asio::awaitable<bool> begin(response head) override {
        begun_ = true;
        head.headers.erase("content-length");
        if (version_ >= 11) {
            head.headers["transfer-encoding"] = "chunked";
        } else {
            closing_ = true;
        }
        auto text = text_of(head);
        co_return co_await put(std::move(text));
    }

    asio::awaitable<bool> write(std::string_view block) override {
        if (block.empty() || head_only_) co_return !broken_;
        auto text = version_ >= 11 ? chunk_of(block) : std::string(block);
        co_return co_await put(std::move(text));
    }

    bool gone() const override { return broken_ || stream_->pending() == transport::arrival::end; }

private:
    using maybe_unreadable = std::optional<unreadable>;

    void restart() {
        message_.emplace();
        message_->eager(true);
        message_->header_limit(static_cast<std::uint32_t>(what_->limits.header_bytes_max));
        message_->body_limit(what_->limits.body_bytes_max);
        begun_ = continued_ = head_only_ = false;
        version_ = 11;
    }

    // False when nobody asks anything more.
    asio::awaitable<bool> first_byte() {
        if (buffer_.size() > 0) co_return true;
        try {
            auto work = fill();
            // Who connects has something to ask: handshake and first byte get no idle time.
            auto limit =
                asked_before_ ? what_->limits.idle_time_max : what_->limits.request_time_max;
            auto some = co_await within(clock_, limit, std::move(work));
            co_return some;
        } catch (const boost::system::system_error& late) {
            if (late.code() != asio::error::timed_out) throw;
        }
        co_return false;
    }

    // A socket that is closed with bytes unread is reset, and the answer is lost on its way.
    asio::awaitable<void> drain() {
        try {
            auto work = read_away();
            co_await within(clock_, drain_time, std::move(work));
        } catch (const boost::system::system_error& late) {
            if (late.code() != asio::error::timed_out) throw;
        }
    }

    asio::awaitable<void> read_away() {
        for (std::size_t blocks = 0; blocks < drain_blocks; ++blocks) {
            buffer_.clear();
            auto some = co_await fill();
            if (!some) co_return;
        }
    }

    asio::awaitable<bool> fill() {
        auto space = buffer_.prepare(block_size);
        auto into = std::span(static_cast<std::byte*>(space.data()), space.size());
        auto count = co_await stream_->read_some(into);
        if (!count && count.error().kind != errc::closed && what_->complain) {
            what_->complain(count.error());
        }
        if (count) buffer_.commit(*count);
        co_return count && *count > 0;
    }

    asio::awaitable<maybe_unreadable> whole_request() {
        auto known = parse();
        if (known || message_->is_done()) co_return known;
        try {
            auto work = rest_of_request();
            auto read = co_await within(clock_, what_->limits.request_time_max, std::move(work));
            co_return read;
        } catch (const boost::system::system_error& late) {
            if (late.code() != asio::error::timed_out) throw;
        }
        co_return unreadable{408, "the request did not come in time"};
    }

    asio::awaitable<maybe_unreadable> rest_of_request() {
        while (!message_->is_done()) {
            co_await say_continue();
            auto some = co_await fill();
            if (!some) co_return unreadable{};
            auto known = parse();
            if (known) co_return known;
        }
        co_return maybe_unreadable{};
    }

    maybe_unreadable parse() {
        while (buffer_.size() > 0 && !message_->is_done()) {
            beast::error_code why;
            auto used = message_->put(buffer_.data(), why);
            buffer_.consume(used);
            if (why && why != beast::http::error::need_more) return parse_error(why);
            if (used == 0) break;
        }
        // For what has no limit of its own, as the extensions of a chunk.
        bool endless = !message_->is_done() && buffer_.size() > what_->limits.header_bytes_max;
        if (endless) return unreadable{431, "the head is too large"};
        return {};
    }

    asio::awaitable<void> say_continue() {
        if (continued_ || !message_->is_header_done()) co_return;
        continued_ = true;
        if (!beast::iequals(message_->get()["Expect"], "100-continue")) co_return;
        auto text = std::string{"HTTP/1.1 100 Continue\r\n\r\n"};
        co_await put(std::move(text));
    }

    // True when another request may follow.
    asio::awaitable<bool> answer() {
        closing_ = !message_->keep_alive();
        auto asked = take();
        std::optional<response> reply;
        bool threw = false;
        try {
            reply = co_await what_->answer(std::move(asked), *this);
        } catch (const boost::system::system_error& failure) {
            if (failure.code() == asio::error::operation_aborted) throw;
            threw = complain(failure.what());
        } catch (const std::exception& failure) {
            threw = complain(failure.what());
        }
        if (begun_) co_return co_await end_body(threw);
        if (!reply) reply = response{500, {}, "no answer\n"};
        co_await send(*reply);
        co_return !closing_ && !broken_;
    }

    // What was streamed half has no honest end but a broken connection.
    asio::awaitable<bool> end_body(bool threw) {
        if (threw || broken_) co_return false;
        if (version_ >= 11 && !head_only_) {
            auto text = std::string{"0\r\n\r\n"};
            co_await put(std::move(text));
        }
        co_return !closing_ && !broken_;
    }

    bool complain(const char* words) {
        if (what_->complain) {
            what_->complain(error{errc::failed, std::string{"a handler failed: "} + words});
        }
        return true;
    }

    incoming take() {
        auto& message = message_->get();
        version_ = message.version();
        head_only_ = message.method() == beast::http::verb::head;
        request asked{std::string(message.method_string()), std::string(message.target()), {}, {}};
        for (auto& one : message) {
            std::string name(one.name_string());
            std::transform(name.begin(), name.end(), name.begin(), [](unsigned char letter) {
                return static_cast<char>(std::tolower(letter));
            });
            auto [place, fresh] = asked.headers.try_emplace(std::move(name), one.value());
            if (!fresh) place->second += ", " + std::string(one.value());
        }
        asked.body = std::move(message.body());
        return incoming{std::move(asked), stream_->peer()};
    }

    asio::awaitable<bool> send(response& reply) {
        bool bodyless = has_no_body(reply.status);
        reply.headers.erase("transfer-encoding");
        reply.headers.erase("content-length");
        if (!bodyless) reply.headers["content-length"] = std::to_string(reply.body.size());
        auto text = text_of(reply);
        if (!bodyless && !head_only_) text += reply.body;
        co_return co_await put(std::move(text));
    }

    std::string text_of(response& reply) {
        if (closing_) reply.headers["connection"] = "close";
        auto line = "HTTP/1.1 " + std::to_string(reply.status) + " ";
        auto text = head_text(line + std::string(status_words(reply.status)), reply.headers);
        if (text) return *text;
        complain(text.error().message.c_str());
        closing_ = true;
        return "HTTP/1.1 500 Internal Server Error\r\nconnection: close\r\n\r\n";
    }

    asio::awaitable<bool> put(std::string text) {
        if (broken_) co_return false;
        auto bytes = bytes_of(text);
        if (stream_->try_write(bytes)) co_return true;
        try {
            auto work = stream_->write(bytes);
            auto done = co_await within(clock_, what_->limits.write_time_max, std::move(work));
            broken_ = !done;
        } catch (const boost::system::system_error& late) {
            if (late.code() != asio::error::timed_out) throw;
            broken_ = true;
        }
        co_return !broken_;
    }

    clock_source& clock_;
    std::unique_ptr<transport::byte_stream> stream_;
    std::shared_ptr<const service> what_;
    beast::flat_buffer buffer_;
    std::optional<parser> message_;
    unsigned version_ = 11;
    bool head_only_ = false;
    bool asked_before_ = false;
    bool begun_ = false;      // a body is being streamed
    bool continued_ = false;  // 100 Continue was considered
    bool closing_ = false;    // no request after this one
    bool broken_ = false;     // nothing more goes out
};

}  // namespace

asio::awaitable<void> converse(clock_source& clock,
                               std::unique_ptr<transport::byte_stream> caller,
                               std::shared_ptr<const service> what) {
    session one(clock, std::move(caller), std::move(what));
    co_await one.run();
}

asio::awaitable<void> refuse(clock_source& clock,
                             std::unique_ptr<transport::byte_stream> caller,
                             std::shared_ptr<const service> what) {
    session one(clock, std::move(caller), std::move(what));
    auto why = unreadable{503, "too many connections"};
    co_await one.turn_away(std::move(why));
}

}  // namespace ha::http
