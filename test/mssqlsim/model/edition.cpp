// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/edition.hpp"

#include "test/mssqlsim/model/error_texts.hpp"
#include "test/mssqlsim/tsql/value.hpp"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <sstream>
#include <vector>

namespace ha::mssqlsim {

namespace {

constexpr std::int64_t standard_engine = 2;
constexpr std::int64_t enterprise_engine = 3;
constexpr std::int64_t express_engine = 4;
constexpr std::int64_t edge_engine = 9;

struct known_edition {
    const char* product;  // as MSSQL_PID has it
    const char* name;
    std::int64_t id;
    std::int64_t engine;
    group_support groups;
};

// assumption: Web has no groups of its own, and may host a configuration-only replica, as any
// edition may.
constexpr known_edition editions[] = {
    {"Enterprise", "Enterprise Edition", 1804890536, enterprise_engine, group_support::all},
    {"EnterpriseCore",
     "Enterprise Edition: Core-based Licensing",
     1872460670,
     enterprise_engine,
     group_support::all},
    {"Evaluation",
     "Enterprise Evaluation Edition",
     610778273,
     enterprise_engine,
     group_support::all},
    {"Developer", "Developer Edition", -2117995310, enterprise_engine, group_support::all},
    {"EnterpriseDeveloper",
     "Enterprise Developer Edition",
     -2117995310,
     enterprise_engine,
     group_support::all},
    {"Standard", "Standard Edition", -1534726760, standard_engine, group_support::basic},
    {"StandardDeveloper",
     "Standard Developer Edition",
     -1785266663,
     standard_engine,
     group_support::basic},
    {"Web", "Web Edition", 1293598313, standard_engine, group_support::configuration_only},
    {"Express", "Express Edition", -1592396055, express_engine, group_support::configuration_only},
};

constexpr std::size_t replicas_of_all = 9;    // sqlserver.md 6
constexpr std::size_t replicas_of_basic = 2;  // the same

edition_facts edge_of(const instance_options& options) {
    const bool development = same_name(options.edition, "Developer");
    return {development ? "Azure SQL Edge Developer (64-bit)" : "Azure SQL Edge (64-bit)",
            development ? -1461570097 : 1994083197,
            edge_engine,
            group_support::configuration_only};
}

// assumption: but for allow_connections, what the message calls a feature.
sql_error not_in_this_edition(const char* feature, std::uint8_t state = 1) {
    sql_error made = numbered(41199, {feature});
    made.state = state;
    return made;
}

}  // namespace

edition_facts edition_of(const instance_options& options) {
    if (options.edge) return edge_of(options);
    const auto* found =
        std::find_if(std::begin(editions), std::end(editions), [&](const auto& one) {
            return same_name(options.edition, one.product);
        });
    if (found == std::end(editions))
        found = std::find_if(std::begin(editions), std::end(editions), [](const auto& one) {
            return same_name(one.product, "Developer");
        });
    return {std::string{found->name} + " (64-bit)", found->id, found->engine, found->groups};
}

std::string product_name(const instance_options& options) {
    const std::string major = options.product_version.substr(0, options.product_version.find('.'));
    const char* year = major == "14"   ? "2017"
                       : major == "15" ? "2019"
                       : major == "17" ? "2025"
                                       : "2022";
    return std::string{"SQL Server "} + year;
}

namespace {

std::vector<int> numbers_of(const std::string& version, std::size_t most) {
    std::vector<int> made;
    std::istringstream parts{version};
    for (std::string one; made.size() < most && std::getline(parts, one, '.');)
        made.push_back(std::atoi(one.c_str()));
    return made;
}

}  // namespace

bool reads_log_of(const instance_options& options,
                  const std::string& mine,
                  const std::string& theirs) {
    if (mine.empty() || theirs.empty()) return true;  // of a log that older doubles wrote
    constexpr std::size_t all = 4;
    const std::size_t parts = options.every_build_counts ? all : 1;
    return numbers_of(theirs, parts) <= numbers_of(mine, parts);
}

std::optional<sql_error> refuses_group(const instance_options& options,
                                       const group_configuration& group) {
    switch (edition_of(options).groups) {
        case group_support::all:
            if (group.basic) return not_in_this_edition("basic");
            return {};
        case group_support::basic:
            if (!group.basic) return not_in_this_edition("advanced");
            return {};
        default: return not_in_this_edition("create");
    }
}

std::optional<sql_error> refuses_replica(const instance_options& options,
                                         const group_configuration& group,
                                         const group_replica& own) {
    if (!own.has_data()) return {};
    return refuses_group(options, group);
}

std::size_t replicas_most(const group_configuration& group) {
    return group.basic ? replicas_of_basic : replicas_of_all;
}

std::size_t replicas_with_data(const group_configuration& group) {
    return static_cast<std::size_t>(std::count_if(group.replicas.begin(),
                                                  group.replicas.end(),
                                                  [&](const auto& one) { return one.has_data(); }));
}

std::optional<sql_error> check_basic(const group_configuration& group) {
    if (!group.basic) return {};
    constexpr std::uint8_t state_of_allow_connections = 8;
    for (const auto& one : group.replicas)
        if (one.secondary_connections != 0)
            return not_in_this_edition("allow_connections", state_of_allow_connections);
    if (group.backup_preference != 0) return not_in_this_edition("automated_backup_preference");
    return {};
}

std::optional<sql_error> refuses_databases(const group_configuration& group, std::size_t more) {
    if (!group.basic || group.databases.size() + more <= 1) return {};
    return not_in_this_edition("multiple_databases");
}

}  // namespace ha::mssqlsim
