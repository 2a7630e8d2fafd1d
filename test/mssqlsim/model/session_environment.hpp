// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/engine.hpp"

// What a session's expressions see: its variables, the server's functions, views and tables.

namespace ha::mssqlsim {

class session_environment final : public environment {
public:
    session_environment(engine& owner, session_state& session) : owner_(owner), session_(session) {}

    sql_result<value> variable(const std::string& name) override;
    column_type type_of_variable(const std::string& name) override;
    sql_result<value> system_variable(const std::string& name) override;
    sql_result<value> call(const std::string& function, const row& arguments) override;
    sql_result<shared_rows> table(const std::vector<std::string>& name) override;
    void leave_out_null() override { session_.left_out_null = true; }

    sql_result<value> unknown_variable(const std::string& name);  // 137, 16949

private:
    const sql_error* caught() const;  // the innermost CATCH's
    sql_result<value> server_property(const std::string& name) const;
    sql_result<value> identity(const std::string& function, const row& arguments) const;
    value temporary_id(const std::string& path, const std::string& table) const;
    value connection_property(const std::string& name) const;
    bool is_copy(const std::string& database) const;
    value database_property(const std::string& database, const std::string& name) const;
    sql_result<value> of_group(const std::string& function, const std::string& database) const;
    sql_result<value> certificate_part(const std::string& function, const row& arguments) const;

    engine& owner_;
    session_state& session_;
};

}  // namespace ha::mssqlsim
