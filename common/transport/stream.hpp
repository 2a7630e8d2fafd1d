// SPDX-License-Identifier: MIT
#pragma once

#include "common/result.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

// Bytes to and from somebody. HTTP, the Kubernetes client and the peers know no more of the network
// than this page, so that the simulation runs them as they are over pipes in memory.

namespace ha::transport {

// Who is at the other end, as proven by TLS; empty where nothing was proven.
struct identity {
    std::string common_name;
    std::vector<std::string> dns_names;
    bool operator==(const identity&) const = default;
};

// What has come in and was not read yet.
enum class arrival {
    nothing,
    bytes,
    end  // the other side has ended or broken the connection, whatever may be unread before that
};

// A connection that is up. Every awaitable hears cancellation (throws operation_aborted), and after
// that only close() is legal. The destructor closes. One reader and one writer at a time.
class byte_stream {
public:
    virtual ~byte_stream() = default;

    // At least one byte, at most what fits; 0 when the other side has ended in an orderly way.
    // Errors: closed (reset, broken), failed.
    virtual boost::asio::awaitable<result<std::size_t>> read_some(std::span<std::byte> into) = 0;

    // All of it, or an error; after an error nobody knows how much went out.
    virtual boost::asio::awaitable<result<std::size_t>> write(std::span<const std::byte> bytes) = 0;

    // All of it at once, or nothing and false when that would mean to wait (or is not known). For
    // those who would otherwise set a limit to a wait that hardly ever happens.
    virtual bool try_write(std::span<const std::byte> /*bytes*/) { return false; }

    // Ends the connection without ceremony; idempotent. What waits in it returns `closed`.
    virtual void close() noexcept = 0;

    // Without waiting, and without reading. For whoever keeps a connection that he does not read.
    virtual arrival pending() const { return arrival::nothing; }

    virtual std::optional<identity> peer() const = 0;
    virtual std::string description() const = 0;  // for messages: "10.0.0.1:6443"
};

struct endpoint {
    std::string host;  // an IP literal; names are never resolved on a path that decides
    std::uint16_t port = 0;
    std::string server_name;  // what the certificate must name; empty: the host
    bool operator==(const endpoint&) const = default;
};

// Makes connections of one kind (plain, TLS with a set of credentials, a pipe of the simulation).
class dialer {
public:
    virtual ~dialer() = default;
    // No time limit of its own: wrap it in within(). Errors: unreachable, unauthorized (TLS),
    // failed.
    virtual boost::asio::awaitable<result<std::unique_ptr<byte_stream>>> dial(
        const endpoint& where) = 0;
};

// Takes connections. TLS handshakes happen inside the stream's first read, so that a slow client
// does not hold up the next one.
class listener {
public:
    virtual ~listener() = default;
    virtual boost::asio::awaitable<result<std::unique_ptr<byte_stream>>> accept() = 0;
    virtual std::uint16_t port() const = 0;
    virtual void close() noexcept = 0;
};

}  // namespace ha::transport
