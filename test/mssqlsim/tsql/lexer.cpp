// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/lexer.hpp"

#include <array>
#include <optional>

namespace ha::mssqlsim {

namespace {

enum class_bits : std::uint8_t { blank = 1, digit = 2, word_start = 4, word_rest = 8 };

constexpr std::array<std::uint8_t, 256> make_classes() {
    std::array<std::uint8_t, 256> made{};
    for (const char c : std::string_view{" \t\n\v\f\r"})
        made[static_cast<unsigned char>(c)] = blank;
    for (unsigned char c = '0'; c <= '9'; ++c) made[c] = digit | word_rest;
    for (std::size_t c = 0x80; c < made.size(); ++c) made[c] = word_start | word_rest;
    for (unsigned char c = 'a'; c <= 'z'; ++c)
        made[c] = made[c - 'a' + 'A'] = word_start | word_rest;
    made['_'] = made['#'] = word_start | word_rest;
    made['$'] = made['@'] = word_rest;
    return made;
}

bool is(char c, class_bits what) {
    static constexpr auto classes = make_classes();
    return (classes[static_cast<unsigned char>(c)] & what) != 0;
}

class lexer {
public:
    lexer(std::string_view text, bool quoted_identifiers)
        : text_(text), quoted_identifiers_(quoted_identifiers) {
        made_.reserve(text.size() / 4 + 1);
    }

    sql_result<std::vector<token>> run() {
        while (true) {
            if (auto bad = skip_blank()) return tl::unexpected(*bad);
            start_line_ = line_;
            if (at_ == text_.size()) {
                add(token::kind::end, "");
                return std::move(made_);
            }
            if (auto bad = one()) return tl::unexpected(*bad);
        }
    }

private:
    using trouble = std::optional<sql_error>;

    char peek(std::size_t ahead = 0) const {
        return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
    }

    void add(token::kind what, std::string text) {
        made_.push_back(token{what, std::move(text), start_line_, false});
    }

    static sql_error error(std::int32_t number, std::string text, std::int32_t line) {
        return sql_error{number, std::move(text), 15, 1, sql_error::reach::scope, line, {}};
    }

    trouble skip_blank() {
        while (at_ < text_.size()) {
            if (peek() == '-' && peek(1) == '-') {
                while (at_ < text_.size() && peek() != '\n') ++at_;
            } else if (peek() == '/' && peek(1) == '*') {
                if (!skip_comment()) return error(113, "Missing end comment mark '*/'.", line_);
            } else if (is(peek(), blank)) {
                if (peek() == '\n') ++line_;
                ++at_;
            } else {
                break;
            }
        }
        return {};
    }

    bool skip_comment() {
        for (int depth = 0; at_ < text_.size();) {
            if (peek() == '/' && peek(1) == '*') {
                ++depth, at_ += 2;
            } else if (peek() == '*' && peek(1) == '/') {
                at_ += 2;
                if (--depth == 0) return true;
            } else {
                if (peek() == '\n') ++line_;
                ++at_;
            }
        }
        return false;
    }

    trouble one() {
        const char c = peek();
        if ((c == 'N' || c == 'n') && peek(1) == '\'') {
            ++at_;
            auto bad = quoted('\'', token::kind::string);
            if (!bad) made_.back().national = true;
            return bad;
        }
        if (c == '\'') return quoted('\'', token::kind::string);
        if (c == '"')
            return quoted('"', quoted_identifiers_ ? token::kind::name : token::kind::string);
        if (c == '[') return quoted(']', token::kind::name);
        if (c == '0' && (peek(1) == 'x' || peek(1) == 'X')) return hexadecimal();
        if (is(c, digit) || (c == '.' && is(peek(1), digit))) return number();
        if (c == '$' && (is(peek(1), digit) || peek(1) == '.')) return money();
        if (c == '@' || is(c, word_start)) return word();
        return symbol();
    }

    trouble quoted(char close, token::kind what) {
        std::string made;
        for (++at_; at_ < text_.size(); ++at_) {
            if (peek() == '\n') ++line_;
            if (peek() != close) {
                made += peek();
            } else if (peek(1) == close) {
                made += close;
                ++at_;
            } else {
                ++at_;
                add(what, std::move(made));
                return {};
            }
        }
        auto after = error(102, "Incorrect syntax near '" + made + "'.", start_line_);
        return followed_by(
            error(105,
                  "Unclosed quotation mark after the character string '" + made + "'.",
                  start_line_),
            std::move(after));
    }

    trouble hexadecimal() {
        const auto end = text_.find_first_not_of("0123456789abcdefABCDEF", at_ + 2);
        std::string digits{text_.substr(at_ + 2, end - at_ - 2)};
        at_ += 2 + digits.size();
        add(token::kind::hexadecimal, std::move(digits));
        return {};
    }

    trouble number() {
        std::string digits;
        auto what = token::kind::integer;
        for (; is(peek(), digit) || peek() == '.'; ++at_) {
            if (peek() == '.') what = token::kind::decimal;
            digits += peek();
        }
        if (const auto mark = exponent_mark(); mark > 0) {
            what = token::kind::decimal;
            digits += text_.substr(at_, mark);
            for (at_ += mark; is(peek(), digit); ++at_) digits += peek();
        }
        add(what, std::move(digits));
        return {};
    }

    // How long an E with its sign is before digits; nought where there is none.
    std::size_t exponent_mark() const {
        if (peek() != 'e' && peek() != 'E') return 0;
        const std::size_t mark = peek(1) == '+' || peek(1) == '-' ? 2 : 1;
        return is(peek(mark), digit) ? mark : 0;
    }

    // $12.50: the symbol stays before the digits.
    trouble money() {
        ++at_;
        auto bad = number();
        if (!bad) made_.back().text.insert(0, 1, '$');
        if (!bad) made_.back().what = token::kind::decimal;
        return bad;
    }

    trouble word() {
        const auto begin = at_;
        const auto what = peek() == '@' ? token::kind::variable : token::kind::word;
        while (is(peek(), word_rest)) ++at_;
        add(what, std::string{text_.substr(begin, at_ - begin)});
        return {};
    }

    trouble symbol() {
        static constexpr std::array<std::string_view, 14> twos{
            "<>", "<=", ">=", "!=", "!<", "!>", "::", "+=", "-=", "*=", "/=", "%=", "&=", "|="};
        for (const auto two : twos)
            if (peek() == two[0] && peek(1) == two[1]) {
                at_ += 2;
                add(token::kind::symbol, std::string{two});
                return {};
            }
        static constexpr std::string_view ones = "()+-*/%,;=<>.:&|^~?";
        if (ones.find(peek()) == std::string_view::npos)
            return error(102, std::string{"Incorrect syntax near '"} + peek() + "'.", line_);
        add(token::kind::symbol, std::string{peek()});
        ++at_;
        return {};
    }

    std::string_view text_;
    bool quoted_identifiers_;
    std::size_t at_ = 0;
    std::int32_t line_ = 1;
    std::int32_t start_line_ = 1;
    std::vector<token> made_;
};

}  // namespace

sql_result<std::vector<token>> tokens_of(std::string_view text, bool quoted_identifiers) {
    return lexer{text, quoted_identifiers}.run();
}

}  // namespace ha::mssqlsim
