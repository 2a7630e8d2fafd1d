// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// Reading and writing the little-endian numbers and the UTF-16 strings that TDS is made of. Byte
// strings are std::string: what comes from a socket, goes to one, or is a piece of either.

namespace ha::mssqlsim::tds {

// Reads front to back. A read past the end makes ok() false for good and yields zeros and empty
// strings from then on, so that a parser may read all its fields first and ask once.
class byte_reader {
public:
    explicit byte_reader(std::string_view bytes) : rest_(bytes) {}

    bool ok() const { return ok_; }
    std::size_t remaining() const { return rest_.size(); }
    bool at_end() const { return rest_.empty(); }

    std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
    std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
    std::uint16_t u16_big_endian();
    std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
    std::uint64_t u64() { return number(8); }
    std::uint64_t number(std::size_t size);  // of up to eight bytes

    // The next `size` bytes, valid as long as the bytes read from.
    std::string_view take(std::size_t size);

    // UTF-16 of that many code units, as UTF-8.
    std::string text(std::size_t units);

private:
    std::string_view rest_;
    bool ok_ = true;
};

class byte_writer {
public:
    void u8(std::uint8_t value) { number(value, 1); }
    void u16(std::uint16_t value) { number(value, 2); }
    void u16_big_endian(std::uint16_t value);
    void u32(std::uint32_t value) { number(value, 4); }
    void u32_big_endian(std::uint32_t value);
    void u64(std::uint64_t value) { number(value, 8); }
    void number(std::uint64_t value, std::size_t size);
    void bytes(std::string_view raw) { bytes_.append(raw); }

    // UTF-16 with its length in code units before it; longer text is cut at what the length can
    // say.
    void short_text(std::string_view utf8);  // one byte of length
    void text(std::string_view utf8);        // two

    std::size_t size() const { return bytes_.size(); }
    const std::string& view() const { return bytes_; }
    std::string take();

private:
    std::string bytes_;
};

// What is not valid becomes U+FFFD; an odd last byte is dropped.
std::string utf8_from_utf16(std::string_view little_endian);
std::string utf16_from_utf8(std::string_view utf8);

}  // namespace ha::mssqlsim::tds
