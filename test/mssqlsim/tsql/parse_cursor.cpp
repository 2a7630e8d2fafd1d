// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/token_reader.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

// Cursors: what they are declared as, and how their rows are asked for.

namespace ha::mssqlsim {

namespace {

sql_error refused(std::int32_t number, std::string text, std::uint8_t severity = 15) {
    return {number, std::move(text), severity, 1, sql_error::reach::scope, 0, {}};
}

struct cursor_option {
    std::string_view word;
    int family;  // of which a cursor has one
};

constexpr std::array<cursor_option, 12> options{{{"LOCAL", 0},
                                                 {"GLOBAL", 0},
                                                 {"FORWARD_ONLY", 1},
                                                 {"SCROLL", 1},
                                                 {"STATIC", 2},
                                                 {"KEYSET", 2},
                                                 {"DYNAMIC", 2},
                                                 {"FAST_FORWARD", 2},
                                                 {"READ_ONLY", 3},
                                                 {"SCROLL_LOCKS", 3},
                                                 {"OPTIMISTIC", 3},
                                                 {"TYPE_WARNING", 4}}};

// Of different families, and yet not together.
constexpr std::array<std::array<std::string_view, 2>, 4> rivals{{{"SCROLL", "FAST_FORWARD"},
                                                                 {"FAST_FORWARD", "SCROLL_LOCKS"},
                                                                 {"FAST_FORWARD", "OPTIMISTIC"},
                                                                 {"STATIC", "SCROLL_LOCKS"}}};

bool conflict(const cursor_option& a, const cursor_option& b) {
    if (a.family == b.family) return true;
    return std::any_of(rivals.begin(), rivals.end(), [&](const auto& pair) {
        return pair[0] == a.word && pair[1] == b.word;
    });
}

// The options behind CURSOR, each once.
class said_options {
public:
    void take(token_reader& in) {
        while (const auto* next = option_at(in)) {
            in.take();
            for (const auto* before : said_) {
                const auto* first = before->family <= next->family ? before : next;
                const auto* last = first == before ? next : before;
                if (conflict(*first, *last))
                    return in.complain(refused(1048,
                                               "Conflicting cursor options " +
                                                   std::string{first->word} + " and " +
                                                   std::string{last->word} + "."));
            }
            said_.push_back(next);
        }
    }

    bool has(std::string_view word) const {
        return std::any_of(
            said_.begin(), said_.end(), [&](const auto* one) { return one->word == word; });
    }
    bool any() const { return !said_.empty(); }

private:
    static const cursor_option* option_at(const token_reader& in) {
        const auto at = std::find_if(
            options.begin(), options.end(), [&](const auto& one) { return in.is(one.word); });
        return at == options.end() ? nullptr : &*at;
    }

