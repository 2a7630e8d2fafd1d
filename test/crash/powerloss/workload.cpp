// SPDX-License-Identifier: MIT
#include "test/crash/powerloss/workload.hpp"

#include "test/mssqlsim/tsql/evaluate.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace ha::crash {

using namespace mssqlsim;

namespace {

constexpr auto ag = "ALTER AVAILABILITY GROUP [ag1] ";

std::string both(const std::string& first, const std::string& second) {
    return "BEGIN TRANSACTION; " + first + "; " + second + "; COMMIT";
}

std::int64_t newest(cluster_harness& group, std::size_t node) {
    auto told = group.run(node, "SELECT sequence_number FROM sys.availability_groups").cell();
    const auto* number = std::get_if<std::int64_t>(&told);
    return number == nullptr ? -1 : *number;
}

bool becomes_primary(cluster_harness& group, std::size_t node) {
    auto told = group.run(node,
                          ag +
                              std::string("SET (WRITE_LEASE_VALIDITY = 3600); EXEC "
                                          "sp_set_session_context N'external_cluster', N'yes'; ") +
                              ag + "FAILOVER");
    if (!told.complete || told.error() != 0) return false;
    return group.eventually([&] { return group.role(node) == "PRIMARY"; });
}

}  // namespace

std::string insert_pair(pair_number which) {
    auto row = [&](pair_number id) {
        return "INSERT INTO shop.dbo.t (id, v) VALUES (" + std::to_string(id) + ", N'1')";
    };
    return both(row(2 * which), row(2 * which + 1));
}

std::string update_pair(pair_number which, version to) {
    auto row = [&](pair_number id) {
        return "UPDATE shop.dbo.t SET v = N'" + std::to_string(to) +
               "' WHERE id = " + std::to_string(id);
    };
    return both(row(2 * which), row(2 * which + 1));
}

std::optional<std::map<pair_number, version>> read_pairs(cluster_harness& group,
                                                         std::size_t primary) {
    auto told = group.run(primary, "SELECT id, v FROM shop.dbo.t");
    if (told.error() != 0 || told.sets.empty()) return {};
    std::map<std::int64_t, version> rows;
    for (const auto& one : told.sets.front().rows)
        rows[std::get<std::int64_t>(one[0])] = std::atoll(text_of(one[1]).c_str());
    std::map<pair_number, version> out;
    for (const auto& [id, seen] : rows) {
        auto other = rows.find(id % 2 == 0 ? id + 1 : id - 1);
        out[id / 2] = other == rows.end() || other->second != seen ? -1 : seen;
    }
    return out;
}

std::optional<std::size_t> regroup(cluster_harness& group) {
    std::array<std::pair<std::int64_t, std::size_t>, cluster_harness::size> order{};
    for (std::size_t i = 0; i < order.size(); ++i) {
        group.run(i, ag + std::string("OFFLINE"));
        group.eventually([&] { return group.role(i) == "RESOLVING"; });
        order[i] = {-newest(group, i), i};
    }
    std::sort(order.begin(), order.end());
    for (const auto& [number, node] : order) {
        if (!becomes_primary(group, node)) continue;
        for (std::size_t other = 0; other < order.size(); ++other)
            if (other != node) group.follow(other);
        if (!group.eventually([&] { return group.synchronized(node) == 3; })) return {};
        return node;
    }
    return {};
}

}  // namespace ha::crash
