// SPDX-License-Identifier: MIT
#include "test/mssqlsim/sqlcmd/options.hpp"

#include "test/mssqlsim/sqlcmd/script.hpp"

#include <charconv>
#include <limits>
#include <optional>

namespace ha::sqlcmd {

const char* const usage =
    "usage: sqlcmd -S [tcp:]server[,port] -U login [-P password] [-C] [-N[s|m|o]] [-d database]\n"
    "              [-Q \"query\" | -q \"query\" | -i file...] [-o file] [-v name=value...] [-x]\n"
    "              [-h rows | -h -1] [-s separator] [-w width] [-W] [-y width] [-e] [-r[0|1]]\n"
    "              [-b] [-V severity] [-l login seconds] [-t query seconds] [-K ReadOnly] [-?]\n"
    "The engine's double's own: what else Microsoft's has is refused by name.\n";

namespace {

tl::unexpected<error> refused(const std::string& what, const char* why) {
    return failure(errc::malformed, "Sqlcmd: '" + what + "': " + why + " Enter '-?' for help.");
}

std::optional<int> number(const std::string& text, int least, int most) {
    int made = 0;
    auto [end, trouble] = std::from_chars(text.data(), text.data() + text.size(), made);
    bool whole = trouble == std::errc{} && end == text.data() + text.size();
    return whole && made >= least && made <= most ? std::optional{made} : std::nullopt;
}

// Options and their values, which may be one word or two.
class reader {
public:
    reader(std::span<const std::string> words, options& into) : words_(words), into_(into) {}

    result<void> read() {
        for (; at_ < words_.size(); ++at_) {
            const auto& word = words_[at_];
            if (word.size() < 2 || word.front() != '-')
                return refused(word, "Unexpected argument.");
            attached_ = word.substr(2);
            if (auto done = take(word[1]); !done) return done;
        }
        return {};
    }

private:
    result<void> take(char letter) {
        if (letter == '?') return flag(into_.help);
        if (letter == 'C') return flag(into_.trust_certificate);
        if (letter == 'W') return flag(into_.trim);
        if (letter == 'b') return flag(into_.stops_at_error);
        if (letter == 'e') return flag(into_.echo);
        if (letter == 'x') return flag(into_.substitutes, false);
        // Identifiers in double quotes are what a session of ODBC begins with.
        if (letter == 'I') return {};
        if (letter == 'N') return take_encryption();
        if (letter == 'r') return take_errors();
        return take_value(letter);
    }

    static result<void> flag(bool& which, bool is = true) {
        which = is;
        return {};
    }

    result<void> take_encryption() {
        if (attached_ == "s" || attached_ == "strict")
            into_.encrypt = encryption::strict;
        else if (attached_ == "o" || attached_ == "optional")
            into_.encrypt = encryption::optional;
        else if (attached_.empty() || attached_ == "m" || attached_ == "mandatory")
            into_.encrypt = encryption::mandatory;
        else
            return refused(words_[at_], "Invalid argument; -Ns, -Nm or -No.");
        return {};
    }

    result<void> take_errors() {
        if (attached_ != "" && attached_ != "0" && attached_ != "1")
            return refused(words_[at_], "Invalid argument; -r0 or -r1.");
        into_.errors_to_stderr = true;
        return {};
    }

    result<void> take_value(char letter) {
        static const std::string known = "SUPdQqiohswylVtKvmH";
        if (known.find(letter) == std::string::npos) return refused(words_[at_], "Unknown Option.");
        auto value = attached_;
        if (value.empty()) {
            if (at_ + 1 == words_.size()) return refused(words_[at_], "Missing argument.");
            value = words_[++at_];
        }
        if (letter == 'S') return take_server(value);
        if (letter == 'v') return take_variables(value);
        if (letter == 'U') return text(into_.user, value);
        if (letter == 'P') return text(into_.password, value);
        if (letter == 'd') return text(into_.database, value);
        if (letter == 'o') return text(into_.output, value);
        if (letter == 'i') return take_inputs(value);
        if (letter == 'Q' || letter == 'q') return take_query(letter, value);
        if (letter == 's') return take_separator(value);
        if (letter == 'K') return take_intent(value);
        return take_number(letter, value);
    }

