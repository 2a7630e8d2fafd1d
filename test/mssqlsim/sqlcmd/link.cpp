// SPDX-License-Identifier: MIT
#include "test/mssqlsim/sqlcmd/link.hpp"

#include "common/odbc/handle.hpp"
#include "common/odbc/target.hpp"
#include "common/odbc/text.hpp"

#include <array>
#include <limits>

namespace ha::sqlcmd {
namespace {

using odbc::handle;
using odbc::number;
using odbc::wide;

// Microsoft's own fields of a diagnostic record (msodbcsql.h). FreeTDS tells the line and, where
// the state should be, the severity.
constexpr SQLSMALLINT state_field = -1150;
constexpr SQLSMALLINT severity_field = -1151;
constexpr SQLSMALLINT server_field = -1152;
constexpr SQLSMALLINT procedure_field = -1153;
constexpr SQLSMALLINT line_field = -1154;

// Severity that a driver does not tell: of a warning none, of an error the one that most have.
constexpr int usual_severity = 16;

int number_at(const handle& statement, SQLSMALLINT record, SQLSMALLINT field) {
    SQLINTEGER value = 0;
    auto code = SQLGetDiagFieldW(
        SQL_HANDLE_STMT, statement.get(), record, field, &value, sizeof value, nullptr);
    return SQL_SUCCEEDED(code) ? static_cast<int>(value) : 0;
}

std::string text_at(const handle& statement, SQLSMALLINT record, SQLSMALLINT field) {
    std::u16string text(257, u'\0');
    SQLSMALLINT bytes = 0;
    auto size = static_cast<SQLSMALLINT>(text.size() * sizeof(char16_t));
    auto code = SQLGetDiagFieldW(
        SQL_HANDLE_STMT, statement.get(), record, field, text.data(), size, &bytes);
    if (!SQL_SUCCEEDED(code) || bytes < 0 || bytes >= size) return {};
    text.resize(static_cast<std::size_t>(bytes) / sizeof(char16_t));
    return odbc::to_utf8(text.c_str());
}

message driver_error(std::string text) {
    message made;
    made.severity = usual_severity;
    made.text = std::move(text);
    return made;
}

std::string server_name(const handle& connection) {
    std::u16string name(257, u'\0');
    SQLSMALLINT bytes = 0;
    SQLGetInfoW(connection.get(), SQL_SERVER_NAME, name.data(), 512, &bytes);
    return odbc::to_utf8(name.c_str());
}

std::string connection_text(const options& how, const std::string& driver) {
    odbc::target where;
    where.driver = driver;
    where.address = how.host;
    where.port = how.port;
    where.user = how.user;
    where.password = secret{how.password};
    where.program = "SQLCMD";
    auto text = odbc::connection_string(where).reveal();
    std::string chosen;
    if (driver == odbc::freetds_driver) {
        const char* named[] = {"request", "require", "strict"};
        chosen = std::string("Encryption=") + named[static_cast<int>(how.encrypt)] + ";";
    } else {
        const char* named[] = {"optional", "yes", "strict"};
        chosen = std::string("Encrypt=") + named[static_cast<int>(how.encrypt)] +
                 ";TrustServerCertificate=" + (how.trust_certificate ? "yes" : "no") + ";";
    }
    if (!how.database.empty()) chosen += "Database={" + how.database + "};";
    if (how.read_only) chosen += "ApplicationIntent=ReadOnly;";
    // Of what is said twice the first holds for one driver, the last for the other.
    return driver == odbc::freetds_driver ? text + chosen : chosen + text;
}

// Who says what on this statement.
struct speaker {
    const handle& statement;
    bool is_freetds = false;
    std::string server;