    std::vector<const cursor_option*> said_;
};

bool assigns(const select_query& query) {
    return std::any_of(query.items.begin(), query.items.end(), [](const auto& item) {
        return !item.variable.empty();
    });
}

// FOR READ ONLY, FOR UPDATE [OF column, ...]
void purpose(token_reader& in, const said_options& said, bool insensitive) {
    if (!in.is("FOR")) return;
    in.take();
    if (in.accept_all({"READ", "ONLY"})) return;
    if (in.is("BROWSE")) return in.complain(lacks_statement("FOR BROWSE", in.now().line));
    in.expect("UPDATE");
    if (said.has("FAST_FORWARD"))
        in.complain(refused(1048, "Conflicting cursor options FAST_FORWARD and FOR UPDATE."));
    if (insensitive || said.has("READ_ONLY") || said.has("STATIC"))
        in.complain(refused(16957, "FOR UPDATE cannot be specified on a READ ONLY cursor.", 16));
    if (!in.accept("OF")) return;
    do in.expect_name();
    while (in.accept(","));
}

// Behind CURSOR. `insensitive`, `scrolls`: said before it, as the standard has it.
std::shared_ptr<const cursor_definition> definition(token_reader& in,
                                                    bool insensitive,
                                                    bool scrolls) {
    using kind = cursor_definition::kind;
    auto made = std::make_shared<cursor_definition>();
    said_options said;
    said.take(in);
    if (said.any() && (insensitive || scrolls))
        in.complain(
            refused(1049, "Mixing old and new syntax to specify cursor options is not allowed."));
    in.expect("FOR");
    if (in.accept("WITH")) parse_common_tables(in);
    made->query = parse_select(in);
    refuse_xml(in, made->query, "DECLARE CURSOR");
    if (assigns(made->query))
        in.complain(refused(154, "variable assignment is not allowed in a cursor declaration."));
    purpose(in, said, insensitive);
    made->local = said.has("LOCAL");
    if (insensitive || said.has("STATIC")) made->what = kind::insensitive;
    if (said.has("KEYSET")) made->what = kind::keyset;
    if (said.has("FAST_FORWARD")) made->what = kind::fast_forward;
    const bool by_kind = said.has("STATIC") || said.has("KEYSET") || said.has("DYNAMIC");
    made->scrolls = scrolls || said.has("SCROLL") || (by_kind && !said.has("FORWARD_ONLY"));
    return made;
}

struct cursor_name {
    std::string text;
    bool global = false;
};

// [GLOBAL] name, or a variable.
cursor_name name_of_cursor(token_reader& in) {
    if (in.is_variable()) return {in.take().text, false};
    const auto& next = in.ahead(1);
    const bool named = next.what == token::kind::name ||
                       (next.what == token::kind::word && !is_reserved(next.text));
    const bool global = in.is("GLOBAL") && named;
    if (global) in.take();
    return {in.expect_name(), global};
}

statement whole_cursor(token_reader& in, cursor_statement::kind what) {
    auto name = name_of_cursor(in);
    return {cursor_statement{what, std::move(name.text), name.global}, 0};
}

// n, -n or a variable.
expression count_of(token_reader& in) {
    expression made;
    if (in.now().what == token::kind::variable) {
        made.what = expression::kind::variable;
        made.text = in.take().text;
        return made;
    }
    const bool negative = in.accept("-");
    if (in.now().what != token::kind::integer) in.complain();
    const auto number = std::strtoll(in.take().text.c_str(), nullptr, 10);
    made.constant = std::int64_t{negative ? -number : number};
    return made;
}

bool takes_direction(token_reader& in, fetch_statement& made) {
    using kind = fetch_statement::kind;
    constexpr std::array<std::pair<std::string_view, kind>, 4> plain{{{"NEXT", kind::next},
                                                                      {"PRIOR", kind::prior},
                                                                      {"FIRST", kind::first},
                                                                      {"LAST", kind::last}}};
    for (const auto& [word, what] : plain) {
        if (!in.is(word) || !in.is(1, "FROM")) continue;
        in.take();
        made.what = what;
        return true;
    }
    const bool absolute = in.is("ABSOLUTE");
    if (!absolute && !in.is("RELATIVE")) return false;
    const auto behind = in.ahead(1).what;
    if (behind != token::kind::integer && behind != token::kind::variable && !in.is(1, "-"))
        return false;
    in.take();
    made.what = absolute ? kind::absolute : kind::relative;
    made.count = count_of(in);
    return true;
}

statement fetch(token_reader& in) {
    fetch_statement made;
    if (takes_direction(in, made))
        in.expect("FROM");
    else
        in.accept("FROM");
    auto name = name_of_cursor(in);
    made.name = std::move(name.text);
    made.global = name.global;
    if (in.accept("INTO")) {
        do made.into.push_back(in.expect_variable());
        while (in.accept(","));
    }
    return {std::move(made), 0};
}

}  // namespace

statement parse_cursor_declaration(token_reader& in) {
    declare_cursor_statement made;
    made.name = in.expect_name();
    bool insensitive = false;
    bool scrolls = false;
    while (in.is_any({"INSENSITIVE", "SCROLL"}))
        (upper(in.take().text) == "SCROLL" ? scrolls : insensitive) = true;
    in.expect("CURSOR");
    made.cursor = definition(in, insensitive, scrolls);
    return {std::move(made), 0};
}

statement parse_cursor_assignment(token_reader& in, std::string variable) {
    declare_cursor_statement made;
    made.name = std::move(variable);
    made.cursor = definition(in, false, false);
    return {std::move(made), 0};
}

std::optional<statement> parse_cursor_statement(token_reader& in) {
    using kind = cursor_statement::kind;
    if (in.accept("OPEN")) return whole_cursor(in, kind::open);
    if (in.accept("CLOSE")) return whole_cursor(in, kind::close);
    if (in.accept("DEALLOCATE")) return whole_cursor(in, kind::deallocate);
    if (in.accept("FETCH")) return fetch(in);
    return {};
}

}  // namespace ha::mssqlsim
