// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/log_reuse.hpp"

#include <algorithm>

// A disk that is full, or that may only be read: what is refused, and what the errorlog says.

namespace ha::mssqlsim {

namespace {

constexpr const char* write_protected = "19(The media is write protected.)";
constexpr const char* no_space = "112(There is not enough space on the disk.)";
// What Linux' engine tells when a file cannot grow.
constexpr const char* cannot_grow = "31(A device attached to the system is not functioning.)";

std::string file_of(const std::string& database, const char* ending) {
    return "/var/opt/mssql/data/" + database + ending;
}

sql_error filegroup_full(const std::string& database, const std::string& table) {
    return error_of(1105,
                    "Could not allocate space for object 'dbo." + table + "' in database '" +
                        database +
                        "' because the 'PRIMARY' filegroup is full due to lack of storage space or "
                        "database files reaching the maximum allowed size. Note that UNLIMITED "
                        "files are still limited to 16TB. Create the necessary space by dropping "
                        "objects in the filegroup, adding additional files to the filegroup, or "
                        "setting autogrowth on for existing files in the filegroup.",
                    17,
                    2);
}

sql_error cannot_expand(const std::string& path) {
    return error_of(5149,
                    std::string{"MODIFY FILE encountered operating system error "} + cannot_grow +
                        " while attempting to expand the physical file '" + path + "'.",
                    16,
                    3);
}

sql_error not_created(sql_error why) {
    return followed_by(std::move(why),
                       error_of(1802,
                                "CREATE DATABASE failed. Some file names listed could not be "
                                "created. Check related errors."));
}

}  // namespace

// 1. a log that cannot be written at all: the session ends, the transaction with it
// 2. new rows need room in the data file
// 3. everything else needs room in the log
std::optional<sql_error> engine::refuses_disk(const std::string& database,
                                              const std::string& table,
                                              bool grows_data) {
    if (faults_.disk_read_only) return log_not_available(database);
    if (!faults_.disk_full) return {};
    if (grows_data) {
        const sql_error what = filegroup_full(database, table);
        errorlog(what.text);
        return what;
    }
    errorlog(file_of(database, "_log.ldf") + ": Operating system error " + no_space +
             " encountered.");
    errorlog(log_is_full(database).text);
    errorlog(cannot_expand(file_of(database, "_log.ldf")).text);
    return log_is_full(database);
}

// A transaction that was begun has its room in the log; what commits by itself asks for it now.
std::optional<sql_error> engine::refuses_disk(const open_transaction& commits) {
    if (faults_.disk_read_only) return log_not_available(commits.database);
    if (commits.depth > 0) return {};
    const auto& changes = commits.changes;
    const auto grows = std::find_if(changes.begin(), changes.end(), [](const auto& one) {
        return one.what != row_change::kind::erase && one.what != row_change::kind::drop_table;
    });
    if (grows != changes.end()) return refuses_disk(commits.database, grows->table, true);
    return refuses_disk(commits.database, changes.front().table, false);
}

sql_error engine::log_not_available(const std::string& database) {
    errorlog(std::string{"SQLServerLogMgr::LogWriter: Operating system error "} + write_protected +
             " encountered.");
    sql_error what =
        error_of(9001,
                 "The log for database '" + database +
                     "' is not available. Check the operating system error log for related error "
                     "messages. Resolve any errors and restart the database.",
                 21,
                 4);
    errorlog(what.text);
    what.how_far = sql_error::reach::session;
    return what;
}

std::optional<sql_error> engine::refuses_new_files(const std::string& database) const {
    const std::string path = file_of(database, ".mdf");
    if (faults_.disk_read_only)
        return not_created(error_of(
            5123,
            std::string{"CREATE FILE encountered operating system error "} + write_protected +
                " while attempting to open or create the physical file '" + path + "'."));
    if (faults_.disk_full) return not_created(cannot_expand(path));
    return {};
}

std::optional<sql_error> engine::refuses_backup(const std::string& path) const {
    if (faults_.disk_read_only)
        return error_of(3201,
                        "Cannot open backup device '" + path + "'. Operating system error " +
                            write_protected + ".");
    if (faults_.disk_full) return error_of(3202, "Write on \"" + path + "\" failed: " + no_space);
    return {};
}

// A secondary that cannot keep what it is sent takes no more until somebody says RESUME.
bool engine::suspends_without_disk(group_state& group, database_state& target) {
    if (!faults_.disk_full && !faults_.disk_read_only) return false;
    if (target.about.suspended != suspension::none) return true;
    const sql_error why =
        faults_.disk_full ? log_is_full(target.about.name) : log_not_available(target.about.name);
    if (faults_.disk_full) errorlog(why.text);
    (void)move_data(group, target, suspension::redo);
    return true;
}

}  // namespace ha::mssqlsim
