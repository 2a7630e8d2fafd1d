// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/table_catalogue.hpp"
#include "test/mssqlsim/model/view_maker.hpp"

// Files and filegroups of databases: one file for rows, one for the log, one filegroup.

namespace ha::mssqlsim {

namespace {

struct shown_file {
    std::int64_t database_id = 0;
    std::string name;
    bool log = false;
};

std::vector<shown_file> files_of(const engine& owner) {
    std::vector<shown_file> all;
    std::int64_t id = 0;
    for (const char* name : {"master", "tempdb", "model", "msdb"}) {
        ++id;
        all.push_back({id, name, false});
        all.push_back({id, name, true});
    }
    for (const auto& [name, one] : owner.databases_) {
        all.push_back({one.about.id, one.about.name, false});
        all.push_back({one.about.id, one.about.name, true});
    }
    return all;
}

// assumption: sizes and growth are those of a database that was just made.
void file_columns(view_maker& made, const shown_file& one) {
    const std::string file = one.name + (one.log ? "_log" : "");
    const value nobody;
    made.number("file_id", one.log ? 2 : 1).guid("file_guid", nobody);
    made.small("type", std::int64_t{one.log ? 1 : 0}).text("type_desc", one.log ? "LOG" : "ROWS");
    made.number("data_space_id", one.log ? 0 : 1).text("name", file);
    made.text("physical_name", "/var/opt/mssql/data/" + file + (one.log ? ".ldf" : ".mdf"), 260);
    made.small("state", std::int64_t{0}).text("state_desc", "ONLINE");
    made.number("size", 1024).number("max_size", one.log ? 268435456 : -1);
    made.number("growth", 8192).bit("is_media_read_only", false).bit("is_read_only", false);
    made.bit("is_sparse", false).bit("is_percent_growth", false).bit("is_name_reserved", false);
    made.lsn("create_lsn", nobody).lsn("drop_lsn", nobody).lsn("read_only_lsn", nobody);
    made.lsn("read_write_lsn", nobody).lsn("differential_base_lsn", nobody);
    made.guid("differential_base_guid", nobody).time("differential_base_time", nobody);
    made.lsn("redo_start_lsn", nobody).guid("redo_start_fork_guid", nobody);
    made.lsn("redo_target_lsn", nobody).guid("redo_target_fork_guid", nobody);
    made.lsn("backup_lsn", nobody);
}

shared_rows master_files(const engine& owner) {
    return each(files_of(owner), [](view_maker& made, const shown_file& one) {
        made.number("database_id", one.database_id);
        file_columns(made, one);
    });
}

shared_rows database_files(const engine& owner, const std::string& database) {
    std::vector<shown_file> own;
    for (const auto& one : files_of(owner))
        if (same_name(one.name, database)) own.push_back(one);
    return each(own, file_columns);
}

shared_rows filegroups(bool with_group) {
    const value nobody;
    view_maker made;
    made.begin();
    made.text("name", "PRIMARY").number("data_space_id", 1).fixed("type", "FG", 2, false);
    made.text("type_desc", "ROWS_FILEGROUP").bit("is_default", true).bit("is_system", false);
    if (!with_group) return made.done();
    made.guid("filegroup_guid", nobody).whole("log_filegroup_id", nobody);
    made.bit("is_read_only", false).bit("is_autogrow_all_files", false);
    return made.done();
}

}  // namespace

shared_rows file_view(const engine& owner, const std::string& database, const std::string& view) {
    if (view == "master_files") return master_files(owner);
    if (view == "database_files") return database_files(owner, database);
    if (view == "filegroups") return filegroups(true);
    if (view == "data_spaces") return filegroups(false);
    return {};
}

}  // namespace ha::mssqlsim
