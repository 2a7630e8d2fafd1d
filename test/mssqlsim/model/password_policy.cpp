// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/password_policy.hpp"

#include "test/mssqlsim/model/engine.hpp"

#include <set>

namespace ha::mssqlsim {

namespace {

char class_of(char c) {
    if (c >= 'a' && c <= 'z') return 'a';
    if (c >= 'A' && c <= 'Z') return 'A';
    return c >= '0' && c <= '9' ? '0' : '.';
}

}  // namespace

std::optional<sql_error> refuses_password(const std::string& text) {
    if (text.size() < 8)
        return error_of(15116,
                        "Password validation failed. The password does not meet the operating "
                        "system policy requirements because it is too short.");
    std::set<char> classes;
    for (const char c : text) classes.insert(class_of(c));
    if (classes.size() >= 3) return {};
    return error_of(15118,
                    "Password validation failed. The password does not meet the operating "
                    "system policy requirements because it is not complex enough.");
}

}  // namespace ha::mssqlsim
