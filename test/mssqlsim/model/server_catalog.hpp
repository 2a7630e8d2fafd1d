// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/records.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

// What master knows: logins, users, certificates, the endpoint, permissions, options of the server.
// Made by its records.

namespace ha::mssqlsim {

// What is permitted to whom, as it is looked for.
struct grant_key {
    std::string_view grantee;
    std::string_view permission;
    std::string_view scope;
    std::string_view object;
};

struct less_grant {
    using is_transparent = void;
    bool operator()(const auto& a, const auto& b) const { return before(key_of(a), key_of(b)); }

private:
    static const grant_key& key_of(const grant_key& one) { return one; }
    static grant_key key_of(const grant_record& one) {
        return {one.grantee, one.permission, one.scope, one.object};
    }
    static bool before(const grant_key& a, const grant_key& b);
};

class server_catalog {
public:
    template <class Record>
    using by_name = std::map<std::string, Record, less_name>;

    void apply(const log_record& record);  // ignores records of databases and groups
    // The server starts: of what ran before, that goes on which starts with it.
    void start() { health_session_.running = health_session_.starts_with_server; }

    const login_record* login(std::string_view name) const;
    const user_record* user(std::string_view name) const;
    const certificate_record* certificate(std::string_view name) const;
    const certificate_record* certificate_by_id(std::int64_t id) const;
    const endpoint_record* endpoint() const { return endpoint_ ? &*endpoint_ : nullptr; }
    bool has_master_key() const { return master_key_.has_value(); }
    const std::optional<server_record>& server() const { return server_; }
    bool granted(std::string_view login_name,
                 std::string_view permission,
                 std::string_view scope,
                 std::string_view object) const;
    // Of a peer's certificate that is stored here: the login that it stands for (its owner's, or
    // the one that was made from it), and until when it is good.
    struct peer_owner {
        std::string login;
        std::string expiry_date;
    };
    std::optional<peer_owner> owner_of_peer(const binary& thumbprint) const;
    // CONNECT or CONTROL on the endpoint.
    bool may_connect(const std::string& login_name) const;
    std::int64_t next_id() const { return next_id_; }

    const by_name<login_record>& logins() const { return logins_; }
    const by_name<user_record>& users() const { return users_; }
    const by_name<certificate_record>& certificates() const { return certificates_; }
    const std::set<grant_record, less_grant>& grants() const { return grants_; }
    const std::optional<master_key_record>& master_key() const { return master_key_; }
    const by_name<setting_record>& settings() const { return settings_; }  // those changed
    // By number; in the order in which they were made.
    const std::map<std::int64_t, backup_record>& backups() const { return backups_; }
    std::int64_t last_backup() const { return last_backup_; }
    std::int64_t last_media_set() const { return last_media_set_; }
    const event_session_record& health_session() const { return health_session_; }

private:
    by_name<login_record> logins_;
    by_name<user_record> users_;
    by_name<certificate_record> certificates_;
    by_name<setting_record> settings_;
    std::set<grant_record, less_grant> grants_;
    std::map<std::int64_t, backup_record> backups_;
    std::int64_t last_backup_ = 0;
    std::int64_t last_media_set_ = 0;
    std::optional<master_key_record> master_key_;
    event_session_record health_session_;
    std::optional<endpoint_record> endpoint_;
    std::optional<server_record> server_;
    std::int64_t next_id_ = 256;
};

}  // namespace ha::mssqlsim
