// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/view_maker.hpp"
#include "test/mssqlsim/model/views.hpp"

// Views of the host and the process. What the double does not measure is a plausible constant.

namespace ha::mssqlsim {

namespace {

constexpr std::int64_t gigabyte = std::int64_t{1} << 20U;  // in kilobytes
constexpr std::int64_t physical_memory = 8 * gigabyte;

shared_rows host_info() {
    view_maker made;
    made.begin();
    made.text("host_platform", "Linux", 256).text("host_distribution", "Ubuntu", 256);
    made.text("host_release", "22.04", 256).text("host_service_pack_level", "", 256);
    made.whole("host_sku", {}).number("os_language_version", 1033);
    made.text("host_architecture", "X64", 256);
    return made.done();
}

shared_rows wait_statistics() {
    const std::vector<std::string> kinds{"HADR_SYNC_COMMIT", "LCK_M_X", "WRITELOG"};
    return each(kinds, [](view_maker& made, const std::string& one) {
        made.text("wait_type", one, 60).big("waiting_tasks_count", std::int64_t{0});
        made.big("wait_time_ms", std::int64_t{0}).big("max_wait_time_ms", std::int64_t{0});
        made.big("signal_wait_time_ms", std::int64_t{0});
    });
}

shared_rows process_memory(bool low) {
    view_maker made;
    made.begin();
    made.big("physical_memory_in_use_kb", gigabyte)
        .big("large_page_allocations_kb", std::int64_t{0});
    made.big("locked_page_allocations_kb", std::int64_t{0});
    made.big("total_virtual_address_space_kb", std::int64_t{1} << 37U);
    made.big("virtual_address_space_reserved_kb", 10 * gigabyte);
    made.big("virtual_address_space_committed_kb", gigabyte);
    made.big("virtual_address_space_available_kb", (std::int64_t{1} << 37U) - 10 * gigabyte);
    made.big("page_fault_count", std::int64_t{0}).number("memory_utilization_percentage", 100);
    made.big("available_commit_limit_kb", low ? gigabyte / 32 : 6 * gigabyte);
    made.bit("process_physical_memory_low", low).bit("process_virtual_memory_low", false);
    return made.done();
}

shared_rows host_memory(bool low) {
    const std::int64_t left = low ? gigabyte / 32 : 6 * gigabyte;
    view_maker made;
    made.begin();
    made.big("total_physical_memory_kb", physical_memory);
    made.big("available_physical_memory_kb", left);
    made.big("total_page_file_kb", physical_memory).big("available_page_file_kb", left);
    made.big("system_cache_kb", gigabyte).big("kernel_paged_pool_kb", std::int64_t{0});
    made.big("kernel_nonpaged_pool_kb", std::int64_t{0});
    made.bit("system_high_memory_signal_state", !low).bit("system_low_memory_signal_state", low);
    made.text("system_memory_state_desc",
              low ? "Available physical memory is low" : "Available physical memory is high",
              256);
    return made.done();
}

shared_rows schedulers() {
    const std::vector<std::int64_t> both{0, 1};
    return each(both, [](view_maker& made, std::int64_t one) {
        made.number("scheduler_id", one).number("cpu_id", one);
        made.text("status", "VISIBLE ONLINE", 60).bit("is_online", true).bit("is_idle", true);
        for (const char* name : {"current_tasks_count",
                                 "runnable_tasks_count",
                                 "current_workers_count",
                                 "active_workers_count"})
            made.number(name, 0);
        made.big("work_queue_count", std::int64_t{0}).number("pending_disk_io_count", 0);
        made.number("load_factor", 0);
    });
}

shared_rows services(const engine& owner) {
    view_maker made;
    made.begin();
    made.text("servicename", "SQL Server (MSSQLSERVER)", 256).number("startup_type", 2);
    made.text("startup_type_desc", "Automatic", 256).number("status", 4);
    made.text("status_desc", "Running", 256).number("process_id", 9);
    made.put("last_startup_time",
             {column_kind::datetime2, 8, 25, 7},
             owner.utc_before(owner.now_ - owner.started_at_));
    made.text("service_account", "mssql", 256).text("filename", "/opt/mssql/bin/sqlservr", 256);
    made.text("is_clustered", "N", 1).text("cluster_nodename", {}, 256);
    return made.done();
}

shared_rows servers(const engine& owner) {
    view_maker made;
    made.begin();
    const auto& known = owner.catalog_.server();
    made.number("server_id", 0)
        .text("name", known ? known->server_name : owner.options_.server_name)
        .text("product", "SQL Server");
    made.bit("is_linked", false);
    return made.done();
}

struct ear {
    std::int64_t id = 0;
    std::int64_t port = 0;
    bool mirroring = false;
};

shared_rows listening(const engine& owner) {
    std::vector<ear> all{{1, owner.options_.default_port, false}};
    const auto* door = owner.catalog_.endpoint();
    if (door != nullptr && door->state == 0) all.push_back({2, door->port, true});
    const std::string start = owner.utc_before(owner.now_ - owner.started_at_);
    return each(all, [&](view_maker& made, const ear& one) {
        made.number("listener_id", one.id).text("ip_address", "0.0.0.0", 48).bit("is_ipv4", true);
        made.number("port", one.port).small("type", std::int64_t{one.mirroring ? 2 : 0});
        made.text("type_desc", one.mirroring ? "DATABASE_MIRRORING" : "TSQL", 20);
        const bool works = !one.mirroring || owner.endpoint_works();
        made.small("state", std::int64_t{works ? 1 : 2});
        made.text("state_desc", works ? "ONLINE" : "PENDING_RESTART", 16);
        made.time("start_time", start);
    });
}

}  // namespace

shared_rows host_view(const engine& owner, const std::string& name) {
    if (name == "dm_os_host_info") return host_info();
    if (name == "dm_os_wait_stats") return wait_statistics();
    if (name == "dm_os_process_memory") return process_memory(owner.faults_.memory_pressure);
    if (name == "dm_os_sys_memory") return host_memory(owner.faults_.memory_pressure);
    if (name == "dm_os_schedulers") return schedulers();
    if (name == "dm_server_services") return services(owner);
    if (name == "dm_tcp_listener_states") return listening(owner);
    if (name == "servers") return servers(owner);
    return {};
}

}  // namespace ha::mssqlsim
