// SPDX-License-Identifier: MIT
#include "common/transport/tls.hpp"

#include "common/async/doorbell.hpp"
#include "common/transport/tls_session.hpp"

#include <algorithm>

namespace ha::transport {

namespace asio = boost::asio;

namespace {

constexpr std::size_t block_size = 16 * 1024;

using count_or_error = asio::awaitable<result<std::size_t>>;
using nothing_or_error = asio::awaitable<result<void>>;
using state = tls_session::state;

// What a connection is, shared with those who wait in it, because a stream may be destroyed under
// them.
struct secured {
    secured(std::unique_ptr<byte_stream> lower, std::unique_ptr<tls_session> made)
        : below(std::move(lower)), session(std::move(made)), block(block_size) {}

    std::unique_ptr<byte_stream> below;
    std::unique_ptr<tls_session> session;
    peer_check accept;
    std::vector<std::byte> block;
    bool ready = false;
    bool flushing = false;
    bool reading = false;
    doorbell flushed;
    std::optional<error> broken;
    std::optional<identity> peer;
};

using link = std::shared_ptr<secured>;

// Gives way to the next flush however this one ends.
struct flush_turn {
    explicit flush_turn(link over) : mine(std::move(over)) { mine->flushing = true; }
    flush_turn(const flush_turn&) = delete;
    flush_turn& operator=(const flush_turn&) = delete;
    ~flush_turn() {
        mine->flushing = false;
        mine->flushed.ring();
    }
    link mine;
};

nothing_or_error flush_once(link over) {
    flush_turn turn(over);
    auto text = over->session->outgoing();
    auto bytes = std::as_bytes(std::span(text));
    auto sent = co_await over->below->write(bytes);
    if (!sent) over->broken = sent.error();
    if (!sent) co_return tl::unexpected(sent.error());
    co_return result<void>{};
}

// Until all that the session has made is on its way, whoever sends it.
nothing_or_error flush(link over) {
    while (over->flushing || over->session->has_outgoing()) {
        if (over->flushing) {
            co_await over->flushed.wait();
            continue;
        }
        auto sent = co_await flush_once(over);
        if (!sent) co_return sent;
    }
    if (over->broken) co_return tl::unexpected(*over->broken);
    co_return result<void>{};
}

count_or_error feed(link over) {
    auto into = std::span(over->block);
    over->reading = true;
    auto count = co_await over->below->read_some(into);
    over->reading = false;
    if (count) over->session->incoming(into.first(*count));
    co_return count;
}

result<void> judge(secured& over) {
    over.peer = over.session->peer();
    over.ready = true;
    if (!over.accept || !over.peer) return {};
    auto accepted = over.accept(*over.peer);
    if (accepted) return {};
    return failure(errc::unauthorized,
                   "TLS with " + over.below->description() + ": " + accepted.error().message);
}

nothing_or_error shake_on(link over) {
    while (true) {
        auto now = over->session->shake();
        auto sent = co_await flush(over);
        if (now == state::broken) co_return tl::unexpected(over->session->trouble());
        if (now == state::done) co_return judge(*over);
        if (!sent) co_return sent;
        auto count = co_await feed(over);
        if (!count) co_return tl::unexpected(count.error());
        if (*count == 0) {
            auto words = over->below->description() + " ended the connection in the TLS handshake";
            co_return failure(errc::failed, std::move(words));
        }
    }
}

// Once; what it came to stays so.
nothing_or_error shake(link over) {
    if (over->broken) co_return tl::unexpected(*over->broken);
    if (over->ready) co_return result<void>{};
    auto shaken = co_await shake_on(over);
    if (!shaken) {
        over->broken = shaken.error();
        over->below->close();
    }
    co_return shaken;
}

count_or_error read_from(link over, std::span<std::byte> into) {
    auto shaken = co_await shake(over);
    if (!shaken) co_return tl::unexpected(shaken.error());
    while (true) {
        std::size_t count = 0;
        auto now = over->session->read(into, count);
        // An answer to a key update, or an alert. A writer at work takes it along.
        if (over->session->has_outgoing() && !over->flushing) {
            co_await flush_once(over);
        }
        if (now == state::done) co_return count;
        if (now == state::ended) co_return std::size_t{0};
        if (now == state::broken) co_return tl::unexpected(over->session->trouble());
        auto fed = co_await feed(over);
        // An end without TLS's own goodbye is an ordinary end: who reads knows what is missing.
        if (!fed || *fed == 0) co_return fed;
    }
}

// The other side may have said why it does not listen any more, and nobody has read it yet.
asio::awaitable<error> why_broken(link over) {
    if (!over->reading && over->below->pending() != arrival::nothing) {
        co_await feed(over);
        std::size_t count = 0;
        auto now = over->session->read(over->block, count);
        if (now == state::broken) over->broken = over->session->trouble();
    }
    co_return *over->broken;
}

count_or_error write_to(link over, std::span<const std::byte> bytes) {
    auto shaken = co_await shake(over);
    if (!shaken) co_return tl::unexpected(shaken.error());
    for (std::size_t done = 0; done < bytes.size();) {
        auto part = bytes.subspan(done, std::min(block_size, bytes.size() - done));
        auto now = over->session->write(part);
        if (now != state::done) co_return tl::unexpected(over->session->trouble());
        done += part.size();
        auto sent = co_await flush(over);
        if (!sent) {
            auto why = co_await why_broken(over);
            co_return tl::unexpected(std::move(why));
        }
    }
    co_return bytes.size();
}

class tls_stream final : public byte_stream {
public:
    explicit tls_stream(link over) : over_(std::move(over)) {}
    ~tls_stream() override { close(); }

