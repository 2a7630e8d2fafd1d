// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/server_catalog.hpp"

#include <algorithm>

namespace ha::mssqlsim {

namespace {

template <class Map, class Record>
void put(Map& map, const std::string& key, const Record& record) {
    if (record.dropped)
        map.erase(key);
    else
        map.insert_or_assign(key, record);
}

template <class Record>
void put(std::optional<Record>& slot, const Record& record) {
    if (record.dropped)
        slot.reset();
    else
        slot = record;
}

// The last number stays taken when its backup is deleted.
void put(std::map<std::int64_t, backup_record>& all, const backup_record& record) {
    if (record.dropped)
        all.erase(record.id);
    else
        all.insert_or_assign(record.id, record);
}

template <class Map>
auto* find(const Map& map, std::string_view name) {
    const auto at = map.find(name);
    return at == map.end() ? nullptr : &at->second;
}

void put(std::set<grant_record, less_grant>& all, const grant_record& record) {
    all.erase(record);
    if (!record.dropped) all.insert(record);
}

}  // namespace

bool less_grant::before(const grant_key& a, const grant_key& b) {
    if (const int order = compare_text(a.grantee, b.grantee)) return order < 0;
    if (const int order = a.permission.compare(b.permission)) return order < 0;
    if (const int order = a.scope.compare(b.scope)) return order < 0;
    return compare_text(a.object, b.object) < 0;
}

void server_catalog::apply(const log_record& record) {
    std::int64_t id = 0;
    if (const auto* server = std::get_if<server_record>(&record)) {
        server_ = *server;
    } else if (const auto* login_entry = std::get_if<login_record>(&record)) {
        put(logins_, login_entry->name, *login_entry);
        if (login_entry->dropped)  // what it was permitted goes with it
            std::erase_if(grants_, [&](const auto& one) {
                return same_name(one.grantee, login_entry->name);
            });
        id = login_entry->id;
    } else if (const auto* user_entry = std::get_if<user_record>(&record)) {
        put(users_, user_entry->name, *user_entry);
        id = user_entry->id;
    } else if (const auto* entry = std::get_if<certificate_record>(&record)) {
        put(certificates_, entry->name, *entry);
        id = entry->id;
    } else if (const auto* setting = std::get_if<setting_record>(&record)) {
        settings_.insert_or_assign(setting->name, *setting);
    } else if (const auto* grant = std::get_if<grant_record>(&record)) {
        put(grants_, *grant);
    } else if (const auto* health = std::get_if<event_session_record>(&record)) {
        health_session_ = *health;
    } else if (const auto* backup = std::get_if<backup_record>(&record)) {
        put(backups_, *backup);
        last_backup_ = std::max(last_backup_, backup->id);
        last_media_set_ = std::max(last_media_set_, backup->media_set);
    } else if (const auto* key = std::get_if<master_key_record>(&record)) {
        put(master_key_, *key);
    } else if (const auto* door = std::get_if<endpoint_record>(&record)) {
        put(endpoint_, *door);
        id = door->id;
    }
    next_id_ = std::max(next_id_, id + 1);
}

const login_record* server_catalog::login(std::string_view name) const {
    return find(logins_, name);
}
const user_record* server_catalog::user(std::string_view name) const {
    return find(users_, name);
}
const certificate_record* server_catalog::certificate(std::string_view name) const {
    return find(certificates_, name);
}

const certificate_record* server_catalog::certificate_by_id(std::int64_t id) const {
    for (const auto& [name, one] : certificates_)
        if (one.id == id) return &one;
    return nullptr;
}

bool server_catalog::granted(std::string_view login_name,
                             std::string_view permission,
                             std::string_view scope,
                             std::string_view object) const {
    return grants_.contains(grant_key{login_name, permission, scope, object});
}

std::optional<server_catalog::peer_owner> server_catalog::owner_of_peer(
    const binary& thumbprint) const {
    std::optional<peer_owner> found;
    for (const auto& [name, stored] : certificates_) {
        if (stored.thumbprint != thumbprint || stored.has_private_key) continue;
        peer_owner one{{}, stored.expiry_date};
        if (const auto* owning = user(stored.owner)) one.login = owning->login;
        for (const auto& [key, made_from] : logins_)
            if (one.login.empty() && same_name(made_from.certificate, stored.name))
                one.login = made_from.name;
        // Stored several times, it stands for whoever may connect.
        if (!found || may_connect(one.login)) found = std::move(one);
    }
    return found;
}

bool server_catalog::may_connect(const std::string& login_name) const {
    const auto* account = login(login_name);
    if (!endpoint_ || account == nullptr || account->disabled) return false;
    return account->system_administrator ||
           granted(login_name, "CONNECT", "ENDPOINT", endpoint_->name) ||
           granted(login_name, "CONTROL", "ENDPOINT", endpoint_->name);
}

}  // namespace ha::mssqlsim
