// SPDX-License-Identifier: MIT
#include "test/mssqlsim/sqlcmd/script.hpp"

#include <charconv>
#include <utility>

namespace ha::sqlcmd {
namespace {

constexpr const char* spaces = " \t\r";

std::string trimmed(std::string_view text) {
    auto begin = text.find_first_not_of(spaces);
    if (begin == std::string_view::npos) return {};
    return std::string{text.substr(begin, text.find_last_not_of(spaces) - begin + 1)};
}

std::string unquoted(const std::string& text) {
    bool quoted = text.size() > 1 && text.front() == '"' && text.back() == '"';
    return quoted ? text.substr(1, text.size() - 2) : text;
}

step refused(const std::string& why) {
    return {step::kind::refused, "Sqlcmd: Error: " + why, 1};
}

// The word at the beginning, in small letters, and what follows it.
std::pair<std::string, std::string> split(const std::string& line) {
    auto end = line.find_first_of(" \t\r(");
    if (end == std::string::npos) return {lowered(line), ""};
    return {lowered(line.substr(0, end)), trimmed(std::string_view{line}.substr(end))};
}

}  // namespace

std::string lowered(std::string_view text) {
    std::string made{text};
    for (char& c : made)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return made;
}

step script::take(const std::string& line) {
    auto [word, rest] = split(line);
    if (word == "go") return command("go", rest);
    // These three have no need of the colon.
    bool bare = word == "exit" || word == "quit" || word == "reset";
    if (bare && (rest.empty() || rest.front() == '(')) return command(word, rest);
    if (line.starts_with(":") || line.starts_with("!!")) return command(word.substr(1), rest);
    auto made = filled(line);
    if (!made) return refused(made.error().message);
    batch_ += *made + "\n";
    return {};
}

step script::rest() {
    auto text = std::exchange(batch_, {});
    bool empty = text.find_first_not_of(" \t\r\n") == std::string::npos;
    return empty ? step{} : step{step::kind::run, std::move(text), 1};
}

step script::command(std::string_view name, std::string rest_of_line) {
    auto given = filled(rest_of_line);
    if (!given) return refused(given.error().message);
    if (name == "go") {
        auto next = rest();
        auto [end, trouble] =
            std::from_chars(given->data(), given->data() + given->size(), next.times);
        bool whole = given->empty() || (trouble == std::errc{} && next.times > 0 &&
                                        end == given->data() + given->size());
        return whole ? next : refused("'" + *given + "' is no count for GO.");
    }
    if (name == "reset") {
        batch_.clear();
        return {};
    }
    if (name == "quit") return {step::kind::quit, "", 1};
    if (name == "exit") return exit(*given);
    if (name == "r") return {step::kind::include, unquoted(*given), 1};
    if (name == "out") return {step::kind::output, unquoted(*given), 1};
    if (name == "setvar") return set_variable(*given);
    if (name == "on") {
        auto words = lowered(*given);
        if (words != "error exit" && words != "error ignore")
            return refused(":On Error takes exit or ignore.");
        stops_ = words == "error exit";
        return {};
    }
    return refused("The command '" + std::string{name} + "' is not known here.");
}

// exit: at once; exit(): after what was gathered; exit(query): with what it answers.
step script::exit(std::string given) {
    if (given.empty()) return {step::kind::quit, "", 1};
    auto gathered = rest().text;
    if (given.front() != '(' || given.back() != ')') return refused("EXIT(query) wants its ).");
    auto query = given.substr(1, given.size() - 2);
    return {step::kind::quit_with, gathered + query, 1};
}

step script::set_variable(const std::string& given) {
    auto end = given.find_first_of(" \t");
    auto name = lowered(given.substr(0, end));
    if (name.empty()) return refused(":setvar wants a name.");
    if (end == std::string::npos)
        variables_.erase(name);
    else
        variables_[name] = unquoted(trimmed(std::string_view{given}.substr(end)));
    return {};
}

result<std::string> script::filled(const std::string& text) const {
    std::string made;
    std::size_t at = 0;
    while (substitutes_) {
        auto begin = text.find("$(", at);
        auto end = text.find(')', begin);
        if (begin == std::string::npos || end == std::string::npos) break;
        auto name = text.substr(begin + 2, end - begin - 2);
        auto known = variables_.find(lowered(name));
        if (known == variables_.end())
            return failure(errc::malformed, "'" + name + "' scripting variable not defined.");
        made += text.substr(at, begin - at) + known->second;
        at = end + 1;
    }
    return made + text.substr(at);
}

}  // namespace ha::sqlcmd