    count_or_error read_some(std::span<std::byte> into) override { return read_from(over_, into); }
    count_or_error write(std::span<const std::byte> bytes) override {
        return write_to(over_, bytes);
    }
    void close() noexcept override { over_->below->close(); }
    std::optional<identity> peer() const override { return over_->peer; }
    std::string description() const override { return over_->below->description(); }

    arrival pending() const override {
        auto below = over_->below->pending();
        bool unread = below == arrival::nothing && over_->session->has_unread();
        return unread ? arrival::bytes : below;
    }

private:
    link over_;
};

// One context for as long as the credentials stay as they are.
class contexts {
public:
    explicit contexts(std::shared_ptr<credential_source> from) : from_(std::move(from)) {}

    template <class Make>
    result<std::shared_ptr<ssl_ctx_st>> current(Make make) {
        auto now = from_->current();
        if (!now) return tl::unexpected(now.error());
        if (context_ && *now == seen_) return context_;
        auto made = make(**now);
        if (!made) return made;
        seen_ = *now;
        context_ = *made;
        return context_;
    }

private:
    std::shared_ptr<credential_source> from_;
    std::shared_ptr<const tls_credentials> seen_;
    std::shared_ptr<ssl_ctx_st> context_;
};

class tls_dialer final : public dialer {
public:
    tls_dialer(std::unique_ptr<dialer> over,
               std::shared_ptr<credential_source> credentials,
               tls_client_options options)
        : over_(std::move(over)), contexts_(std::move(credentials)), options_(std::move(options)) {}

    asio::awaitable<result<std::unique_ptr<byte_stream>>> dial(const endpoint& where) override {
        return connect(where);
    }

private:
    asio::awaitable<result<std::unique_ptr<byte_stream>>> connect(endpoint where) {
        auto context = contexts_.current(make_client_context);
        if (!context) co_return tl::unexpected(context.error());
        auto below = co_await over_->dial(where);
        if (!below) co_return tl::unexpected(below.error());
        std::optional<std::string> name;
        if (!options_.any_name) name = where.server_name.empty() ? where.host : where.server_name;
        auto session = tls_session::client(*context, (*below)->description(), name);
        if (!session) co_return tl::unexpected(session.error());
        auto made = std::make_shared<secured>(std::move(*below), std::move(*session));
        made->accept = options_.accept;
        auto stream = std::make_unique<tls_stream>(made);
        auto shaken = co_await shake(made);
        if (!shaken) co_return tl::unexpected(shaken.error());
        co_return stream;
    }

    std::unique_ptr<dialer> over_;
    contexts contexts_;
    tls_client_options options_;
};

class tls_listener final : public listener {
public:
    tls_listener(std::unique_ptr<listener> over,
                 std::shared_ptr<credential_source> credentials,
                 tls_server_options options)
        : over_(std::move(over)), contexts_(std::move(credentials)), options_(std::move(options)) {}

    asio::awaitable<result<std::unique_ptr<byte_stream>>> accept() override {
        auto below = co_await over_->accept();
        if (!below) co_return tl::unexpected(below.error());
        auto make = [this](const tls_credentials& what) {
            return make_server_context(what, options_.ask);
        };
        auto context = contexts_.current(make);
        if (!context) co_return tl::unexpected(context.error());
        auto session = tls_session::server(*context, (*below)->description());
        if (!session) co_return tl::unexpected(session.error());
        auto made = std::make_shared<secured>(std::move(*below), std::move(*session));
        made->accept = options_.accept;
        co_return std::make_unique<tls_stream>(std::move(made));
    }

    std::uint16_t port() const override { return over_->port(); }
    void close() noexcept override { over_->close(); }

private:
    std::unique_ptr<listener> over_;
    contexts contexts_;
    tls_server_options options_;
};

}  // namespace

std::unique_ptr<dialer> make_tls_dialer(std::unique_ptr<dialer> over,
                                        std::shared_ptr<credential_source> credentials,
                                        tls_client_options options) {
    return std::make_unique<tls_dialer>(
        std::move(over), std::move(credentials), std::move(options));
}

std::unique_ptr<listener> make_tls_listener(std::unique_ptr<listener> over,
                                            std::shared_ptr<credential_source> credentials,
                                            tls_server_options options) {
    return std::make_unique<tls_listener>(
        std::move(over), std::move(credentials), std::move(options));
}

}  // namespace ha::transport
