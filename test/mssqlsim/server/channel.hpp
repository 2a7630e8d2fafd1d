// SPDX-License-Identifier: MIT
#pragma once

#include "common/async/doorbell.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

// A TCP connection whose writer never waits: bytes are queued and go out in their order. Lives as
// long as somebody holds it or its socket is open.

namespace ha::mssqlsim {

class channel : public std::enable_shared_from_this<channel> {
public:
    struct events {
        std::function<void(std::string_view bytes)> received;
        std::function<void(const std::string& why)> ended;  // once; not after close()
    };

    static std::shared_ptr<channel> make(boost::asio::ip::tcp::socket socket);
    // Nothing is read before. The events keep what they captured until the end.
    void start(events tell);

    void write(std::string bytes);
    void finish();  // reads no more; closes when all that was written is out
    void close();

    std::string remote() const;
    // Unspecified addresses when the connection is gone.
    boost::asio::ip::tcp::endpoint remote_end() const;
    boost::asio::ip::tcp::endpoint local_end() const;

private:
    explicit channel(boost::asio::ip::tcp::socket socket) : socket_(std::move(socket)) {}
    static boost::asio::awaitable<void> read(std::shared_ptr<channel> self);
    static boost::asio::awaitable<void> send(std::shared_ptr<channel> self);
    void end(const std::string& why);

    boost::asio::ip::tcp::socket socket_;
    events tell_;
    doorbell changed_;
    std::string queued_;
    bool finishing_ = false;
    bool closed_ = false;
};

}  // namespace ha::mssqlsim
