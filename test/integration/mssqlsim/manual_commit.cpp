// SPDX-License-Identifier: MIT
#include "test/integration/mssqlsim/manual_commit.hpp"

#include <sql.h>
#include <sqlext.h>

#include <stdexcept>

namespace ha::test {

namespace {

SQLCHAR* characters(std::string& text) {
    return reinterpret_cast<SQLCHAR*>(text.data());
}

SQLPOINTER as_pointer(std::intptr_t number) {
    return reinterpret_cast<SQLPOINTER>(number);
}

}  // namespace

struct manual_commit::handles {
    SQLHANDLE environment = nullptr;
    SQLHANDLE connection = nullptr;
};

manual_commit::manual_commit(const server_process& to, const std::string& driver, protection how)
    : handles_(std::make_unique<handles>()) {
    prepare_drivers();
    auto text = connection_text(to, driver, how);

    SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &handles_->environment);
    SQLSetEnvAttr(handles_->environment, SQL_ATTR_ODBC_VERSION, as_pointer(SQL_OV_ODBC3), 0);
    SQLAllocHandle(SQL_HANDLE_DBC, handles_->environment, &handles_->connection);
    SQLSetConnectAttr(handles_->connection, SQL_ATTR_LOGIN_TIMEOUT, as_pointer(10), 0);
    auto opened = SQLDriverConnect(handles_->connection,
                                   nullptr,
                                   characters(text),
                                   SQL_NTS,
                                   nullptr,
                                   0,
                                   nullptr,
                                   SQL_DRIVER_NOPROMPT);
    if (!SQL_SUCCEEDED(opened)) throw std::runtime_error("cannot connect by " + driver);
    SQLSetConnectAttr(handles_->connection, SQL_ATTR_AUTOCOMMIT, as_pointer(SQL_AUTOCOMMIT_OFF), 0);
}

manual_commit::~manual_commit() {
    SQLEndTran(SQL_HANDLE_DBC, handles_->connection, SQL_ROLLBACK);
    SQLDisconnect(handles_->connection);
    SQLFreeHandle(SQL_HANDLE_DBC, handles_->connection);
    SQLFreeHandle(SQL_HANDLE_ENV, handles_->environment);
}

bool manual_commit::run(const std::string& text) {
    SQLHANDLE statement = nullptr;
    SQLAllocHandle(SQL_HANDLE_STMT, handles_->connection, &statement);
    auto copy = text;
    auto ran = SQLExecDirect(statement, characters(copy), SQL_NTS);
    SQLFreeHandle(SQL_HANDLE_STMT, statement);
    return SQL_SUCCEEDED(ran) || ran == SQL_NO_DATA;
}

bool manual_commit::end(bool commit) {
    return SQL_SUCCEEDED(
        SQLEndTran(SQL_HANDLE_DBC, handles_->connection, commit ? SQL_COMMIT : SQL_ROLLBACK));
}

}  // namespace ha::test
