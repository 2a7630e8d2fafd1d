// SPDX-License-Identifier: MIT
#include "test/unit/mssqlsim/tds/client_bytes.hpp"

namespace ha::test {

using tds::byte_writer;

std::string from_hex(std::string_view hex) {
    std::string out;
    std::string pair;
    for (auto c : hex) {
        if (c == ' ') continue;
        pair.push_back(c);
        if (pair.size() < 2) continue;
        out.push_back(static_cast<char>(std::stoi(pair, nullptr, 16)));
        pair.clear();
    }
    return out;
}

std::string to_hex(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (auto byte : bytes) {
        out.push_back(digits[static_cast<unsigned char>(byte) >> 4]);
        out.push_back(digits[static_cast<unsigned char>(byte) & 0xF]);
    }
    return out;
}

std::string packet(tds::message_type type, std::string_view body, std::uint8_t status) {
    byte_writer out;
    out.u8(static_cast<std::uint8_t>(type));
    out.u8(status);
    out.u16_big_endian(static_cast<std::uint16_t>(body.size() + 8));
    out.u16(0);
    out.u8(1);
    out.u8(0);
    out.bytes(body);
    return out.take();
}

std::string prelogin_body(std::uint8_t encryption) {
    auto out = from_hex("00 0010 0006  01 0016 0001  04 0017 0001  ff  0c0600020000");
    out.push_back(static_cast<char>(encryption));
    out.push_back('\0');
    return out;
}

std::string login_body(const login_texts& texts, bool read_only) {
    auto secret = tds::utf16_from_utf8(texts.password);
    for (auto& one : secret) {
        auto byte = static_cast<unsigned>(static_cast<unsigned char>(one));
        one = static_cast<char>((((byte << 4) | (byte >> 4)) & 0xFF) ^ 0xA5U);
    }
    constexpr std::size_t fixed_size = 94;
    byte_writer fields;
    byte_writer data;
    auto add = [&](const std::string& units) {
        fields.u16(static_cast<std::uint16_t>(fixed_size + data.size()));
        fields.u16(static_cast<std::uint16_t>(units.size() / 2));
        data.bytes(units);
    };
    add(tds::utf16_from_utf8(texts.host));
    add(tds::utf16_from_utf8(texts.user));
    add(secret);
    add(tds::utf16_from_utf8(texts.application));
    add(tds::utf16_from_utf8("server"));
    auto extension_at = fixed_size + data.size();
    fields.u16(static_cast<std::uint16_t>(extension_at));
    fields.u16(4);
    data.u32(static_cast<std::uint32_t>(extension_at + 4));
    data.bytes(from_hex("0a 01000000 01 ff"));  // UTF-8 support
    add(tds::utf16_from_utf8("library"));
    add({});
    add(tds::utf16_from_utf8(texts.database));

    byte_writer out;
    out.u32(static_cast<std::uint32_t>(fixed_size + data.size()));
    out.u32(0x74000004);
    out.u32(8000);
    out.bytes(std::string(12, '\0'));
    out.bytes(from_hex("e0 03"));
    out.u8(read_only ? 0x20 : 0x00);
    out.u8(0x10);
    out.bytes(std::string(8, '\0'));
    out.bytes(fields.view());
    out.bytes(std::string(22, '\0'));
    out.bytes(data.view());
    return out.take();
}

std::string headers(std::uint64_t transaction) {
    byte_writer out;
    out.u32(22);
    out.u32(18);
    out.u16(2);
    out.u64(transaction);
    out.u32(1);
    return out.take();
}

std::string batch_body(std::string_view text, std::uint64_t transaction) {
    return headers(transaction) + tds::utf16_from_utf8(text);
}

std::string executesql_body(std::string_view text, std::string_view more_parameters) {
    auto nvarchar = [](std::string_view what) {
        auto units = tds::utf16_from_utf8(what);
        byte_writer out;
        out.bytes(from_hex("00 00 e7 401f 0904d00034"));
        out.u16(static_cast<std::uint16_t>(units.size()));
        out.bytes(units);
        return out.take();
    };
    return headers() + from_hex("ffff 0a00 0000") + nvarchar(text) + nvarchar("@P1 int") +
           std::string(more_parameters);
}

}  // namespace ha::test
