// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/form.hpp"
#include "test/mssqlsim/tsql/token_reader.hpp"
#include "test/mssqlsim/tsql/windows.hpp"

#include <algorithm>
#include <cstdlib>

// OVER and WITHIN GROUP behind a function, and where they may stand.

namespace ha::mssqlsim {

namespace {

using bound = window_definition::bound;

void refuse(token_reader& in, std::int32_t number, std::string text, std::uint8_t severity = 15) {
    in.complain(sql_error{number, std::move(text), severity, 1, sql_error::reach::scope, 0, {}});
}

bool has_window(const expression& what) {
    return what.what == expression::kind::window ||
           std::any_of(what.arguments.begin(), what.arguments.end(), has_window);
}

bool has_window(const std::vector<expression>& list) {
    return std::any_of(list.begin(), list.end(), [](const auto& one) { return has_window(one); });
}

void refuse_inner_windows(token_reader& in, const expression& function) {
    bool inner = has_window(function.arguments);
    if (function.window) {
        inner = inner || has_window(function.window->partition_by);
        for (const auto& one : function.window->order_by) inner = inner || has_window(one.what);
    }
    if (inner)
        refuse(in,
               4109,
               "Windowed functions cannot be used in the context of another windowed function or "
               "aggregate.");
}

// A number is no place in the list of what is selected, as it is behind a query.
void order(token_reader& in, window_definition& made) {
    parse_order(in, made.order_by);
    const std::string behind = " as ORDER BY clause expressions.";
    const std::string before =
        "Windowed functions, aggregates and NEXT VALUE FOR functions do not support ";
    for (const auto& one : made.order_by) {
        const bool stands_for_number =
            one.what.what == expression::kind::variable && is_number_variable(one.what.text);
        const bool literal = one.what.what == expression::kind::literal;
        if (stands_for_number ||
            (literal && std::holds_alternative<std::int64_t>(one.what.constant)))
            return refuse(in, 5308, before + "integer indices" + behind, 16);
        if (literal) return refuse(in, 5309, before + "constants" + behind, 16);
    }
}

bound frame_bound(token_reader& in) {
    bound made;
    if (in.accept_all({"CURRENT", "ROW"})) {
        made.what = bound::kind::current;
        return made;
    }
    const bool unbounded = in.accept("UNBOUNDED");
    if (!unbounded) {
        if (in.now().what != token::kind::integer) in.complain();
        made.rows = std::strtoll(in.take().text.c_str(), nullptr, 10);
    }
    const bool preceding = in.accept("PRECEDING");
    if (!preceding) in.expect("FOLLOWING");
    if (preceding)
        made.what = unbounded ? bound::kind::first : bound::kind::preceding;
    else
        made.what = unbounded ? bound::kind::last : bound::kind::following;
    return made;
}

bool counts_rows(const bound& one) {
    return one.what == bound::kind::preceding || one.what == bound::kind::following;
}

// ROWS or RANGE, which are taken.
void frame(token_reader& in, bool by_rows, window_definition& made) {
    made.by_rows = by_rows;
    if (in.accept("BETWEEN")) {
        made.begin = frame_bound(in);
        in.expect("AND");
        made.end = frame_bound(in);
    } else {
        made.begin = frame_bound(in);
        made.end.what = bound::kind::current;
    }
    if (made.begin.what > made.end.what) in.complain();
    if (!by_rows && (counts_rows(made.begin) || counts_rows(made.end)))
        refuse(in,
               4194,
               "RANGE is only supported with UNBOUNDED and CURRENT ROW window frame delimiters.",
               16);
}

void over(token_reader& in, const expression& function, window_definition& made) {
    const token_reader::level here{in};
    const std::string named = "The function '" + function.text + "' ";
    in.expect("(");
    if (in.accept_all({"PARTITION", "BY"})) {
        do made.partition_by.push_back(parse_expression(in));
        while (in.accept(","));
    }
    const bool ordered = in.accept_all({"ORDER", "BY"});
    if (ordered) {
        order(in, made);
        made.end.what = bound::kind::current;
    }
    if (in.is("ROWS") || in.is("RANGE")) {
        const bool by_rows = in.take().text.size() == 4;
        const bool of_frame = function.what == expression::kind::aggregate ||
                              function.text == "FIRST_VALUE" || function.text == "LAST_VALUE";
        if (!of_frame) refuse(in, 10752, named + "may not have a window frame.");
        if (!ordered)
            refuse(in, 10756, "Window frame with ROWS or RANGE must have an ORDER BY clause.");
        frame(in, by_rows, made);
    }
    if (in.is_name())  // the name of another window
        in.complain(lacks_statement("OVER a named window", in.now().line));
    in.expect(")");
    if (!ordered && is_window_function(function.text))
        refuse(in, 4112, named + "must have an OVER clause with ORDER BY.");
}

void check_arguments(token_reader& in, const expression& function) {
    const std::string& name = function.text;
    const std::size_t count = function.arguments.size();
    if (name == "LAG" || name == "LEAD") {
        if (count < 1 || count > 3)
            refuse(in, 10755, "The function '" + name + "' takes between 1 and 3 arguments.");
        return;
    }
    const bool takes_one = name == "NTILE" || name == "FIRST_VALUE" || name == "LAST_VALUE";
    if (count != (takes_one ? 1U : 0U))
        refuse(in,
               4114,
               "The function '" + name + "' takes exactly " + (takes_one ? "1" : "0") +
                   " argument(s).");
}

void within_group(token_reader& in, expression& function) {
    in.take();
    in.take();
    in.expect("(");
    in.expect("ORDER");
    in.expect("BY");
    auto made = std::make_shared<window_definition>();
    order(in, *made);
    in.expect(")");
    if (function.text != "STRING_AGG")
        refuse(
            in, 10757, "The function '" + function.text + "' may not have a WITHIN GROUP clause.");
    function.window = std::move(made);
}

}  // namespace

expression parse_window(token_reader& in, expression function) {
    const bool needs_window = is_window_function(function.text);
    const bool aggregates = function.what == expression::kind::aggregate;
    if (in.is("WITHIN") && in.is(1, "GROUP")) within_group(in, function);
    if (needs_window) {
        check_arguments(in, function);
        if (in.is("IGNORE") && in.is(1, "NULLS"))
            in.complain(lacks_statement("IGNORE NULLS", in.now().line));
        in.accept_all({"RESPECT", "NULLS"});
    }
    if (!in.accept("OVER")) {
        if (needs_window)
            refuse(in, 10753, "The function '" + function.text + "' must have an OVER clause.");
        if (aggregates) refuse_inner_windows(in, function);
        return function;
    }
    if (!in.is("(")) in.complain(lacks_statement("OVER a named window", in.now().line));
    if ((!needs_window && !aggregates) || function.text == "STRING_AGG")
        refuse(in,
               4113,
               "The function '" + function.text +
                   "' is not a valid windowing function, and cannot be used with the OVER clause.");
    if (function.negated) refuse(in, 10759, "Use of DISTINCT is not allowed with the OVER clause.");
    auto made = std::make_shared<window_definition>();
    over(in, function, *made);
    function.what = expression::kind::window;
    function.window = std::move(made);
    refuse_inner_windows(in, function);
    return function;
}

void check_windows(token_reader& in, select_query& query) {
    const auto may_not = [&](const expression& what) {
        if (has_window(what)) in.complain(misplaced_window());
    };
    for (const auto& source : query.sources)
        if (source.on) may_not(*source.on);
    if (query.where) may_not(*query.where);
    for (const auto& part : query.group_by) may_not(part);
    if (query.having) may_not(*query.having);
    for (const auto& item : query.items)
        query.has_windows = query.has_windows || has_window(item.what);
    for (const auto& one : query.order_by)
        query.has_windows = query.has_windows || has_window(one.what);
}

}  // namespace ha::mssqlsim
