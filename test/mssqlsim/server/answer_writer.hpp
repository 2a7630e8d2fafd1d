// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/outputs.hpp"
#include "test/mssqlsim/tds/tokens.hpp"

#include <optional>
#include <string>
#include <vector>

// Turns what the model says to one session into the pieces of TDS messages.

namespace ha::mssqlsim {

struct answer_piece {
    std::string tokens;
    bool end_of_message = false;
    bool operator==(const answer_piece&) const = default;
};

class answer_writer {
public:
    explicit answer_writer(std::string server_name) : tokens_(std::move(server_name)) {}

    // A new request: which ordinals its output parameters have, in order, and whether further calls
    // of the same message follow it (their answers make one message).
    void begin(std::vector<std::uint16_t> output_ordinals, bool more_calls_follow);

    void add(const said& what);
    void add(const result_rows& what);
    void add(const statement_done& what);
    void add(const return_status& what);
    void add(const return_value& what);
    void add(const environment_change& what);
    void add(const request_done& what);

    // Tells the client that its session was reset; at the front of the next answer.
    void acknowledge_reset() { tokens_.connection_reset(); }

    // What can go out now. The end of a statement in a batch is held back until it is known whether
    // it is the last one: then it is the answer's end as well.
    std::vector<answer_piece> take();

private:
    void flush_statement();
    void end_message();

    tds::token_writer tokens_;
    std::optional<statement_done> held_;
    std::vector<std::uint16_t> output_ordinals_;
    std::size_t outputs_said_ = 0;
    bool more_calls_follow_ = false;
    std::vector<answer_piece> pieces_;
};

}  // namespace ha::mssqlsim
