// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tds/bytes.hpp"

#include "test/support/catch.hpp"

using namespace ha::mssqlsim::tds;

TEST_CASE("text of every plane goes to UTF-16 and back") {
    std::string text = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80";  // a, e acute, euro, a face
    auto units = utf16_from_utf8(text);
    REQUIRE(units.size() == 10);
    REQUIRE(utf8_from_utf16(units) == text);
}

TEST_CASE("what is not UTF-8 or UTF-16 becomes the replacement character") {
    std::string bad = "x\xFFy\xC3";
    REQUIRE(utf8_from_utf16(utf16_from_utf8(bad)) == "x\xEF\xBF\xBDy\xEF\xBF\xBD");
    std::string overlong = "\xC0\x80";
    REQUIRE(utf8_from_utf16(utf16_from_utf8(overlong)) == "\xEF\xBF\xBD\xEF\xBF\xBD");
    std::string surrogate_alone("\x00\xD8", 2);
    REQUIRE(utf8_from_utf16(surrogate_alone) == "\xEF\xBF\xBD");
    REQUIRE(utf8_from_utf16(std::string("a\0b", 3)) == "a");
}

TEST_CASE("a read past the end is remembered and yields zeros") {
    byte_reader in(std::string_view("\x01\x02\x03", 3));
    REQUIRE(in.u16() == 0x0201);
    REQUIRE(in.u32() == 0);
    REQUIRE_FALSE(in.ok());
    REQUIRE(in.u8() == 0);
    REQUIRE(in.text(1).empty());
}

TEST_CASE("text longer than its length byte is cut between characters") {
    std::string faces;
    for (int i = 0; i < 200; ++i) faces += "\xF0\x9F\x98\x80";
    byte_writer out;
    out.short_text(faces);
    auto bytes = out.take();
    REQUIRE(static_cast<unsigned char>(bytes[0]) == 254);
    REQUIRE(bytes.size() == 1 + 2 * 254);
    REQUIRE(utf8_from_utf16(std::string_view(bytes).substr(1)) == faces.substr(0, 127 * 4UL));
}
