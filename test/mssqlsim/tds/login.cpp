// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tds/login.hpp"

#include "test/mssqlsim/tds/bytes.hpp"

namespace ha::mssqlsim::tds {

namespace {

constexpr std::uint32_t tds_7_2 = 0x72090002;
constexpr std::uint8_t read_only_intent_bit = 0x20;
constexpr std::uint8_t integrated_bit = 0x80;
constexpr std::uint8_t change_password_bit = 0x01;
constexpr std::uint8_t extension_bit = 0x10;
constexpr std::uint8_t feature_end = 0xFF;

struct field {
    std::uint16_t offset = 0;
    std::uint16_t length = 0;  // in code units for text, in bytes for the extension
};

// Where the variable part of the message has what.
struct layout {
    field host, user, password, application, server, extension, library, language, database;
    bool has_extension = false;
};

field read_field(byte_reader& in) {
    field out;
    out.offset = in.u16();
    out.length = in.u16();
    return out;
}

layout read_layout(byte_reader& in) {
    layout out;
    for (auto* one : {&out.host,
                      &out.user,
                      &out.password,
                      &out.application,
                      &out.server,
                      &out.extension,
                      &out.library,
                      &out.language,
                      &out.database})
        *one = read_field(in);
    in.take(6);  // the client's network address
    in.take(4);  // SSPI
    in.take(4);  // a database file to attach
    in.take(4);  // the new password
    in.take(4);  // long SSPI
    return out;
}

// Fixed part in front of the layout. Fills in what it says; the layout's flag comes from it too.
layout read_fixed(byte_reader& in, login_request& into) {
    in.u32();  // length
    into.tds_version = in.u32();
    into.packet_size = in.u32();
    in.take(12);  // the client's version, its process, the connection it continues
    in.u8();
    auto flags_2 = in.u8();
    auto type_flags = in.u8();
    auto flags_3 = in.u8();
    in.take(8);  // time zone and locale
    into.integrated = (flags_2 & integrated_bit) != 0;
    into.read_only_intent = (type_flags & read_only_intent_bit) != 0;
    into.changes_password = (flags_3 & change_password_bit) != 0;
    auto out = read_layout(in);
    out.has_extension = (flags_3 & extension_bit) != 0;
    return out;
}

// False when it lies outside the message.
bool slice(std::string_view body, field where, std::size_t unit, std::string_view& out) {
    auto size = where.length * unit;
    if (size == 0) return true;  // some clients leave the offset of an empty field undefined
    if (where.offset + size > body.size()) return false;
    out = body.substr(where.offset, size);
    return true;
}

bool read_text(std::string_view body, field where, std::string& out) {
    std::string_view raw;
    if (!slice(body, where, 2, raw)) return false;
    out = utf8_from_utf16(raw);
    return true;
}

// Each byte was rolled by half and then XORed: not a cipher, a courtesy.
std::string decode_password(std::string_view raw) {
    std::string plain(raw);
    for (auto& one : plain) {
        auto byte = static_cast<unsigned>(static_cast<unsigned char>(one)) ^ 0xA5U;
        one = static_cast<char>(((byte << 4) | (byte >> 4)) & 0xFF);
    }
    return plain;
}

result<std::vector<login_feature>> read_features(std::string_view body, field where) {
    std::string_view raw;
    if (!slice(body, where, 1, raw) || raw.size() < 4)
        return failure(errc::malformed, "LOGIN7 has its extension outside the message");
    auto start = byte_reader(raw).u32();
    if (start > body.size())
        return failure(errc::malformed, "LOGIN7 has its features outside the message");
    byte_reader in(body.substr(start));
    std::vector<login_feature> out;
    for (;;) {
        auto id = in.u8();
        if (in.ok() && id == feature_end) return out;
        auto length = in.u32();
        auto data = in.take(length);
        if (!in.ok()) return failure(errc::malformed, "LOGIN7 has a feature that does not end");
        out.push_back({id, std::string(data)});
    }
}

}  // namespace

result<login_request> parse_login(std::string_view body) {
    login_request out;
    byte_reader in(body);
    auto where = read_fixed(in, out);
    if (!in.ok()) return failure(errc::malformed, "LOGIN7 is shorter than its fixed part");
    if (out.tds_version < tds_7_2)
        return failure(errc::refused, "the client speaks a TDS version before 7.2");

    std::string_view secret;
    auto inside = read_text(body, where.host, out.host) && read_text(body, where.user, out.user) &&
                  slice(body, where.password, 2, secret) &&
                  read_text(body, where.application, out.application) &&
                  read_text(body, where.server, out.server) &&
                  read_text(body, where.library, out.library) &&
                  read_text(body, where.language, out.language) &&
                  read_text(body, where.database, out.database);
    if (!inside) return failure(errc::malformed, "LOGIN7 has a field outside the message");
    out.password = utf8_from_utf16(decode_password(secret));

    if (where.has_extension) {
        auto features = read_features(body, where.extension);
        if (!features) return tl::unexpected(features.error());
        out.features = std::move(*features);
    }
    return out;
}

}  // namespace ha::mssqlsim::tds