    static result<void> text(std::string& which, const std::string& value) {
        which = value;
        return {};
    }

    result<void> take_server(std::string value) {
        if (value.starts_with("tcp:")) value.erase(0, 4);
        if (value.find('\\') != std::string::npos)
            return refused(value, "A named instance cannot be found here; write server,port.");
        auto comma = value.find(',');
        into_.host = value.substr(0, comma);
        if (into_.host == ".") into_.host = "localhost";
        if (comma == std::string::npos) return {};
        auto port = number(value.substr(comma + 1), 1, std::numeric_limits<std::uint16_t>::max());
        if (!port) return refused(value, "The port is a number from 1 to 65535.");
        into_.port = static_cast<std::uint16_t>(*port);
        return {};
    }

    // -v a=1 b=2: as many as follow.
    result<void> take_variables(std::string value) {
        for (;;) {
            auto equals = value.find('=');
            if (equals == std::string::npos || equals == 0)
                return refused(value, "A variable is name=value.");
            into_.variables[lowered(value.substr(0, equals))] = value.substr(equals + 1);
            if (at_ + 1 == words_.size() || words_[at_ + 1].starts_with("-")) return {};
            value = words_[++at_];
        }
    }

    // -i a.sql,b.sql, or several words.
    result<void> take_inputs(const std::string& value) {
        std::size_t begin = 0;
        while (begin <= value.size()) {
            auto end = std::min(value.find(',', begin), value.size());
            if (end > begin) into_.inputs.push_back(value.substr(begin, end - begin));
            begin = end + 1;
        }
        while (at_ + 1 < words_.size() && !words_[at_ + 1].starts_with("-"))
            into_.inputs.push_back(words_[++at_]);
        return {};
    }

    result<void> take_query(char letter, const std::string& value) {
        into_.has_query = true;
        into_.query = value;
        into_.stays = letter == 'q';
        return {};
    }

    result<void> take_separator(const std::string& value) {
        if (value.size() != 1) return refused(value, "A separator is one character.");
        into_.separator = value.front();
        return {};
    }

    result<void> take_intent(const std::string& value) {
        if (value != "ReadOnly" && value != "ReadWrite")
            return refused(value, "-K takes ReadOnly or ReadWrite.");
        into_.read_only = value == "ReadOnly";
        return {};
    }

    result<void> take_number(char letter, const std::string& value) {
        constexpr int limit_max = 65534;
        constexpr int width_max = 65535;
        auto made = number(value, -1, width_max);
        auto in = [&](int least, int most) { return made && *made >= least && *made <= most; };
        if (letter == 'h' && in(-1, width_max))
            into_.headers = *made;
        else if (letter == 'w' && in(9, width_max))
            into_.line_width = to_size(*made);
        else if (letter == 'y' && in(0, width_max))
            into_.long_width = to_size(*made);
        else if (letter == 'l' && in(0, limit_max))
            into_.login_limit = std::chrono::seconds{*made};
        else if (letter == 't' && in(0, limit_max))
            into_.query_limit = std::chrono::seconds{*made};
        else if (letter == 'V' && in(1, 25))
            into_.severity = *made;
        else
            return refused(value, "No number that this option takes.");
        return {};
    }

    static std::size_t to_size(int number) { return static_cast<std::size_t>(number); }

    std::span<const std::string> words_;
    options& into_;
    std::size_t at_ = 0;
    std::string attached_;
};

}  // namespace

result<options> read_options(std::span<const std::string> words,
                             const std::function<const char*(const char*)>& environment) {
    options made;
    auto from = [&](const char* name, std::string& into) {
        if (const char* value = environment(name)) into = value;
    };
    from("SQLCMDSERVER", made.host);
    from("SQLCMDUSER", made.user);
    from("SQLCMDPASSWORD", made.password);
    from("SQLCMDDBNAME", made.database);
    if (auto done = reader{words, made}.read(); !done) return tl::unexpected(done.error());
    if (made.help) return made;
    if (made.has_query && !made.inputs.empty()) return refused("-i", "Not together with -Q or -q.");
    if (made.user.empty()) return refused("-U", "Missing: there is no Windows login here.");
    return made;
}

}  // namespace ha::sqlcmd
