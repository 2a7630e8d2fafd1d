// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/token_reader.hpp"
#include "test/mssqlsim/tsql/xml.hpp"

#include <algorithm>
#include <array>

// FOR XML behind a query, and the one method of xml that makes text of it.

namespace ha::mssqlsim {

namespace {

// ('name'), which may be left out.
std::string name_in_list(token_reader& in, const std::string& otherwise) {
    if (!in.accept("(")) return otherwise;
    std::string made = in.expect_string();
    in.expect(")");
    return made;
}

// Paths to all text of the whole; others choose among elements.
bool is_all_text(std::string_view path) {
    constexpr std::array<std::string_view, 9> known{".",
                                                    "(.)[1]",
                                                    ".[1]",
                                                    "text()[1]",
                                                    "(text())[1]",
                                                    "./text()[1]",
                                                    "(./text())[1]",
                                                    "/",
                                                    "(/)[1]"};
    return std::find(known.begin(), known.end(), path) != known.end();
}

column_type type_in(token_reader& in, const std::string& text) {
    auto tokens = tokens_of(text);
    if (!tokens) {
        in.complain(tokens.error());
        return {};
    }
    token_reader inner{std::move(*tokens)};
    const auto type = parse_type(inner);
    if (!inner.at_end()) inner.complain();
    if (inner.failed()) in.complain(*inner.error());
    return type;
}

}  // namespace

xml_form parse_xml_form(token_reader& in) {
    xml_form made;
    for (const char* other : {"RAW", "AUTO", "EXPLICIT"})
        if (in.is(other))
            in.complain(lacks_statement(std::string{"FOR XML "} + other, in.now().line));
    in.expect("PATH");
    made.row = name_in_list(in, made.row);
    while (in.accept(",")) {
        if (in.accept("TYPE"))
            made.typed = true;
        else if (in.accept("ROOT"))
            made.root = name_in_list(in, "root");
        else
            in.complain(lacks_statement("FOR XML PATH, " + upper(in.now().text), in.now().line));
    }
    return made;
}

void refuse_xml(token_reader& in, const select_query& query, const std::string& purpose) {
    if (!query.as_xml) return;
    in.complain(sql_error{6819,
                          "The FOR XML clause is not allowed in a " + purpose + " statement.",
                          16,
                          1,
                          sql_error::reach::scope,
                          0,
                          {}});
}

expression parse_xml_method(token_reader& in, expression of) {
    in.expect(".");
    if (!in.is(1, "(") || !in.is("value")) {
        if (in.is(1, "(")) in.complain(lacks_statement("xml." + in.now().text, in.now().line));
        in.complain();
        return of;
    }
    in.take();
    in.expect("(");
    const std::string path = in.expect_string();
    if (!in.failed() && !is_all_text(path))
        in.complain(lacks_statement("xml.value of " + path, in.now().line));
    in.expect(",");
    const std::string type = in.expect_string();
    in.expect(")");
    expression made;
    made.what = expression::kind::cast;
    made.text = xml_value_method;
    if (!in.failed()) made.type = type_in(in, type);
    made.arguments.push_back(std::move(of));
    return made;
}

}  // namespace ha::mssqlsim
