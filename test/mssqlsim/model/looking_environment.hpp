// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/session_environment.hpp"

#include <map>
#include <string>

// What a batch would see that is looked at and not run: the session's tables and functions, and
// variables that it declares itself, all of them NULL.

namespace ha::mssqlsim {

class looking_environment final : public environment {
public:
    looking_environment(engine& owner, session_state& session) : behind_(owner, session) {}

    void declare(const std::string& name, const column_type& type) {
        declared_[lower(name)] = type;
    }
    bool is_declared(const std::string& name) const { return declared_.contains(lower(name)); }

    sql_result<value> variable(const std::string& name) override {
        return is_declared(name) ? sql_result<value>{value{}} : behind_.unknown_variable(name);
    }
    column_type type_of_variable(const std::string& name) override {
        const auto at = declared_.find(lower(name));
        return at == declared_.end() ? column_type{} : at->second;
    }
    sql_result<value> system_variable(const std::string& name) override {
        return behind_.system_variable(name);
    }
    sql_result<value> call(const std::string& function, const row& arguments) override {
        return behind_.call(function, arguments);
    }
    sql_result<shared_rows> table(const std::vector<std::string>& name) override {
        return behind_.table(name);
    }

private:
    session_environment behind_;
    std::map<std::string, column_type> declared_;
};

}  // namespace ha::mssqlsim
