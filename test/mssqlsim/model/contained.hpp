// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/engine.hpp"

#include <optional>
#include <string>
#include <vector>

// Contained availability groups: their own master and msdb, and sessions that are inside of one.
// What the double has of them, and what it refuses (40517, 40510): docs/engine-double.md.

namespace ha::mssqlsim {

// The options of CREATE that are single words.
struct group_words {
    bool basic = false;
    bool contained = false;
    bool reuses_databases = false;
};

bool is_word(const definition_option& given, const char* word);
// Words that do not go together, or that this version does not have.
sql_result<group_words> read_words(const instance_options& options,
                                   const definition_statement& what);

std::vector<std::string> contained_databases(const std::string& group);
bool is_contained_database(const group_configuration& group, const std::string& database);

// Before CREATE: what is there already, or does not belong into the list.
std::optional<sql_error> refuses_contained(const engine& owner,
                                           const definition_statement& what,
                                           const group_words& words);
// Those that are not there yet, empty and fit for a group.
void make_contained_databases(engine& owner, const std::string& group);

// The contained group whose environment a login enters: by its database, or by the listener.
const group_state* entered_group(const engine& owner,
                                 const login_request& who,
                                 const std::string& database);

// 7876, 7877, 40510: what is not done from inside.
std::optional<sql_error> refuses_inside(const engine& owner,
                                        const session_state& session,
                                        const definition_statement& what);

}  // namespace ha::mssqlsim
