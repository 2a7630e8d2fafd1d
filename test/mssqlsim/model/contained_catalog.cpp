// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/contained_catalog.hpp"

#include "test/mssqlsim/model/codec.hpp"
#include "test/mssqlsim/model/contained.hpp"
#include "test/mssqlsim/model/log_reuse.hpp"
#include "test/mssqlsim/model/not_modelled.hpp"

#include <algorithm>

namespace ha::mssqlsim {

namespace {

std::string key_of(const grant_record& one) {
    return "grant\n" + lower(one.grantee) + "\n" + one.permission + "\n" + one.scope + "\n" +
           lower(one.object);
}

// Rows of one key are about one thing. Nothing else than these is written.
std::string key_of(const log_record& record) {
    if (const auto* login = std::get_if<login_record>(&record))
        return "login\n" + lower(login->name);
    if (const auto* user = std::get_if<user_record>(&record)) return "user\n" + lower(user->name);
    const auto* grant = std::get_if<grant_record>(&record);
    return grant == nullptr ? std::string{} : key_of(*grant);
}

bool is_dropped(const log_record& record) {
    if (const auto* login = std::get_if<login_record>(&record)) return login->dropped;
    if (const auto* user = std::get_if<user_record>(&record)) return user->dropped;
    const auto* grant = std::get_if<grant_record>(&record);
    return grant != nullptr && grant->dropped;
}

row row_of(const log_record& record) {
    const std::string bytes = encode(record);
    return {key_of(record), binary{bytes.begin(), bytes.end()}};
}

// With a login goes what it was permitted.
bool is_replaced(const std::string& key, const log_record& by) {
    if (key == key_of(by)) return true;
    const auto* login = std::get_if<login_record>(&by);
    return login != nullptr && login->dropped &&
           key.starts_with("grant\n" + lower(login->name) + "\n");
}

std::string master_of(const group_state& group) {
    return contained_databases(group.configuration.name).front();
}

}  // namespace

const table_definition& contained_catalog_table() {
    static const table_definition made{"sys.contained_catalog",
                                       {{"key", {column_kind::nvarchar, 4000, 25, 0}, false},
                                        {"record", {column_kind::varbinary, 8000, 25, 0}, false}},
                                       {}};
    return made;
}

bool is_own_master(const engine& owner, const session_state& session, const std::string& database) {
    const auto at = owner.groups_.find(session.contained_group);
    return at != owner.groups_.end() &&
           (same_name(database, "master") || same_name(database, master_of(at->second)));
}

void copy_administrators(engine& owner, const std::string& master) {
    auto& target = *owner.database(master);
    transaction_record first{target.about.name, target.end() + 1, target.fork, owner.utc(7), {}};
    const auto& table = contained_catalog_table();
    auto& next = target.next_row[lower(table.name)];
    for (const auto& [name, one] : owner.catalog_.logins()) {
        if (!one.system_administrator) continue;
        const log_record record{one};
        first.changes.push_back(
            {row_change::kind::insert, table.name, next++, {}, row_of(record), {}});
    }
    target.add(first, owner.last_position_ + 1);
    owner.append(std::move(first));
    owner.redo(target, target.end());  // nobody is in it yet
}

progress write_inside(engine& owner,
                      session_state& session,
                      const std::vector<log_record>& records) {
    const auto at = owner.groups_.find(session.contained_group);
    if (at == owner.groups_.end()) return failed_with(no_such_group("alter", "master"));
    const std::string master = master_of(at->second);
    if (auto refused = owner.refuses_entry(session, master, true)) return failed_with(*refused);
    if (auto refused = refuses_log(owner, master)) return failed_with(*refused);
    if (auto refused = refuses_second_database(session, master)) return failed_with(*refused);
    auto& open = session.transaction;
    const auto& table = contained_catalog_table();
    open.database = owner.database(master)->about.name;
    for (const auto& record : records) {
        std::vector<std::int64_t> numbers;
        auto rows = owner.rows_seen(session, master, table, &numbers);
        for (std::size_t i = 0; i < numbers.size(); ++i)
            if (is_replaced(text_of(rows.rows[i][0]), record))
                open.changes.add({row_change::kind::erase,
                                  table.name,
                                  numbers[i],
                                  std::move(rows.rows[i]),
                                  {},
                                  {}});
        auto& next = owner.database(master)->next_row[lower(table.name)];
        if (!is_dropped(record))
            open.changes.add(
                {row_change::kind::insert, table.name, next++, {}, row_of(record), {}});
    }
    if (open.changes.empty()) return statement_end{};
    return owner.finish_change(session);
}

// Made anew when the database has other rows: its LSN and the fork that it is of tell these, and
// how much the session itself has not committed.
const server_catalog& engine::contained_catalog(const session_state& session,
                                                const group_state& group) const {
    static const server_catalog nobody{};
    const auto* master = database(master_of(group));
    if (master == nullptr) return nobody;
    const std::string fork = master->redone == 0
                                 ? std::string{}
                                 : master->log[static_cast<std::size_t>(master->redone - 1)].fork;
    const bool changes_it = same_name(session.transaction.database, master->about.name) &&
                            !session.transaction.changes.empty();
    contained_state now{fork,
                        master->redone,
                        changes_it ? session.number : 0,
                        changes_it ? session.transaction.changes.size() : 0,
                        {}};
    auto& known = contained_catalogs_[group.configuration.id];
    if (known.fork == now.fork && known.redone == now.redone && known.changer == now.changer &&
        known.changes == now.changes && known.redone > 0)
        return known.catalog;
    for (const auto& one : rows_seen(session, master->about.name, contained_catalog_table()).rows) {
        const auto* bytes = std::get_if<binary>(&one[1]);
        if (bytes == nullptr) continue;
        const std::string encoded{bytes->begin(), bytes->end()};
        if (const auto record = decode_record(encoded)) now.catalog.apply(*record);
    }
    known = std::move(now);
    return known.catalog;
}

const server_catalog& engine::catalog_of(const session_state& session) const {
    if (session.contained_group.empty()) return catalog_;
    const auto at = groups_.find(session.contained_group);
    static const server_catalog nobody{};
    return at == groups_.end() ? nobody : contained_catalog(session, at->second);
}

}  // namespace ha::mssqlsim