    void tell(const listener& to) const {
        SQLSMALLINT record = 0;
        for (const auto& one : statement.diagnostics()) {
            ++record;
            message made;
            made.number = one.number;
            made.text = one.text;
            made.from_server = odbc::from_server(one) || odbc::is_note(one);
            made.severity = number_at(statement, record, is_freetds ? state_field : severity_field);
            if (!is_freetds) made.state = number_at(statement, record, state_field);
            if (made.severity == 0 && !odbc::is_note(one)) made.severity = usual_severity;
            made.line = number_at(statement, record, line_field);
            made.server = text_at(statement, record, server_field);
            if (made.server.empty()) made.server = server;
            made.procedure = text_at(statement, record, procedure_field);
            to.said(made);
        }
    }
};

bool is_number(SQLSMALLINT type) {
    switch (type) {
        case SQL_BIT:
        case SQL_TINYINT:
        case SQL_SMALLINT:
        case SQL_INTEGER:
        case SQL_BIGINT:
        case SQL_REAL:
        case SQL_FLOAT:
        case SQL_DOUBLE:
        case SQL_DECIMAL:
        case SQL_NUMERIC: return true;
        default: return false;
    }
}

std::vector<column> columns_of(const handle& statement, SQLSMALLINT count) {
    std::vector<column> all;
    for (SQLSMALLINT i = 1; i <= count; ++i) {
        std::u16string name(257, u'\0');
        SQLSMALLINT length = 0, type = 0, digits = 0, nullable = 0;
        SQLULEN size = 0;
        auto which = static_cast<SQLUSMALLINT>(i);
        SQLDescribeColW(
            statement.get(), which, wide(name), 256, &length, &type, &size, &digits, &nullable);
        name.resize(static_cast<std::size_t>(std::clamp<SQLSMALLINT>(length, 0, 256)));
        SQLLEN shown = 0;
        SQLColAttributeW(
            statement.get(), which, SQL_DESC_DISPLAY_SIZE, nullptr, 0, nullptr, &shown);
        // varchar(max) and its like say 0, -4 or what fits into memory.
        constexpr SQLLEN longest = 8000;
        bool bounded = shown > 0 && shown <= longest;
        all.push_back(
            {odbc::to_utf8(name), bounded ? static_cast<std::size_t>(shown) : 0, is_number(type)});
    }
    return all;
}

// Nothing: NULL, or what could not be read.
std::optional<std::string> cell(const handle& statement, SQLSMALLINT which) {
    std::u16string whole;
    std::array<char16_t, 1024> piece{};
    for (;;) {
        SQLLEN length = 0;
        auto code = SQLGetData(statement.get(),
                               static_cast<SQLUSMALLINT>(which),
                               SQL_C_WCHAR,
                               piece.data(),
                               sizeof piece,
                               &length);
        if (code == SQL_NO_DATA) break;
        if (!SQL_SUCCEEDED(code) || length == SQL_NULL_DATA) return std::nullopt;
        whole += piece.data();
        if (code == SQL_SUCCESS) break;
    }
    return odbc::to_utf8(whole);
}

// Takes what one statement of the batch brought; false: the driver had an error in it.
bool take(const speaker& says, const listener& to) {
    const auto& statement = says.statement;
    SQLSMALLINT count = 0;
    SQLNumResultCols(statement.get(), &count);
    auto code = SQL_SUCCESS;
    SQLLEN fetched = 0;
    if (count > 0) {
        to.set_begins(columns_of(statement, count));
        while (SQL_SUCCEEDED(code = SQLFetch(statement.get()))) {
            if (code == SQL_SUCCESS_WITH_INFO) says.tell(to);
            std::vector<std::optional<std::string>> row;
            for (SQLSMALLINT i = 1; i <= count; ++i) row.push_back(cell(statement, i));
            to.row(std::move(row));
            ++fetched;
        }
    }
    if (count > 0 && code != SQL_NO_DATA) {
        says.tell(to);
        return false;
    }
    SQLLEN rows = -1;
    SQLRowCount(statement.get(), &rows);
    // NOCOUNT: one driver counts -1 rows then, the other 0.
    if (rows >= 0 && rows >= fetched) to.counted(rows);
    return true;
}

}  // namespace

struct link::parts {
    handle environment{SQL_HANDLE_ENV, SQL_NULL_HANDLE};
    handle connection{SQL_HANDLE_DBC, prepared(environment)};
    bool connected = false;

    ~parts() {
        if (connected) SQLDisconnect(connection.get());
    }

    static SQLHANDLE prepared(const handle& made) {
        SQLSetEnvAttr(made.get(), SQL_ATTR_ODBC_VERSION, number(SQL_OV_ODBC3), 0);
        return made.get();
    }
};

link::link() : parts_(std::make_unique<parts>()) {}
link::~link() = default;

bool link::open(const options& how, const listener& to) {
    auto chosen = odbc::choose_driver(odbc::known_drivers, odbc::installed_drivers());
    if (!chosen) {
        to.said(driver_error(chosen.error().message));
        return false;
    }
    driver_ = (*chosen == odbc::microsoft_driver ? "Microsoft " : "") + *chosen;
    const auto& raw = parts_->connection;
    SQLSetConnectAttrW(raw.get(), SQL_ATTR_LOGIN_TIMEOUT, number(how.login_limit.count()), 0);
    auto text = odbc::to_utf16(connection_text(how, *chosen));
    auto length = static_cast<SQLSMALLINT>(text.size());
    auto code = SQLDriverConnectW(
        raw.get(), nullptr, wide(text), length, nullptr, 0, nullptr, SQL_DRIVER_NOPROMPT);
    parts_->connected = SQL_SUCCEEDED(code);
    // Without a connection there is no server to name. That database and language are what they are
    // is no news.
    if (!parts_->connected)
        for (const auto& one : raw.diagnostics()) to.said(driver_error(one.text));
    return parts_->connected;
}

bool link::run(const std::string& batch, const options& how, const listener& to) {
    handle statement(SQL_HANDLE_STMT, parts_->connection.get());
    speaker says{statement, driver_ == odbc::freetds_driver, server_name(parts_->connection)};
    if (how.query_limit.count() > 0)
        SQLSetStmtAttrW(
            statement.get(), SQL_ATTR_QUERY_TIMEOUT, number(how.query_limit.count()), 0);
    auto text = odbc::to_utf16(batch);
    auto code = SQLExecDirectW(statement.get(), wide(text), static_cast<SQLINTEGER>(text.size()));
    // A batch has so many results at most, however a driver may go on saying the same.
    constexpr int results_max = 100'000;
    for (int i = 0; i < results_max && code != SQL_NO_DATA; ++i) {
        if (code != SQL_SUCCESS) says.tell(to);
        SQLUINTEGER dead = SQL_CD_FALSE;
        SQLGetConnectAttrW(parts_->connection.get(), SQL_ATTR_CONNECTION_DEAD, &dead, 0, nullptr);
        if (dead == SQL_CD_TRUE) return false;
        if (SQL_SUCCEEDED(code) && !take(says, to)) return true;
        code = SQLMoreResults(statement.get());
    }
    return true;
}

}  // namespace ha::sqlcmd
