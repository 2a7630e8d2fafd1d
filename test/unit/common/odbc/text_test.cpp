// SPDX-License-Identifier: MIT
#include "common/odbc/text.hpp"

#include "test/support/catch.hpp"

using namespace ha::odbc;

TEST_CASE("UTF-8 goes to UTF-16 and back") {
    std::string text = "a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x90\x98";
    CHECK(to_utf16(text) == u"a\u00e4\u20ac\U0001F418");
    CHECK(to_utf8(to_utf16(text)) == text);
    CHECK(to_utf8(u"").empty());
}

TEST_CASE("what is no encoding becomes the replacement character, byte by byte") {
    CHECK(to_utf16("a\xff") == u"a\uFFFD");
    CHECK(to_utf16("\xC3") == u"\uFFFD");
    CHECK(to_utf16("\xC0\xAF") == u"\uFFFD\uFFFD");
    CHECK(to_utf16("\xED\xA0\x80") == u"\uFFFD\uFFFD\uFFFD");
    CHECK(to_utf16("\xF4\x90\x80\x80").size() == 4);
    std::u16string half{char16_t{0xD83D}, u'x'};
    CHECK(to_utf8(half) == "\xEF\xBF\xBDx");
    std::u16string reversed{char16_t{0xDC18}, char16_t{0xD83D}};
    CHECK(to_utf8(reversed) == "\xEF\xBF\xBD\xEF\xBF\xBD");
}
