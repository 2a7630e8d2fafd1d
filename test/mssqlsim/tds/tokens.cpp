// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tds/tokens.hpp"

#include "test/mssqlsim/tds/column_codec.hpp"
#include "test/mssqlsim/tds/login.hpp"

#include <algorithm>

namespace ha::mssqlsim::tds {

namespace {

enum token : std::uint8_t {
    return_status_token = 0x79,
    columns_token = 0x81,
    order_token = 0xA9,
    error_token = 0xAA,
    info_token = 0xAB,
    return_value_token = 0xAC,
    login_token = 0xAD,
    features_token = 0xAE,
    row_token = 0xD1,
    packed_row_token = 0xD2,
    change_token = 0xE3,
};

// The types of ENVCHANGE.
enum change_type : std::uint8_t {
    database_change = 1,
    language_change = 2,
    packet_size_change = 4,
    collation_change = 7,
    transaction_begin = 8,
    transaction_commit = 9,
    transaction_rollback = 10,
    reset_acknowledged = 18,
    routing_change = 20,
};

constexpr std::uint16_t nullable_flag = 0x0001;
constexpr std::uint16_t updatable_unknown_flag = 0x0008;
constexpr std::uint16_t identity_flag = 0x0010;
constexpr std::uint16_t computed_flag = 0x0020;
constexpr std::string_view program_name = "Microsoft SQL Server";

std::uint16_t flags_of(const column& one) {
    unsigned made = one.nullable ? nullable_flag : 0U;
    if (one.identity)
        made |= identity_flag;
    else if (one.origin == column_origin::table)
        made |= updatable_unknown_flag;
    else if (one.origin == column_origin::computed)
        made |= computed_flag;
    return static_cast<std::uint16_t>(made);
}

std::string with_length(std::string_view data) {
    byte_writer out;
    out.u8(static_cast<std::uint8_t>(data.size()));
    out.bytes(data);
    return out.take();
}

std::string descriptor_bytes(std::uint64_t descriptor) {
    byte_writer out;
    out.u64(descriptor);
    return out.take();
}

}  // namespace

void token_writer::columns(const std::vector<column>& all) {
    out_.u8(columns_token);
    out_.u16(static_cast<std::uint16_t>(all.size()));
    for (const auto& one : all) {
        out_.u32(0);  // user type
        out_.u16(flags_of(one));
        write_type(out_, one);
        out_.short_text(one.name);
    }
}

void token_writer::order(const std::vector<std::uint16_t>& columns) {
    out_.u8(order_token);
    out_.u16(static_cast<std::uint16_t>(2 * columns.size()));
    for (const auto one : columns) out_.u16(one);
}

void token_writer::row(const std::vector<column>& all, const std::vector<value>& values) {
    if (std::any_of(values.begin(), values.end(), is_null)) return packed_row(all, values);
    out_.u8(row_token);
    for (std::size_t i = 0; i < all.size(); ++i) write_value(out_, all[i], values[i]);
}

// A row that says in a bitmap which of its columns are NULL and leaves them out.
void token_writer::packed_row(const std::vector<column>& all, const std::vector<value>& values) {
    std::string nulls((all.size() + 7) / 8, '\0');
    for (std::size_t i = 0; i < all.size(); ++i)
        if (is_null(values[i])) nulls[i / 8] = static_cast<char>(nulls[i / 8] | (1 << (i % 8)));
    out_.u8(packed_row_token);
    out_.bytes(nulls);
    for (std::size_t i = 0; i < all.size(); ++i)
        if (!is_null(values[i])) write_value(out_, all[i], values[i]);
}

void token_writer::message(const server_message& what) {
    constexpr std::uint8_t severity_of_notes = 10;
    constexpr std::size_t text_bytes_max = 8000;  // the token's length has only two bytes
    byte_writer body;
    body.u32(static_cast<std::uint32_t>(what.number));
    body.u8(what.state);
    // Ten is told as nought.
    body.u8(what.severity == severity_of_notes ? std::uint8_t{0} : what.severity);
    body.text(std::string_view(what.text).substr(0, text_bytes_max));
    body.short_text(server_name_);
    body.short_text(what.procedure);
    body.u32(static_cast<std::uint32_t>(what.line));
    out_.u8(what.severity <= severity_of_notes ? info_token : error_token);
    out_.u16(static_cast<std::uint16_t>(body.size()));
    out_.bytes(body.view());
}

void token_writer::done(done_token which, const done_status& status) {
    auto bit = [](bool is_set, unsigned mask) { return is_set ? mask : 0U; };
    auto bits = bit(status.more, 0x01) | bit(status.error, 0x02) |
                bit(status.in_transaction, 0x04) | bit(status.row_count.has_value(), 0x10) |
                bit(status.attention, 0x20);
    out_.u8(static_cast<std::uint8_t>(which));
    out_.u16(static_cast<std::uint16_t>(bits));
    out_.u16(status.command);
    out_.u64(status.row_count.value_or(0));
}

void token_writer::return_status(std::int32_t status) {
    out_.u8(return_status_token);
    out_.u32(static_cast<std::uint32_t>(status));
}

void token_writer::return_value(std::uint16_t ordinal,
                                std::string_view name,
                                const column_type& type,
                                const value& what) {
    out_.u8(return_value_token);
    out_.u16(ordinal);
    out_.short_text(name);
    out_.u8(1);   // an output parameter
    out_.u32(0);  // user type
    out_.u16(0);  // flags: none is told, though the type may be NULL
    write_type(out_, type);
    write_value(out_, type, what);
}

void token_writer::login_acknowledged(server_version version, std::uint32_t tds_version) {
    byte_writer body;
    body.u8(1);  // the interface: T-SQL
    body.u32_big_endian(tds_version);
    body.short_text(program_name);
    body.u8(version.major);
    body.u8(version.minor);
    body.u16_big_endian(version.build);
    out_.u8(login_token);
    out_.u16(static_cast<std::uint16_t>(body.size()));
    out_.bytes(body.view());
}

void token_writer::features(bool utf8_support, std::optional<std::string_view> session_recovery) {
    if (!utf8_support && !session_recovery) return;
    auto write = [this](std::uint8_t id, std::string_view data) {
        out_.u8(id);
        out_.u32(static_cast<std::uint32_t>(data.size()));
        out_.bytes(data);
    };
    out_.u8(features_token);
    if (session_recovery) write(feature_session_recovery, *session_recovery);
    if (utf8_support) write(feature_utf8_support, "\x01");
    out_.u8(0xFF);
}

void token_writer::change(std::uint8_t type, std::string_view data) {
    out_.u8(change_token);
    out_.u16(static_cast<std::uint16_t>(data.size() + 1));
    out_.u8(type);
    out_.bytes(data);
}

void token_writer::text_change(std::uint8_t type, std::string_view now, std::string_view before) {
    byte_writer data;
    data.short_text(now);
    data.short_text(before);
    change(type, data.view());
}

void token_writer::database_changed(std::string_view now, std::string_view before) {
    text_change(database_change, now, before);
}

void token_writer::language_changed(std::string_view now) {
    text_change(language_change, now, "");
}

void token_writer::collation_set() {
    change(collation_change, with_length(collation) + with_length(""));
}

void token_writer::packet_size_changed(std::size_t now, std::size_t before) {
    text_change(packet_size_change, std::to_string(now), std::to_string(before));
}

void token_writer::transaction_begun(std::uint64_t descriptor) {
    change(transaction_begin, with_length(descriptor_bytes(descriptor)) + with_length(""));
}

void token_writer::transaction_committed(std::uint64_t descriptor) {
    change(transaction_commit, with_length("") + with_length(descriptor_bytes(descriptor)));
}

void token_writer::transaction_rolled_back(std::uint64_t descriptor) {
    change(transaction_rollback, with_length("") + with_length(descriptor_bytes(descriptor)));
}

void token_writer::connection_reset() {
    change(reset_acknowledged, with_length("") + with_length(""));
}

void token_writer::routed_to(std::string_view host, std::uint16_t port) {
    byte_writer target;
    target.u8(0);  // TCP
    target.u16(port);
    target.text(host);
    byte_writer data;
    data.u16(static_cast<std::uint16_t>(target.size()));
    data.bytes(target.view());
    data.u16(0);
    change(routing_change, data.view());
}

}  // namespace ha::mssqlsim::tds
