// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/tsql/evaluate.hpp"
#include "test/unit/mssqlsim/model/cluster_harness.hpp"

#include <string>

// What tests ask an instance of the harness over and over.

namespace ha::mssqlsim {

inline std::string text_at(cluster_harness& all, std::size_t i, const std::string& query) {
    return text_of(all.run(i, query).cell());
}

inline std::int64_t number_at(cluster_harness& all, std::size_t i, const std::string& query) {
    const auto seen = all.run(i, query).cell();
    const auto* found = std::get_if<std::int64_t>(&seen);
    return found == nullptr ? -1 : *found;
}

// One column of what the instance at `i` shows of shop at replica `of`.
inline std::string shop_state(cluster_harness& all,
                              std::size_t i,
                              std::size_t of,
                              const std::string& column = "synchronization_state_desc") {
    return text_at(all,
                   i,
                   "SELECT CONVERT(nvarchar(60), d." + column +
                       ") FROM sys.dm_hadr_database_replica_states AS d JOIN "
                       "sys.availability_replicas AS r ON r.replica_id = d.replica_id WHERE "
                       "r.replica_server_name = N'" +
                       cluster_harness::name(of) + "'");
}

inline std::int32_t group_error(cluster_harness& all, std::size_t i, const std::string& what) {
    return all
        .run(i,
             "EXEC sp_set_session_context N'external_cluster', N'yes'; ALTER AVAILABILITY GROUP "
             "[ag1] " +
                 what)
        .error();
}

inline std::int32_t insert_row(cluster_harness& all, std::size_t i, std::int64_t id) {
    const auto made =
        all.run(i,
                "INSERT INTO shop.dbo.t (id, v) VALUES (" + std::to_string(id) + ", N'x')",
                std::chrono::seconds{3});
    return made.complete ? made.error() : -1;
}

}  // namespace ha::mssqlsim
