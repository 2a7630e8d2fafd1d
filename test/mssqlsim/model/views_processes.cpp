// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/log_reuse.hpp"
#include "test/mssqlsim/model/view_maker.hpp"
#include "test/mssqlsim/model/views.hpp"

// What monitors count: processes, input and output of files, memory, space in logs.

namespace ha::mssqlsim {

namespace {

constexpr std::int64_t page = 8192;
constexpr std::int64_t log_pages = 1024;  // as sys.master_files shows it

std::int64_t database_number(const engine& owner, const std::string& name) {
    const auto* used = owner.database(name);
    if (used != nullptr) return used->about.id;
    if (same_name(name, "tempdb")) return 2;
    if (same_name(name, "model")) return 3;
    return same_name(name, "msdb") ? 4 : 1;
}

void process_row(view_maker& made, const engine& owner, const session_state& one) {
    const auto blocker = one.waits_for_lock.empty() ? std::optional<session_number>{}
                                                    : owner.lock_holder(one, one.waits_for_lock);
    const value nought{std::int64_t{0}};
    const value nobody;
    const char* status = one.running ? (one.waiting ? "suspended" : "runnable") : "sleeping";
    made.short_number("spid", one.number).short_number("kpid", nought);
    made.short_number("blocked", blocker.value_or(0)).bytes("waittype", binary{0, 0}, 2);
    made.count("waittime", 0).fixed("lastwaittype", blocker ? "LCK_M_X" : "MISCELLANEOUS", 32);
    made.fixed("waitresource", "", 256);
    made.short_number("dbid", database_number(owner, one.database));
    made.short_number("uid", std::int64_t{1}).number("cpu", 0).count("physical_io", 0);
    made.number("memusage", 4).time("login_time", time_or_null(one.login_time));
    made.time("last_batch", time_or_null(one.login_time)).short_number("ecid", nought);
    made.short_number("open_tran", one.transaction.depth).fixed("status", status, 30);
    made.bytes("sid", one.sid, 86).fixed("hostname", one.host, 128);
    made.fixed("program_name", one.program, 128).fixed("hostprocess", "", 10);
    made.fixed("cmd", one.running ? "SELECT" : "AWAITING COMMAND", 16);
    made.fixed("nt_domain", "", 128).fixed("nt_username", "", 128).fixed("net_address", "", 12);
    made.fixed("net_library", "TCP/IP", 12).fixed("loginame", one.login, 128);
    made.bytes("context_info", nobody, 128).bytes("sql_handle", nobody, 20);
    made.number("stmt_start", 0).number("stmt_end", 0).number("request_id", 0);
}

// Documented: without VIEW SERVER STATE one sees oneself.
shared_rows processes(const engine& owner, const session_state& session) {
    view_maker made;
    for (const auto& [number, one] : owner.sessions_) {
        if (number != session.number && !owner.sees_server_state(session)) continue;
        made.begin();
        process_row(made, owner, one);
    }
    return made.done();
}

struct counted_file {
    std::int64_t database = 0;
    std::int64_t file = 0;
    std::int64_t writes = 0;
    std::int64_t bytes = 0;
};

// Of files of rows nothing is read or written by the double; of logs each transaction once.
shared_rows file_statistics(const engine& owner) {
    std::vector<counted_file> all;
    for (std::int64_t system = 1; system <= 4; ++system) {
        all.push_back({system, 1});
        all.push_back({system, 2});
    }
    for (const auto& [name, one] : owner.databases_) {
        all.push_back({one.about.id, 1});
        all.push_back({one.about.id, 2, one.hardened, one.bytes_above(0)});
    }
    return each(all, [&](view_maker& made, const counted_file& one) {
        made.short_number("database_id", one.database).short_number("file_id", one.file);
        made.count("sample_ms", owner.ticks()).count("num_of_reads", 0);
        made.count("num_of_bytes_read", 0).count("io_stall_read_ms", 0);
        made.count("num_of_writes", one.writes).count("num_of_bytes_written", one.bytes);
        made.count("io_stall_write_ms", 0).count("io_stall", 0);
        made.count("size_on_disk_bytes", log_pages * page);
        made.bytes("file_handle", binary{0, 0, 0, 0, 0, 0, 0, 0}, 8);
        made.count("io_stall_queued_read_ms", 0).count("io_stall_queued_write_ms", 0);
    });
}

struct clerk {
    const char* type = "";
    const char* name = "";
    std::int64_t kilobytes = 0;
};

// assumption: nobody needs more of them than these, whose sizes are constants.
shared_rows memory_clerks() {
    static const std::vector<clerk> all{{"MEMORYCLERK_SQLBUFFERPOOL", "Default", 196608},
                                        {"MEMORYCLERK_SOSNODE", "SOS_Node", 32768},
                                        {"CACHESTORE_SQLCP", "SQL Plans", 8192},
                                        {"CACHESTORE_OBJCP", "Object Plans", 4096},
                                        {"OBJECTSTORE_LOCK_MANAGER", "Lock Manager : Node 0", 2048},
                                        {"MEMORYCLERK_SQLGENERAL", "Default", 8192}};
    return each(all, [](view_maker& made, const clerk& one) {
        const value nought{std::int64_t{0}};
        const binary address{0, 0, 0, 0, 0, 0, 0, 1};
        made.bytes("memory_clerk_address", address, 8).text("type", one.type, 60);
        made.text("name", one.name, 256).short_number("memory_node_id", nought);
        made.count("pages_kb", one.kilobytes).count("virtual_memory_reserved_kb", 0);
        made.count("virtual_memory_committed_kb", 0).count("awe_allocated_kb", 0);
        made.count("shared_memory_reserved_kb", 0).count("shared_memory_committed_kb", 0);
        made.count("page_size_in_bytes", page).bytes("page_allocator_address", address, 8);
        made.bytes("host_address", address, 8);
    });
}

shared_rows ring_buffers() {
    view_maker made;
    made.begin();
    made.bytes("ring_buffer_address", binary{}, 8).text("ring_buffer_type", "", 60);
    made.count("timestamp", 0).text("record", "", 3072);
    return made.without_rows();
}

shared_rows log_space(const engine& owner, const session_state& session) {
    const auto* used = owner.database(session.database);
    const std::int64_t whole = log_pages * page;
    const std::int64_t taken = used == nullptr ? 0 : used->bytes_above(hold_of(owner, *used).lsn);
    const std::int64_t since = used == nullptr ? 0 : used->bytes_above(used->about.log_backup);
    view_maker made;
    made.begin();
    made.short_number("database_id", database_number(owner, session.database));
    made.count("total_log_size_in_bytes", whole).count("used_log_space_in_bytes", taken);
    made.put("used_log_space_in_percent",
             {column_kind::floating, 4, 25, 0},
             100.0 * static_cast<double>(taken) / static_cast<double>(whole));
    made.count("log_space_in_bytes_since_last_backup", since);
    return made.done();
}

}  // namespace

shared_rows process_view(const engine& owner,
                         const session_state& session,
                         const std::string& name) {
    if (name == "sysprocesses") return processes(owner, session);
    if (name == "dm_io_virtual_file_stats") return file_statistics(owner);
    if (name == "dm_os_memory_clerks") return memory_clerks();
    if (name == "dm_os_ring_buffers") return ring_buffers();
    if (name == "dm_db_log_space_usage") return log_space(owner, session);
    return {};
}

}  // namespace ha::mssqlsim
