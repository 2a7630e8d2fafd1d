// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/backup_history.hpp"
#include "test/mssqlsim/model/database_looks.hpp"
#include "test/mssqlsim/model/view_maker.hpp"

#include <array>
#include <cstdlib>
#include <set>

// The history of backups as tables of msdb: their columns and types as documented, in that order.

namespace ha::mssqlsim {

namespace {

constexpr std::int64_t page = 8192;

using all_backups = std::vector<backup_record>;

all_backups backups_of(const engine& owner) {
    all_backups made;
    for (const auto& [id, one] : owner.catalog_.backups()) made.push_back(one);
    return made;
}

// One of each media set: what its first backup says of it.
all_backups media_sets_of(const engine& owner) {
    all_backups made;
    std::set<std::int64_t> seen;
    for (const auto& [id, one] : owner.catalog_.backups())
        if (seen.insert(one.media_set).second) made.push_back(one);
    return made;
}

// 16.0.4165 of 16.0.4165.4
std::array<std::int64_t, 3> version_of(const engine& owner) {
    std::array<std::int64_t, 3> made{};
    const char* at = owner.options_.product_version.c_str();
    for (auto& part : made) {
        char* end = nullptr;
        part = std::strtoll(at, &end, 10);
        at = *end == '.' ? end + 1 : end;
    }
    return made;
}

view_maker& digits(view_maker& made, const char* name, value contents, std::uint8_t precision) {
    return made.put(name, {column_kind::numeric, 0, precision, 0}, std::move(contents));
}

value lsn_of(std::int64_t lsn) {
    return value{shown_lsn(lsn)};
}

value guid_or_null(const std::string& guid) {
    return guid.empty() ? value{} : value{guid};
}

void where_it_is(view_maker& made, const engine& owner, const backup_record& one) {
    static constexpr std::int64_t vendor = 0x1200;  // documented: Microsoft's
    const auto version = version_of(owner);
    const value first{std::int64_t{1}};
    const value nobody;
    made.number("backup_set_id", one.id).guid("backup_set_uuid", guid_or_null(one.uuid));
    made.number("media_set_id", one.media_set);
    made.small("first_family_number", first).short_number("first_media_number", first);
    made.small("last_family_number", first).short_number("last_media_number", first);
    made.small("catalog_family_number", first).short_number("catalog_media_number", first);
    made.number("position", one.position).time("expiration_date", nobody);
    made.number("software_vendor_id", vendor).text("name", text_or_null(one.name));
    made.text("description", text_or_null(one.description), 255).text("user_name", one.user);
    made.small("software_major_version", version[0]).small("software_minor_version", version[1]);
    made.short_number("software_build_version", version[2]);
    made.short_number("time_zone", std::int64_t{0}).small("mtf_minor_version", std::int64_t{0});
}

void how_far_it_goes(view_maker& made, const backup_record& one) {
    const bool of_log = one.kind == "L";
    made.lsn("first_lsn", lsn_of(one.first_lsn)).lsn("last_lsn", lsn_of(one.last_lsn));
    made.lsn("checkpoint_lsn", lsn_of(of_log ? one.base_lsn : one.first_lsn));
    // assumption: nought before the first whole backup.
    made.lsn("database_backup_lsn", one.has_base ? lsn_of(one.base_lsn) : value{std::int64_t{0}});
    made.time("database_creation_date", time_or_null(one.database_created));
    made.time("backup_start_date", time_or_null(one.started));
    made.time("backup_finish_date", time_or_null(one.finished));
    made.fixed("type", one.kind, 1, false);
}

// assumption: sort order, code page, locale and version are those of the default collation of 2022.
void of_what(view_maker& made, const engine& owner, const backup_record& one) {
    constexpr std::int64_t checksum_flag = 16;
    made.short_number("sort_order", std::int64_t{52}).short_number("code_page", std::int64_t{0});
    made.small("compatibility_level", std::int64_t{160}).number("database_version", 957);
    digits(made, "backup_size", one.size_bytes, 20);
    made.text("database_name", one.database).text("server_name", owner.options_.server_name);
    made.text("machine_name", owner.options_.server_name);
    made.number("flags", one.checksum ? checksum_flag : 0).number("unicode_locale", 1033);
    made.number("unicode_compare_style", 196609);
    made.text("collation_name", "SQL_Latin1_General_CP1_CI_AS");
    made.bit("Is_password_protected", false);
    made.text("recovery_model", one.full_recovery ? "FULL" : "SIMPLE", 60);
    made.bit("has_bulk_logged_data", false).bit("is_snapshot", false).bit("is_readonly", false);
    made.bit("is_single_user", false).bit("has_backup_checksums", one.checksum);
    made.bit("is_damaged", false).bit("begins_log_chain", one.begins_chain);
    made.bit("has_incomplete_metadata", false).bit("is_force_offline", false);
    made.bit("is_copy_only", one.copy_only);
}

void whose_it_is(view_maker& made, const backup_record& one) {
    const bool forked = one.first_fork != one.last_fork;
    const bool differential = one.kind == "I" && one.has_base;
    const value nobody;
    made.guid("first_recovery_fork_guid", guid_or_null(one.first_fork));
    made.guid("last_recovery_fork_guid", guid_or_null(one.last_fork));
    made.lsn("fork_point_lsn", forked ? lsn_of(one.fork_lsn) : nobody);
    made.guid("database_guid", guid_or_null(one.database_guid));
    made.guid("family_guid", guid_or_null(one.family_guid));
    made.lsn("differential_base_lsn", differential ? lsn_of(one.base_lsn) : nobody);
    made.guid("differential_base_guid", differential ? value{one.base_uuid} : nobody);
    digits(made, "compressed_backup_size", one.size_bytes, 20);
    made.text("key_algorithm", nobody, 32).bytes("encryptor_thumbprint", nobody, 20);
    made.text("encryptor_type", nobody, 32);
    made.time("last_valid_restore_time", one.kind == "L" ? time_or_null(one.finished) : nobody);
    made.text(
        "compression_algorithm", one.compressed ? value{std::string{"MS_XPRESS"}} : nobody, 32);
}

shared_rows backup_sets(const engine& owner) {
    return each(backups_of(owner), [&](view_maker& made, const backup_record& one) {
        where_it_is(made, owner, one);
        how_far_it_goes(made, one);
        of_what(made, owner, one);
        whose_it_is(made, one);
    });
}

shared_rows media_families(const engine& owner) {
    return each(media_sets_of(owner), [](view_maker& made, const backup_record& one) {
        const value nobody;
        made.number("media_set_id", one.media_set).small("family_sequence_number", std::int64_t{1});
        made.guid("media_family_id", guid_or_null(one.media_uuid)).number("media_count", 1);
        made.text("logical_device_name", nobody).text("physical_device_name", one.path, 260);
        made.small("device_type", std::int64_t{2}).number("physical_block_size", 512);
        made.small("mirror", std::int64_t{0});
    });
}

shared_rows media_sets(const engine& owner) {
    return each(media_sets_of(owner), [](view_maker& made, const backup_record& one) {
        const value nobody;
        made.number("media_set_id", one.media_set).guid("media_uuid", guid_or_null(one.media_uuid));
        made.small("media_family_count", std::int64_t{1}).text("name", nobody);
        made.text("description", nobody, 255).text("software_name", "Microsoft SQL Server");
        made.number("software_vendor_id", 0x1200).small("MTF_major_version", std::int64_t{1});
        made.small("mirror_count", std::int64_t{1}).bit("is_password_protected", false);
        made.bit("is_compressed", one.compressed).bit("is_encrypted", false);
    });
}

struct backed_up_file {
    backup_record whole;
    bool log = false;
};

void file_row(view_maker& made, const backed_up_file& entry) {
    const backup_record& one = entry.whole;
    const bool log = entry.log;
    const bool present = log == (one.kind == "L");
    const value nobody;
    const value first{std::int64_t{1}};
    const std::string file = one.database + (log ? "_log" : "");
    made.number("backup_set_id", one.id).small("first_family_number", first);
    made.short_number("first_media_number", first);
    made.text("filegroup_name", log ? nobody : value{std::string{"PRIMARY"}})
        .number("page_size", page);
    digits(made, "file_number", std::int64_t{log ? 2 : 1}, 10);
    digits(made, "backed_up_page_count", present && !log ? one.size_bytes / page : 0, 10);
    made.fixed("file_type", log ? "L" : "D", 1, false);
    digits(made, "source_file_block_size", std::int64_t{512}, 10);
    digits(made, "file_size", 1024 * page, 20);
    made.text("logical_name", file).text("physical_drive", nobody, 260);
    made.text("physical_name", "/var/opt/mssql/data/" + file + (log ? ".ldf" : ".mdf"), 260);
    made.small("state", std::int64_t{0}).text("state_desc", "ONLINE", 64);
    made.lsn("create_lsn", std::int64_t{0}).lsn("drop_lsn", nobody);
    made.guid("file_guid", nobody).lsn("read_only_lsn", nobody).lsn("read_write_lsn", nobody);
    made.lsn("differential_base_lsn", nobody).guid("differential_base_guid", nobody);
    digits(made, "backup_size", present ? one.size_bytes : 0, 20);
    made.guid("filegroup_guid", nobody).bit("is_readonly", false).bit("is_present", present);
}

shared_rows backup_files(const engine& owner) {
    std::vector<backed_up_file> all;
    for (const auto& [id, one] : owner.catalog_.backups()) {
        all.push_back({one, false});
        all.push_back({one, true});
    }
    return each(all, file_row);
}

}  // namespace

shared_rows backup_table(const engine& owner, const std::string& name) {
    const std::string known = lower(name);
    if (known == "backupset") return backup_sets(owner);
    if (known == "backupmediafamily") return media_families(owner);
    if (known == "backupmediaset") return media_sets(owner);
    if (known == "backupfile") return backup_files(owner);
    return {};
}

}  // namespace ha::mssqlsim
