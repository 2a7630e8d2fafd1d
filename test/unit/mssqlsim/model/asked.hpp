// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/tsql/evaluate.hpp"
#include "test/unit/mssqlsim/model/cluster_harness.hpp"

#include <memory>
#include <optional>
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

// A session of somebody of one's own, if he is let in.
inline std::optional<session_number> enter(cluster_harness& all,
                                           std::size_t at,
                                           const std::string& user,
                                           const std::string& database,
                                           const std::string& password = "Secret-123") {
    auto who = all.at(at).login({user, password, "p", "h", database, false}, all.now());
    return who ? std::optional{who->session} : std::nullopt;
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

inline std::int64_t count_rows(cluster_harness& all, std::size_t i) {
    return number_at(all, i, "SELECT COUNT(*) FROM shop.dbo.t");
}

// The group's, as the instance at `i` has it; -1: it has no group.
inline std::int64_t sequence_at(cluster_harness& all, std::size_t i = 0) {
    return number_at(all, i, "SELECT sequence_number FROM sys.availability_groups");
}

// How many lines of the errorlog have these words.
inline std::size_t lines_with(cluster_harness& all, std::size_t i, const std::string& words) {
    const auto seen = all.run(i, "EXEC sp_readerrorlog 0, 1, N'" + words + "'");
    return seen.sets.empty() ? 0 : seen.sets.front().rows.size();
}

// A row of the first instance's that no other hears of: nobody reaches it any more.
inline std::shared_ptr<reply> write_unheard(cluster_harness& all, std::int64_t id) {
    for (std::size_t i = 1; i < cluster_harness::size; ++i) all.cut(0, i);
    return all.send(0,
                    "INSERT INTO shop.dbo.t (id, v) VALUES (" + std::to_string(id) + ", N'never')");
}

// Whether a commit of the first instance's waits for the disk of the one at `i`, and no longer.
inline bool waits_for_disk(cluster_harness& all, std::size_t i) {
    all.hold_disk(i, true);
    const auto waiting = all.send(0, "INSERT INTO shop.dbo.t (id) VALUES (1)");
    all.pass(std::chrono::seconds{5});
    const bool waited = !waiting->complete;
    all.hold_disk(i, false);
    all.pass(std::chrono::milliseconds{100});
    return waited && waiting->complete;
}

}  // namespace ha::mssqlsim
