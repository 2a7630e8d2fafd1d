// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/token_reader.hpp"

#include <algorithm>
#include <array>

// Statements that T-SQL has and the double has not: each is refused by its name (40510), because a
// syntax error would say that there is no such statement. By the words that it begins with.

namespace ha::mssqlsim {

namespace {

// Reserved words of T-SQL that open one statement each.
constexpr std::array<std::string_view, 12> openings{"BULK",
                                                    "CHECKPOINT",
                                                    "DBCC",
                                                    "GOTO",
                                                    "LINENO",
                                                    "MERGE",
                                                    "READTEXT",
                                                    "RECEIVE",
                                                    "RESTORE",
                                                    "REVERT",
                                                    "SETUSER",
                                                    "WRITETEXT"};

// Two words: the first alone opens something else, or is a name.
constexpr std::array<std::array<std::string_view, 2>, 21> pairs{
    {{"ADD", "SIGNATURE"},     {"ALTER", "AUTHORIZATION"},
     {"ALTER", "CERTIFICATE"}, {"BEGIN", "CONVERSATION"},
     {"BEGIN", "DIALOG"},      {"BEGIN", "DISTRIBUTED"},
     {"CLOSE", "MASTER"},      {"CLOSE", "SYMMETRIC"},
     {"CREATE", "OR"},         {"DISABLE", "TRIGGER"},
     {"ENABLE", "TRIGGER"},    {"END", "CONVERSATION"},
     {"EXEC", "AS"},           {"EXECUTE", "AS"},
     {"GET", "CONVERSATION"},  {"INSERT", "BULK"},
     {"OPEN", "MASTER"},       {"OPEN", "SYMMETRIC"},
     {"SEND", "ON"},           {"UPDATE", "STATISTICS"},
     {"WAITFOR", "TIME"}}};

// What CREATE, ALTER and DROP make and unmake.
constexpr std::array<std::string_view, 38> kinds{
    "AGGREGATE",  "APPLICATION",   "ASSEMBLY",  "ASYMMETRIC", "BROKER",    "COLUMN",    "CONTRACT",
    "CREDENTIAL", "CRYPTOGRAPHIC", "DEFAULT",   "EVENT",      "EXTERNAL",  "FULLTEXT",  "FUNCTION",
    "INDEX",      "MESSAGE",       "PARTITION", "PROCEDURE",  "QUEUE",     "REMOTE",    "RESOURCE",
    "ROUTE",      "RULE",          "SCHEMA",    "SEARCH",     "SECURITY",  "SELECTIVE", "SEQUENCE",
    "SERVICE",    "SIGNATURE",     "SPATIAL",   "STATISTICS", "SYMMETRIC", "SYNONYM",   "TRIGGER",
    "TYPE",       "VIEW",          "WORKLOAD"};

constexpr std::array<std::array<std::string_view, 3>, 7> long_kinds{
    {{"DATABASE", "AUDIT", "SPECIFICATION"},
     {"DATABASE", "ENCRYPTION", "KEY"},
     {"DATABASE", "SCOPED", "CONFIGURATION"},
     {"DATABASE", "SCOPED", "CREDENTIAL"},
     {"SERVER", "AUDIT", ""},
     {"SERVER", "CONFIGURATION", ""},
     {"SERVER", "ROLE", ""}}};

std::string kind_of(const token_reader& in) {
    if (in.is(1, "PROC")) return "PROCEDURE";
    for (const std::string_view how : {"UNIQUE", "CLUSTERED", "NONCLUSTERED", "COLUMNSTORE"})
        if (in.is(1, how)) return "INDEX";
    for (const auto kind : kinds)
        if (in.is(1, kind)) return std::string{kind};
    for (const auto& [first, second, third] : long_kinds) {
        if (!in.is(1, first) || !in.is(2, second)) continue;
        if (third.empty()) return std::string{first} + " " + std::string{second};
        if (in.is(3, third))
            return std::string{first} + " " + std::string{second} + " " + std::string{third};
    }
    return {};
}

bool is_known_dbcc(const token_reader& in) {
    static constexpr std::array<std::string_view, 5> commands{
        "OPENTRAN", "SQLPERF", "TRACEOFF", "TRACEON", "TRACESTATUS"};
    return in.is("DBCC") && std::any_of(commands.begin(), commands.end(), [&](auto command) {
               return in.is(1, command);
           });
}

std::string opening_of(const token_reader& in) {
    if (is_known_dbcc(in)) return {};
    for (auto word : openings)
        if (in.is(word)) return std::string{word};
    for (const auto& [first, second] : pairs)
        if (in.is(first) && in.is(1, second)) return std::string{first} + " " + std::string{second};
    if (!in.is_any({"CREATE", "ALTER", "DROP"})) return {};
    if (in.is("ALTER") && in.is(1, "SERVER") && in.is(2, "ROLE")) return {};
    if (in.is("ALTER") && in.is(1, "EVENT") && in.is(2, "SESSION")) return {};
    if (stands_create_index(in) || (in.is("DROP") && in.is(1, "INDEX"))) return {};
    const auto kind = kind_of(in);
    return kind.empty() ? kind : upper(in.now().text) + " " + kind;
}

}  // namespace

sql_error lacks_statement(const std::string& name, std::int32_t line) {
    return {40510,
            "Statement '" + name + "' is not supported in this version of SQL Server.",
            16,
            1,
            sql_error::reach::scope,
            line,
            {}};
}

std::optional<sql_error> refuses_statement(const token_reader& in) {
    if (in.now().what != token::kind::word) return {};
    const auto name = opening_of(in);
    if (name.empty()) return {};
    return lacks_statement(name, in.now().line);
}

}  // namespace ha::mssqlsim
