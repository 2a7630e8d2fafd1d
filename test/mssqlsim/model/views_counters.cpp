// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/database_looks.hpp"
#include "test/mssqlsim/model/view_maker.hpp"
#include "test/mssqlsim/model/views.hpp"

#include <algorithm>
#include <array>

// sys.dm_os_performance_counters. Queues are those that the groups' views show; what is counted for
// a second is nought, as it is on a quiet server.

namespace ha::mssqlsim {

namespace {

constexpr std::int64_t as_it_is = 65792;        // cntr_type of an amount
constexpr std::int64_t for_second = 272696576;  // of what two readings tell together

struct counter {
    std::string object;
    std::string name;
    std::string instance;
    std::int64_t contents = 0;
    std::int64_t type = as_it_is;
};

// assumption: what stands before the colon is SQLServer on Linux.
std::vector<counter> of_server(const engine& owner) {
    const auto sessions = static_cast<std::int64_t>(owner.sessions_.size());
    constexpr std::int64_t gigabyte = std::int64_t{1} << 20U;  // in kilobytes
    return {{"SQLServer:General Statistics", "User Connections", "", sessions},
            {"SQLServer:General Statistics", "Logical Connections", "", sessions},
            {"SQLServer:Memory Manager", "Total Server Memory (KB)", "", gigabyte}};
}

// assumption: an instance of the counters is called by its group and the other replica.
void add_replicas(const group_state& group, std::vector<counter>& all) {
    static constexpr std::array<const char*, 9> names{"Bytes Received from Replica/sec",
                                                      "Bytes Sent to Replica/sec",
                                                      "Bytes Sent to Transport/sec",
                                                      "Flow Control Time (ms/sec)",
                                                      "Flow Control/sec",
                                                      "Receives from Replica/sec",
                                                      "Resent Messages/sec",
                                                      "Sends to Replica/sec",
                                                      "Sends to Transport/sec"};
    for (const auto& one : group.configuration.replicas) {
        if (one.id == group.own_id) continue;
        for (const char* name : names)
            all.push_back({"SQLServer:Availability Replica",
                           name,
                           group.configuration.name + ":" + one.name,
                           0,
                           for_second});
    }
}

struct queues {
    std::int64_t to_send = 0;
    std::int64_t to_redo = 0;
};

// Kilobytes; documented: of this replica's own copy.
queues queues_of(engine& owner, const group_state& group, const group_database& entry) {
    const auto* self = group.self();
    if (self == nullptr || group.role != replica_role::secondary) return {};
    const auto seen = look(owner, group, entry, *self);
    return {std::max<std::int64_t>(0, seen.end - seen.sent),
            std::max<std::int64_t>(0, seen.hardened - seen.redone)};
}

void add_databases(engine& owner, const group_state& group, std::vector<counter>& all) {
    static constexpr std::array<const char*, 6> amounts{"Log Apply Pending Queue",
                                                        "Log Apply Ready Queue",
                                                        "Log remaining for undo",
                                                        "Redo Bytes Remaining",
                                                        "Total Log requiring undo",
                                                        "Transaction Delay"};
    static constexpr std::array<const char*, 5> rates{"File Bytes Received/sec",
                                                      "Log Bytes Received/sec",
                                                      "Mirrored Write Transactions/sec",
                                                      "Redo blocked/sec",
                                                      "Redone Bytes/sec"};
    const std::string object = "SQLServer:Database Replica";
    for (const auto& entry : group.configuration.databases) {
        if (owner.database(entry.name) == nullptr) continue;
        const auto waiting = queues_of(owner, group, entry);
        all.push_back({object, "Log Send Queue", entry.name, waiting.to_send});
        all.push_back({object, "Recovery Queue", entry.name, waiting.to_redo});
        for (const char* name : amounts) all.push_back({object, name, entry.name, 0});
        for (const char* name : rates) all.push_back({object, name, entry.name, 0, for_second});
    }
}

}  // namespace

shared_rows counter_view(engine& owner, const session_state& session) {
    auto all = of_server(owner);
    for (const auto* group : visible(owner, session)) {
        add_replicas(*group, all);
        add_databases(owner, *group, all);
    }
    return each(all, [](view_maker& made, const counter& one) {
        made.fixed("object_name", one.object, 128).fixed("counter_name", one.name, 128);
        made.fixed("instance_name", one.instance, 128).count("cntr_value", one.contents);
        made.number("cntr_type", one.type);
    });
}

}  // namespace ha::mssqlsim
