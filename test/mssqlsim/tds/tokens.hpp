// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/tds/bytes.hpp"
#include "test/mssqlsim/tds/prelogin.hpp"
#include "test/mssqlsim/tsql/value.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The tokens of an answer ([MS-TDS] 2.2.7), written one after the other into one string.

namespace ha::mssqlsim::tds {

struct server_message {
    std::int32_t number = 0;
    std::uint8_t state = 1;
    std::uint8_t severity = 16;  // up to 10 it is an INFO, above an ERROR
    std::string text;
    std::string procedure;
    std::int32_t line = 1;
};

enum class done_token : std::uint8_t { done = 0xFD, procedure = 0xFE, in_procedure = 0xFF };

struct done_status {
    bool more = false;
    bool error = false;
    bool in_transaction = false;
    bool attention = false;
    std::optional<std::uint64_t> row_count{};
    std::uint16_t command = 0;
};

class token_writer {
public:
    explicit token_writer(std::string server_name) : server_name_(std::move(server_name)) {}

    void columns(const std::vector<column>& all);
    void order(const std::vector<std::uint16_t>& columns);
    // As many values as columns were announced.
    void row(const std::vector<column>& all, const std::vector<value>& values);
    void message(const server_message& what);
    void done(done_token which, const done_status& status);
    void return_status(std::int32_t status);
    void return_value(std::uint16_t ordinal,
                      std::string_view name,
                      const column_type&,
                      const value&);

    void login_acknowledged(server_version version, std::uint32_t tds_version);
    void features(bool utf8_support, std::optional<std::string_view> session_recovery);
    void database_changed(std::string_view now, std::string_view before);
    void language_changed(std::string_view now);
    void collation_set();
    void packet_size_changed(std::size_t now, std::size_t before);
    void transaction_begun(std::uint64_t descriptor);
    void transaction_committed(std::uint64_t descriptor);
    void transaction_rolled_back(std::uint64_t descriptor);
    void connection_reset();
    void routed_to(std::string_view host, std::uint16_t port);

    std::size_t size() const { return out_.size(); }
    std::string take() { return out_.take(); }

private:
    void change(std::uint8_t type, std::string_view data);
    void text_change(std::uint8_t type, std::string_view now, std::string_view before);
    void packed_row(const std::vector<column>& all, const std::vector<value>& values);

    std::string server_name_;
    byte_writer out_;
};

}  // namespace ha::mssqlsim::tds
