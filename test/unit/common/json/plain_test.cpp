// SPDX-License-Identifier: MIT
#include "common/json/plain.hpp"

#include "common/json/quoted.hpp"
#include "test/support/catch.hpp"

#include <nlohmann/json.hpp>

using namespace ha;

namespace {

constexpr std::string_view sample =
    R"( {"kind":"Pod","list":[1,-20,0,[],{}, true,false,null],"text":"a \"b\" \\ \/\b\f\n\r\t",
"deep":{"a":{"b":["x","y"]}},"again":1,"again":[2]} )";

// The same of the same types: 1 and 1.0 are equal to the library, and so are 1 and 1u.
bool is_the_librarys(std::string_view text, const json::value& made) {
    auto wanted = json::value::parse(text, nullptr, false);
    return !wanted.is_discarded() && json::value::to_cbor(made) == json::value::to_cbor(wanted) &&
           made.type() == wanted.type();
}

}  // namespace

TEST_CASE("what programs write is read as the library reads it") {
    for (std::string_view text : {sample,
                                  std::string_view{"[]"},
                                  std::string_view{"\"x\""},
                                  std::string_view{"-7"},
                                  std::string_view{"-0"},
                                  std::string_view{"999999999999999999"}}) {
        INFO(text);
        auto made = json::read_plain(text);
        REQUIRE(made);
        CHECK(is_the_librarys(text, *made));
    }
    CHECK(json::read_plain("7")->is_number_unsigned());
    CHECK(json::read_plain("-7")->type() == json::value::value_t::number_integer);
}

TEST_CASE("what is rare is left to the library, and read all the same") {
    for (const char* text : {"[1.5]",
                             "[1e3]",
                             "[18446744073709551615]",
                             "[-9223372036854775808]",
                             R"(["\u00e9"])",
                             "[\"\xc3\xa9\"]",
                             "\xef\xbb\xbf[]"}) {
        INFO(text);
        CHECK_FALSE(json::read_plain(text));
        auto made = json::parse(text, "the sample");
        REQUIRE(made);
        CHECK(is_the_librarys(text, *made));
    }
    std::string nested(5000, '[');
    CHECK_FALSE(json::read_plain(nested));
    CHECK(json::parse(nested + std::string(5000, ']'), "the sample"));
}

TEST_CASE("nothing is read that the library would not read") {
    for (const char* text : {"",
                             " ",
                             "{",
                             "[1,]",
                             "{\"a\":1,}",
                             "01",
                             "-",
                             "+1",
                             "tru",
                             "nulll",
                             "[1]]",
                             "\"a",
                             "\"\\x\"",
                             "\"a\nb\"",
                             "{\"a\" 1}",
                             "{1:2}",
                             "[1 2]"}) {
        INFO(text);
        CHECK_FALSE(json::read_plain(text));
        CHECK_FALSE(json::parse(text, "the sample"));
    }
    // Every byte of the sample in turn is another, is left out, or is the last.
    constexpr std::string_view others = "\"\\{}[],:0-1.eutn x\n\x01\x7f\xff";
    for (std::size_t at = 0; at < sample.size(); ++at) {
        std::vector<std::string> broken;
        broken.push_back(std::string(sample.substr(0, at)));
        broken.push_back(broken.front() + std::string(sample.substr(at + 1)));
        for (char other : others) {
            broken.emplace_back(sample);
            broken.back()[at] = other;
        }
        for (const auto& text : broken) {
            auto made = json::read_plain(text);
            INFO(text);
            REQUIRE((!made || is_the_librarys(text, *made)));
        }
    }
}

TEST_CASE("the plain beginning of a text ends at the first byte that needs an escape") {
    for (int byte = 0; byte < 256; ++byte) {
        bool plain = byte >= ' ' && byte <= '~' && byte != '"' && byte != '\\';
        for (std::size_t place = 0; place < 20; ++place) {
            std::string text(20, 'a');
            text[place] = static_cast<char>(byte);
            const char* end = text.data() + text.size();
            INFO(byte << " at " << place);
            REQUIRE(json::end_of_plain(text.data(), end) - text.data() ==
                    static_cast<std::ptrdiff_t>(plain ? text.size() : place));
        }
    }
}
