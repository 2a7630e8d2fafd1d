// SPDX-License-Identifier: MIT
#include "common/json/plain.hpp"

#include "common/json/quoted.hpp"

#include <nlohmann/json.hpp>

#include <charconv>

// The library looks at text byte by byte, and keeps each for its messages; objects from the API
// server and answers of peers are read all day.

namespace ha::json {

namespace {

// Every function returns false when the text is not plain, and leaves things half done then.
class plain_reader {
public:
    explicit plain_reader(std::string_view text)
        : at_(text.data()), end_(text.data() + text.size()) {}

    bool document(value& into) {
        if (!node(into, 0)) return false;
        skip_blank();
        return at_ == end_;
    }

private:
    static constexpr int deepest = 64;

    void skip_blank() {
        while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
    }

    bool take(char wanted) {
        if (at_ == end_ || *at_ != wanted) return false;
        ++at_;
        return true;
    }

    bool take_word(std::string_view wanted) {
        if (!std::string_view(at_, end_).starts_with(wanted)) return false;
        at_ += wanted.size();
        return true;
    }

    bool node(value& into, int depth) {
        skip_blank();
        if (at_ == end_ || depth > deepest) return false;
        switch (*at_) {
            case '{': into = value::object(); return members(into, depth);
            case '[': into = value::array(); return items(into, depth);
            case '"': into = std::string{}; return text(into.get_ref<std::string&>());
            case 't': into = true; return take_word("true");
            case 'f': into = false; return take_word("false");
            case 'n': into = nullptr; return take_word("null");
            default: return number(into);
        }
    }

    bool members(value& into, int depth) {
        ++at_;
        skip_blank();
        if (take('}')) return true;
        auto& all = into.get_ref<value::object_t&>();
        do {
            skip_blank();
            std::string key;
            if (!text(key)) return false;
            skip_blank();
            if (!take(':')) return false;
            // Most objects come in the order of their keys.
            auto member = all.try_emplace(all.end(), std::move(key));
            if (!node(member->second, depth + 1)) return false;
            skip_blank();
        } while (take(','));
        return take('}');
    }

    bool items(value& into, int depth) {
        ++at_;
        skip_blank();
        if (take(']')) return true;
        auto& all = into.get_ref<value::array_t&>();
        do {
            if (!node(all.emplace_back(), depth + 1)) return false;
            skip_blank();
        } while (take(','));
        return take(']');
    }

    bool text(std::string& into) {
        if (!take('"')) return false;
        while (true) {
            const char* from = at_;
            at_ = end_of_plain(at_, end_);
            into.append(from, at_);
            if (take('"')) return true;
            if (!take('\\') || !escaped(into)) return false;
        }
    }

    bool escaped(std::string& into) {
        constexpr std::string_view written = "\"\\/bfnrt";
        constexpr std::string_view meant = "\"\\/\b\f\n\r\t";
        auto which = at_ == end_ ? written.npos : written.find(*at_);
        if (which == written.npos) return false;
        into += meant[which];
        ++at_;
        return true;
    }

    bool number(value& into) {
        const char* from = at_;
        bool negative = take('-');
        const char* first = at_;
        while (at_ != end_ && *at_ >= '0' && *at_ <= '9') ++at_;
        auto digits = at_ - first;
        if (digits == 0 || digits > 18 || (*first == '0' && digits > 1)) return false;
        if (at_ != end_ && (*at_ == '.' || *at_ == 'e' || *at_ == 'E')) return false;
        std::int64_t whole = 0;
        std::from_chars(from, at_, whole);
        into = negative ? value(whole) : value(static_cast<std::uint64_t>(whole));
        return true;
    }

    const char* at_;
    const char* end_;
};

}  // namespace

std::optional<value> read_plain(std::string_view text) {
    value made;
    if (!plain_reader(text).document(made)) return std::nullopt;
    return made;
}

}  // namespace ha::json
