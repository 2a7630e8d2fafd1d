// SPDX-License-Identifier: MIT
#pragma once

#include "common/transport/stream.hpp"

#include <boost/asio/any_io_executor.hpp>

// Plain TCP. Hosts are IP literals; names are never resolved.

namespace ha::transport {

// Connections have no delay for small writes, and keep-alive that finds a dead host in half a
// minute.
std::unique_ptr<dialer> make_tcp_dialer();

// Port 0: any that is free. Errors: failed, with address and reason.
result<std::unique_ptr<listener>> listen_tcp(boost::asio::any_io_executor executor,
                                             const endpoint& where);

// "10.0.0.1:6443", "[::1]:6443".
std::string words(const endpoint& where);

}  // namespace ha::transport
