// SPDX-License-Identifier: MIT
#pragma once

#include "common/result.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace ha::mssqlsim {

// A listening TCP port.
class acceptor {
public:
    using taker = std::function<void(boost::asio::ip::tcp::socket)>;

    // Port 0 takes any that is free. Errors: failed, with address and reason.
    static result<acceptor> open(boost::asio::any_io_executor executor,
                                 const std::string& address,
                                 std::uint16_t port,
                                 taker take);
    ~acceptor();
    acceptor(acceptor&&) noexcept = default;
    acceptor& operator=(acceptor&&) noexcept;

    std::uint16_t port() const;

private:
    struct state;
    explicit acceptor(std::shared_ptr<state> made) : state_(std::move(made)) {}
    std::shared_ptr<state> state_;
};

}  // namespace ha::mssqlsim
