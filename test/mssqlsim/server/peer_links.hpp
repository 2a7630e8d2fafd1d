// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/server/acceptor.hpp"
#include "test/mssqlsim/server/channel.hpp"
#include "test/mssqlsim/server/peer_frames.hpp"
#include "test/mssqlsim/server/runtime.hpp"
#include "test/mssqlsim/server/slow_pipe.hpp"

#include <boost/asio/awaitable.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>

// The database-mirroring endpoint: TCP connections to and from other instances.

namespace ha::mssqlsim {

struct peer_terms {
    std::string address;     // where we listen
    std::uint16_t port = 0;  // instead of the model's, unless 0
    std::string hosts_file;  // read at each dial; empty: the machine looks names up
};

class peer_links final : public peer_network {
public:
    peer_links(boost::asio::any_io_executor executor,
               clock_source& clock,
               runtime& on,
               peer_terms terms);

    void dial_endpoint(link_number link, const std::string& url) override;
    void hang_up(link_number link) override;
    void send(link_number link, const peer_message& message) override;
    void listen(std::uint16_t port) override;

    // A network that loses all: every link is ended, and none is made, until it is put right.
    void cut(bool on);

    // Of what is sent from now on, on each link.
    link_speed speed;

private:
    struct link_state {
        std::shared_ptr<channel> wire;  // empty while dialling
        peer_reader reader;
        slow_pipe pipe;
        std::unique_ptr<alarm> bell;  // when something comes out of the pipe
    };

    boost::asio::awaitable<void> reach(link_number link, std::string url);
    boost::asio::awaitable<std::optional<boost::asio::ip::tcp::socket>> connect(std::string url);
    void take(boost::asio::ip::tcp::socket socket);
    void flush(link_number link);
    void begin(link_number link, boost::asio::ip::tcp::socket socket);
    void on_bytes(link_number link, std::string_view bytes);
    void on_end(link_number link, const std::string& why);

    boost::asio::any_io_executor executor_;
    clock_source& clock_;
    runtime& runtime_;
    peer_terms terms_;
    std::optional<acceptor> acceptor_;
    std::map<link_number, link_state> links_;
    bool cut_ = false;
};

}  // namespace ha::mssqlsim
