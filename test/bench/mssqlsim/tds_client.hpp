// SPDX-License-Identifier: MIT
#pragma once

#include "common/time.hpp"

#include <cstdint>
#include <string>

// A TDS client of the bench that costs next to nothing itself: by hand, in clear, as sa, with one
// prepared statement. What fails is a std::runtime_error.

namespace ha::bench {

class tds_client {
public:
    // Connects to port 1433 and logs in; back when the login was answered.
    explicit tds_client(const std::string& address);
    ~tds_client();
    tds_client(const tds_client&) = delete;
    tds_client& operator=(const tds_client&) = delete;

    // `statement` has @id int as its only parameter.
    void prepare(const std::string& statement);
    void send_execute(std::int32_t id);

    // Reads what is there; true when the answer is whole. It is to be taken then.
    bool receive();
    std::string take_answer();

    int socket() const { return socket_; }
    instant asked_at;  // for the caller

private:
    void send(const std::string& bytes);
    std::string ask(const std::string& bytes);

    int socket_;
    std::string told_;
    std::string handle_;
};

}  // namespace ha::bench
