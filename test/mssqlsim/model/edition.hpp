// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/configuration.hpp"
#include "test/mssqlsim/model/options.hpp"
#include "test/mssqlsim/tsql/error.hpp"
#include "test/mssqlsim/tsql/tree.hpp"

#include <cstdint>
#include <optional>
#include <string>

// What an edition calls itself, and which groups it takes part in: sqlserver.md 2.10 and 6.

namespace ha::mssqlsim {

enum class group_support : std::uint8_t {
    all,                 // but no basic ones
    basic,               // two replicas with one database, and nobody reads the second
    configuration_only,  // hosts that kind of replica, and creates no group
};

struct edition_facts {
    std::string name;         // SERVERPROPERTY('Edition')
    std::int64_t id = 0;      // EditionID
    std::int64_t engine = 0;  // EngineEdition
    group_support groups = group_support::all;
};

// Of the edition that the options name, as MSSQL_PID does; one that nobody knows is Developer's.
edition_facts edition_of(const instance_options& options);

// "SQL Server 2022", by the version's first number.
std::string product_name(const instance_options& options);

// Can an engine of version `mine` read what one of version `theirs` wrote?
bool reads_log_of(const instance_options& options,
                  const std::string& mine,
                  const std::string& theirs);

// 41199, or nothing: may this edition create the group, or be this replica of it?
std::optional<sql_error> refuses_group(const instance_options& options,
                                       const group_configuration& group);
std::optional<sql_error> refuses_replica(const instance_options& options,
                                         const group_configuration& group,
                                         const group_replica& own);

// How many replicas a group may have; configuration-only ones do not count.
std::size_t replicas_most(const group_configuration& group);
std::size_t replicas_with_data(const group_configuration& group);

// What a basic group does not have (41199). All others have everything.
std::optional<sql_error> check_basic(const group_configuration& group);
// One database more.
std::optional<sql_error> refuses_databases(const group_configuration& group, std::size_t more);

}  // namespace ha::mssqlsim
