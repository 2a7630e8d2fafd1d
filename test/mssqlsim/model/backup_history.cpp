// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/backup_history.hpp"

#include "test/mssqlsim/model/error_texts.hpp"
#include "test/mssqlsim/model/guid_text.hpp"
#include "test/mssqlsim/model/procedure_answers.hpp"
#include "test/mssqlsim/model/system_objects.hpp"

#include <algorithm>

namespace ha::mssqlsim {

namespace {

std::uint64_t hash_of(const std::string& text, std::uint64_t made) {
    for (const char one : text) {
        made ^= static_cast<unsigned char>(one);
        made *= 0x100000001b3ULL;
    }
    return made;
}

// The same of the same text: nothing has to be kept.
std::string guid_from(const std::string& text) {
    const std::uint64_t high = hash_of(text, 0xcbf29ce484222325ULL);
    const std::uint64_t low = hash_of(text, high ^ 0x9e3779b97f4a7c15ULL);
    return guid_text(high, low);
}

bool is_log(const definition_statement& what) {
    return what.verb == "BACKUP LOG";
}

bool has(const definition_statement& what, std::string_view name) {
    return option(what.options, name) != nullptr;
}

// Of an option that is text, or a variable that has one.
std::string text_of_option(const session_state& session,
                           const definition_statement& what,
                           std::string_view name) {
    const auto* given = option(what.options, name);
    if (given == nullptr) return {};
    if (given->is_string || !given->text.starts_with("@") || session.scopes.empty())
        return given->text;
    const auto at = session.scopes.back().find(lower(given->text));
    return at == session.scopes.back().end() ? std::string{} : text_of(at->second.contents);
}

// The last whole backup that others may build on.
const backup_record* base_of(const engine& owner, const std::string& database_guid) {
    const backup_record* found = nullptr;
    for (const auto& [id, one] : owner.catalog_.backups())
        if (one.kind == "D" && !one.copy_only && one.database_guid == database_guid) found = &one;
    return found;
}

// 1. another backup to the same file stands behind those that are there
// 2. INIT begins the file anew and keeps the media set, FORMAT makes another one
void set_media(const engine& owner, const backup_request& asked, backup_record& made) {
    const backup_record* before = nullptr;
    for (const auto& [id, one] : owner.catalog_.backups())
        if (one.path == made.path) before = &one;
    const bool anew = before == nullptr || asked.formats || same_name(made.path, "NUL");
    made.media_set = anew ? owner.catalog_.last_media_set() + 1 : before->media_set;
    made.media_uuid = anew ? guid_from("media " + made.uuid) : before->media_uuid;
    made.position = anew || asked.initializes ? 1 : before->position + 1;
}

// assumption: a backup takes the bytes of the log that it is made of, in units of 64 kilobytes.
std::int64_t size_of_backup(std::int64_t bytes_of_log) {
    constexpr std::int64_t unit = 65536;
    return (bytes_of_log / unit + 1) * unit;
}

void set_log(const engine& owner, const database_state& target, backup_record& made) {
    made.first_lsn = target.about.log_backup;
    const auto& forks = target.forks;
    for (std::size_t i = 0; i < forks.size(); ++i) {
        if (forks[i].first_lsn > made.first_lsn + 1) break;
        made.first_fork = forks[i].fork;
        made.fork_lsn = i + 1 < forks.size() ? forks[i + 1].first_lsn : 0;
    }
    if (made.first_fork == made.last_fork) made.fork_lsn = 0;
    const auto& all = owner.catalog_.backups();
    made.begins_chain = std::none_of(all.begin(), all.end(), [&](const auto& entry) {
        const backup_record& one = entry.second;
        return one.kind == "L" && !one.copy_only && one.database_guid == made.database_guid &&
               one.last_lsn == made.first_lsn;
    });
}

sql_error not_permitted(const std::string& procedure) {
    return error_of(229,
                    "The EXECUTE permission was denied on the object '" + procedure +
                        "', database 'msdb', schema 'dbo'.",
                    14,
                    5);
}

template <class Fits>
progress forget(engine& owner, Fits fits) {
    std::vector<backup_record> gone;
    for (const auto& [id, one] : owner.catalog_.backups())
        if (fits(one)) gone.push_back(one);
    log_position last = owner.last_position_;
    for (auto& one : gone) {
        one.dropped = true;
        last = owner.append(one);
    }
    statement_end end;
    end.silent = true;
    return owner.until_hardened(last, std::move(end));
}

}  // namespace

std::string guid_of(const engine& owner, const database_record& about) {
    return guid_from(owner.options_.server_name + "\n" + lower(about.name) + "\n" +
                     about.create_date + "\n" + std::to_string(about.id));
}

const std::string& fork_of(const database_state& database) {
    return database.forks.empty() ? database.fork : database.forks.back().fork;
}

const std::string& family_of(const database_state& database) {
    return database.forks.empty() ? database.fork : database.forks.front().fork;
}

std::optional<sql_error> refuses_backup_kind(const engine& owner,
                                             const database_state& target,
                                             const definition_statement& what) {
    const auto* group = owner.group_of(target);
    const bool differential = has(what, "DIFFERENTIAL");
    // Documented: a secondary makes whole copy-only backups, and those of the log that are none.
    if (group != nullptr && group->role == replica_role::secondary &&
        (differential || has(what, "COPY_ONLY") == is_log(what)))
        return numbered(3059);
    if (differential && !is_log(what) && !target.about.backed_up &&
        base_of(owner, guid_of(owner, target.about)) == nullptr)
        return error_of(3035,
                        "Cannot perform a differential backup for database \"" + target.about.name +
                            "\", because a current database backup does not exist. Perform a full "
                            "database backup by reissuing BACKUP DATABASE, omitting the WITH "
                            "DIFFERENTIAL option.");
    return {};
}

backup_request begun_backup(const engine& owner,
                            const session_state& session,
                            const database_state& target,
                            const definition_statement& what) {
    backup_record made;
    made.id = owner.catalog_.last_backup() + 1;
    made.path = what.names.front();
    made.kind = is_log(what) ? "L" : has(what, "DIFFERENTIAL") ? "I" : "D";
    made.copy_only = has(what, "COPY_ONLY") && made.kind != "I";
    made.checksum = has(what, "CHECKSUM");
    made.compressed = has(what, "COMPRESSION");
    made.name = text_of_option(session, what, "NAME");
    made.description = text_of_option(session, what, "DESCRIPTION");
    made.user = session.login;
    made.database = target.about.name;
    made.database_created = target.about.create_date;
    made.database_guid = guid_of(owner, target.about);
    made.family_guid = family_of(target);
    made.full_recovery = target.about.full_recovery;
    made.started = owner.utc();
    made.first_lsn = target.end();
    made.first_fork = made.last_fork = fork_of(target);
    if (made.kind == "L") set_log(owner, target, made);
    if (const auto* base = base_of(owner, made.database_guid)) {
        made.base_lsn = base->first_lsn;
        made.base_uuid = base->uuid;
        made.has_base = true;
    }
    return {std::move(made), has(what, "FORMAT"), has(what, "INIT")};
}

log_position finish_backup(engine& owner, database_state& target, const backup_request& asked) {
    backup_record made = asked.begun;
    // Others may have ended while this one was written.
    made.id = owner.catalog_.last_backup() + 1;
    made.finished = owner.utc();
    made.uuid = guid_from(made.database_guid + made.finished + std::to_string(made.id));
    set_media(owner, asked, made);
    made.last_lsn = target.end();
    made.size_bytes = size_of_backup(target.bytes_above(
        made.kind == "L" ? made.first_lsn : (made.kind == "I" ? made.base_lsn : 0)));
    const bool of_log = made.kind == "L";
    // Documented: a copy-only backup leaves the log as it is. The first backup begins its chain.
    if ((of_log && !made.copy_only) || !target.about.backed_up)
        target.about.log_backup = target.end();
    target.about.backed_up = true;
    owner.append(std::move(made));
    return owner.append(target.about);
}

std::optional<progress> backup_procedure(engine& owner,
                                         const session_state& session,
                                         const std::string& name,
                                         const std::vector<parameter>& all) {
    const std::string known = lower(last_part(name));
    const std::string path = lower(name);
    const bool named = path.starts_with("msdb.") || path.starts_with("[msdb].");
    const bool by_date = known == "sp_delete_backuphistory";
    if (!by_date && known != "sp_delete_database_backuphistory") return {};
    if (!named && !same_name(session.database, "msdb")) return {};
    if (!owner.is_administrator(session)) return failed_with(not_permitted(known));
    const char* needs = by_date ? "@oldest_date" : "@database_name";
    const auto* given = argument(all, needs, 0);
    if (given == nullptr) return failed_with(lacks_parameter(known, needs));
    if (!by_date) {
        const std::string whose = text_of(given->contents);
        return forget(owner,
                      [&](const backup_record& one) { return same_name(one.database, whose); });
    }
    const auto oldest = convert(given->contents, {column_kind::datetime, 8, 25, 3});
    if (!oldest) return failed_with(oldest.error());
    const std::string kept = text_of(*oldest);
    return forget(owner, [&](const backup_record& one) { return one.finished < kept; });
}

}  // namespace ha::mssqlsim
