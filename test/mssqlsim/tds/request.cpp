// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tds/request.hpp"

#include <array>
#include <string_view>

namespace ha::mssqlsim::tds {

namespace {

constexpr std::uint16_t id_instead_of_name = 0xFFFF;
constexpr std::uint16_t transaction_header = 2;

// [MS-TDS] 2.2.6.6: procedures called by number.
constexpr std::array<std::string_view, 16> known_procedures{
    "",
    "sp_cursor",
    "sp_cursoropen",
    "sp_cursorprepare",
    "sp_cursorexecute",
    "sp_cursorprepexec",
    "sp_cursorunprepare",
    "sp_cursorfetch",
    "sp_cursoroption",
    "sp_cursorclose",
    "sp_executesql",
    "sp_prepare",
    "sp_execute",
    "sp_prepexec",
    "sp_prepexecrpc",
    "sp_unprepare",
};

// ALL_HEADERS in front of every request; only the transaction's descriptor matters to us.
result<std::uint64_t> read_headers(byte_reader& in) {
    std::uint64_t transaction = 0;
    auto total = in.u32();
    if (!in.ok() || total < 4) return failure(errc::malformed, "a request without its headers");
    byte_reader headers(in.take(total - 4));
    while (!headers.at_end()) {
        auto length = headers.u32();
        auto type = headers.u16();
        if (!headers.ok() || length < 6) return failure(errc::malformed, "a bad request header");
        byte_reader data(headers.take(length - 6));
        if (type == transaction_header) transaction = data.u64();
        if (!data.ok()) return failure(errc::malformed, "a bad transaction header");
    }
    if (!in.ok() || !headers.ok()) return failure(errc::malformed, "bad request headers");
    return transaction;
}

result<std::string> read_procedure_name(byte_reader& in) {
    auto length = in.u16();
    if (length != id_instead_of_name) return in.text(length);
    auto id = in.u16();
    if (id == 0 || id >= known_procedures.size())
        return failure(errc::malformed, "no procedure has the number " + std::to_string(id));
    return std::string(known_procedures[id]);
}

bool ends_call(std::string_view rest) {
    auto next = static_cast<unsigned char>(rest.front());
    return next == 0xFF || next == 0xFE;
}

result<rpc_request> read_calls(std::string_view body) {
    rpc_request out;
    byte_reader in(body);
    auto rest = [&] { return body.substr(body.size() - in.remaining()); };
    do {
        procedure_call call;
        auto name = read_procedure_name(in);
        if (!name) return tl::unexpected(name.error());
        call.name = std::move(*name);
        in.u16();  // options: recompile, no metadata
        while (in.ok() && !in.at_end() && !ends_call(rest())) {
            auto next = read_parameter(in);
            if (!next) return tl::unexpected(next.error());
            call.parameters.push_back(std::move(*next));
        }
        if (!in.ok()) return failure(errc::malformed, "a procedure call that does not end");
        out.calls.push_back(std::move(call));
        if (!in.at_end()) in.u8();
    } while (!in.at_end());
    return out;
}

result<transaction_request> read_transaction(byte_reader& in) {
    transaction_request out;
    auto kind = in.u16();
    if (kind != 5 && kind != 7 && kind != 8 && kind != 9)
        return failure(errc::refused, "transaction manager request " + std::to_string(kind));
    out.what = transaction_request::kind{kind};
    if (out.what == transaction_request::kind::begin) in.u8();  // isolation level
    out.name = utf8_from_utf16(in.take(in.u8()));
    auto may_go_on = out.what == transaction_request::kind::commit ||
                     out.what == transaction_request::kind::rollback;
    if (may_go_on) out.then_begin = (in.u8() & 0x01) != 0;
    if (!in.ok())
        return failure(errc::malformed, "a transaction manager request that does not end");
    return out;
}

// The part behind the headers.
result<void> read_body(message_type type, byte_reader& in, request& into) {
    if (type == message_type::batch) {
        into.what = batch_request{utf8_from_utf16(in.take(in.remaining()))};
    } else if (type == message_type::rpc) {
        auto calls = read_calls(in.take(in.remaining()));
        if (!calls) return tl::unexpected(calls.error());
        into.what = std::move(*calls);
    } else {
        auto what = read_transaction(in);
        if (!what) return tl::unexpected(what.error());
        into.what = std::move(*what);
    }
    return {};
}

}  // namespace

result<request> parse_request(const message& incoming) {
    request out;
    out.reset_connection = incoming.reset_connection;
    out.reset_keeps_transaction = incoming.reset_keeps_transaction;
    switch (incoming.type) {
        case message_type::attention: out.what = attention{}; return out;
        case message_type::batch:
        case message_type::rpc:
        case message_type::transaction: break;
        default:
            return failure(errc::refused,
                           "a message of type " +
                               std::to_string(static_cast<unsigned>(incoming.type)) +
                               " instead of a request");
    }
    byte_reader in(incoming.body);
    auto transaction = read_headers(in);
    if (!transaction) return tl::unexpected(transaction.error());
    out.transaction = *transaction;
    auto read = read_body(incoming.type, in, out);
    if (!read) return tl::unexpected(read.error());
    return out;
}

}  // namespace ha::mssqlsim::tds
