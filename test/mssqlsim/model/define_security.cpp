// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/contained_catalog.hpp"
#include "test/mssqlsim/model/edition.hpp"
#include "test/mssqlsim/model/engine.hpp"
#include "test/mssqlsim/model/error_texts.hpp"
#include "test/mssqlsim/model/event_session.hpp"
#include "test/mssqlsim/model/password_policy.hpp"
#include "test/mssqlsim/tsql/calendar.hpp"

#include <algorithm>
#include <cstdlib>

// Logins, users, certificates, the master key, the endpoint, permissions: sqlserver.md 5 and 8.

namespace ha::mssqlsim {

namespace {

sql_error exists_already(const std::string& kind, const std::string& name) {
    return error_of(15025, "The " + kind + " '" + name + "' already exists.");
}

sql_error cannot(const std::string& verb, const std::string& kind, const std::string& name) {
    return error_of(15151,
                    "Cannot " + verb + " the " + kind + " '" + name +
                        "', because it does not exist or you do not have permission.");
}

std::string verb_of(const definition_statement& what) {
    return lower(what.verb.substr(0, what.verb.find(' ')));
}

// The public part of a certificate: a header, then its facts in lines. Opaque to everybody else.
binary encoded(const certificate_record& about) {
    const std::string thumbprint{about.thumbprint.begin(), about.thumbprint.end()};
    const std::string text = "0\x82mssqlsim\n" + about.subject + '\n' + about.start_date + '\n' +
                             about.expiry_date + '\n' + thumbprint;
    return {text.begin(), text.end()};
}

bool decode(const binary& bytes, certificate_record& into) {
    const std::string text{bytes.begin(), bytes.end()};
    const std::string header = "0\x82mssqlsim\n";
    if (!text.starts_with(header)) return false;
    std::vector<std::string> lines;
    std::size_t at = header.size();
    for (int i = 0; i < 3; ++i) {
        const auto end = text.find('\n', at);
        if (end == std::string::npos) return false;
        lines.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    into.subject = lines[0], into.start_date = lines[1], into.expiry_date = lines[2];
    into.thumbprint.assign(bytes.begin() + static_cast<std::ptrdiff_t>(at), bytes.end());
    into.encoded = bytes;
    return into.thumbprint.size() == 20;
}

class security_statements {
public:
    security_statements(engine& owner, session_state& session, const definition_statement& what)
        : owner_(owner), session_(session), catalog_(owner.catalog_of(session)), what_(what) {}

    progress login() {
        const auto* known = catalog_.login(what_.name);
        if (what_.verb == "CREATE LOGIN") {
            if (known != nullptr)
                return failed_with(exists_already("server principal", what_.name));
            login_record made;
            made.name = what_.name;
            made.id = catalog_.next_id();
            made.create_date = owner_.utc();
            if (what_.action == "FROM CERTIFICATE") {
                if (owner_.catalog_.certificate(what_.names.front()) == nullptr)
                    return failed_with(cannot("find", "certificate", what_.names.front()));
                made.certificate = what_.names.front();
            } else if (auto bad = password(made)) {
                return failed_with(*bad);
            }
            if (auto bad = give_sid(made)) return failed_with(*bad);
            default_database(made);
            return written(made);
        }
        if (known == nullptr) {
            if (what_.if_exists) return statement_end{};
            return failed_with(cannot(verb_of(what_), "login", what_.name));
        }
        login_record changed = *known;
        if (what_.verb == "DROP LOGIN") {
            changed.dropped = true;
        } else if (what_.action == "ENABLE" || what_.action == "DISABLE") {
            changed.disabled = what_.action == "DISABLE";
        } else if (option(what_.options, "PASSWORD") != nullptr) {
            if (auto bad = password(changed)) return failed_with(*bad);
        }
        default_database(changed);
        return written(changed);
    }

    progress user() {
        const auto* known = catalog_.user(what_.name);
        if (what_.verb == "DROP USER") {
            if (known == nullptr)
                return what_.if_exists ? progress{statement_end{}}
                                       : failed_with(cannot("drop", "user", what_.name));
            for (const auto& [name, one] : catalog_.certificates())
                if (same_name(one.owner, what_.name))
                    return failed_with(error_of(15138,
                                                "The database principal owns a certificate in the "
                                                "database, and cannot be dropped."));
            user_record changed = *known;
            changed.dropped = true;
            return written(changed);
        }
        if (option(what_.options, "PASSWORD") != nullptr) return failed_with(numbered(33233));
        if (known != nullptr)
            return failed_with(error_of(15023,
                                        "User, group, or role '" + what_.name +
                                            "' already exists in the current database."));
        user_record made{what_.name, {}, catalog_.next_id(), false};
        if (what_.action != "WITHOUT LOGIN") {
            const auto* account = catalog_.login(what_.names.front());
            if (account == nullptr)
                return failed_with(
                    error_of(15007,
                             "'" + what_.names.front() +
                                 "' is not a valid login or you do not have permission."));
            made.login = account->name;
        }
        return written(made);
    }

    progress certificate() {
        const auto* known = owner_.catalog_.certificate(what_.name);
        if (what_.verb == "DROP CERTIFICATE") return drop_certificate(known);
        if (known != nullptr)
            return failed_with(error_of(15232,
                                        "A certificate with name '" + what_.name +
                                            "' already exists or this certificate already has been "
                                            "added to the database."));
        certificate_record made;
        made.name = what_.name;
        made.id = owner_.catalog_.next_id();
        made.owner = what_.names.empty() ? "dbo" : what_.names.front();
        if (made.owner != "dbo" && owner_.catalog_.user(made.owner) == nullptr)
            return failed_with(cannot("find", "user", made.owner));
        if (auto bad = what_.action == "FROM" ? imported(made) : generated(made))
            return failed_with(*bad);
        return written(made);
    }

    progress master_key() {
        const bool there = owner_.catalog_.has_master_key();
        if (what_.verb == "CREATE MASTER KEY" && there)
            return failed_with(error_of(15578,
                                        "There is already a master key in the database. Please "
                                        "drop it before performing this statement."));
        if (what_.verb != "CREATE MASTER KEY" && !there)
            return failed_with(error_of(15151,
                                        "Cannot find the symmetric key 'master key', because it "
                                        "does not exist or you do not have permission."));
        return written(master_key_record{owner_.utc(), what_.verb == "DROP MASTER KEY"});
    }

    progress endpoint() {
        const auto* known = owner_.catalog_.endpoint();
        if (what_.verb == "CREATE ENDPOINT") {
            if (known != nullptr && same_name(known->name, what_.name))
                return failed_with(exists_already("endpoint", what_.name));
            if (known != nullptr)
                return failed_with(
                    error_of(7862,
                             "An endpoint of the requested type already exists.  Only one endpoint "
                             "of this type is supported.  Use ALTER ENDPOINT or DROP the existing "
                             "endpoint and execute the CREATE ENDPOINT statement."));
            endpoint_record made;
            made.name = what_.name;
            made.id = 65536;
            return change_endpoint(made, false);
        }
        if (known == nullptr || !same_name(known->name, what_.name)) {
            if (what_.if_exists) return statement_end{};
            return failed_with(cannot(verb_of(what_), "endpoint", what_.name));
        }
        endpoint_record changed = *known;
        changed.dropped = what_.verb == "DROP ENDPOINT";
        return change_endpoint(changed, known->state == 0);
    }

    progress permission() {
        for (const auto& grantee : what_.names) {
            const bool is_known =
                catalog_.login(grantee) != nullptr || catalog_.user(grantee) != nullptr;
            if (!is_known) return failed_with(cannot("find", "login", grantee));
        }
        const auto* door = owner_.catalog_.endpoint();
        if (what_.action == "ENDPOINT" && (door == nullptr || !same_name(door->name, what_.name)))
            return failed_with(cannot("find", "endpoint", what_.name));
        if (what_.action == "OBJECT") return failed_with(cannot("find", "object", what_.name));
        if (what_.action == "AVAILABILITY GROUP" && owner_.group(what_.name) == nullptr)
            return failed_with(cannot("find", "availability group", what_.name));
        std::vector<log_record> all;
        for (const auto& grantee : what_.names)
            for (const auto& one : what_.options) {
                const std::string scope = what_.action.empty() ? "SERVER" : what_.action;
                const bool takes = what_.verb != "GRANT";
                all.emplace_back(grant_record{one.name, scope, what_.name, grantee, takes});
            }
        return written(all);
    }

    progress role() {
        const auto* account = catalog_.login(what_.names.front());
        if (account == nullptr)
            return failed_with(cannot("add", "server principal", what_.names.front()));
        if (!same_name(what_.name, "sysadmin"))
            return failed_with(
                error_of(15151,
                         "Cannot alter the server role '" + what_.name +
                             "', because it does not exist or you do not have permission."));
        login_record changed = *account;
        changed.system_administrator = what_.action == "ADD";
        return written(changed);
    }

private:
    template <class Record>
    progress written(const Record& record) {
        return written(std::vector<log_record>{log_record{record}});
    }
    progress written(const std::vector<log_record>& all) {
        if (!session_.contained_group.empty()) return write_inside(owner_, session_, all);
        log_position last = owner_.last_position_;
        for (const auto& one : all) last = owner_.append(one);
        return owner_.until_hardened(last);
    }

    void default_database(login_record& into) const {
        if (const auto* given = option(what_.options, "DEFAULT_DATABASE"))
            into.default_database = given->text;
    }

    std::optional<sql_error> give_sid(login_record& into) {
        const auto* given = option(what_.options, "SID");
        if (given == nullptr) {
            into.sid = owner_.make_sid();
            return {};
        }
        if (given->bytes.size() != 16)
            return error_of(15419, "Supplied parameter sid should be binary(16).");
        for (const auto& [name, one] : catalog_.logins())
            if (one.sid == given->bytes)
                return error_of(15433, "Supplied parameter sid is in use.");
        into.sid = given->bytes;
        return {};
    }

    std::optional<sql_error> password(login_record& into) const {
        const auto* given = option(what_.options, "PASSWORD");
        if (given == nullptr)
            return error_of(102, "Incorrect syntax near '" + what_.name + "'.", 15);
        const auto* checked = option(what_.options, "CHECK_POLICY");
        if (checked == nullptr || checked->text != "OFF")
            if (auto weak = refuses_password(given->text)) return weak;
        into.password = given->text;
        return {};
    }

    std::optional<sql_error> generated(certificate_record& made) {
        const auto* subject = option(what_.options, "SUBJECT");
        if (subject == nullptr)
            return error_of(102, "Incorrect syntax near '" + what_.name + "'.", 15);
        if (!owner_.catalog_.has_master_key())
            return error_of(15581,
                            "Please create a master key in the database or open the master key in "
                            "the session before performing this operation.");
        if (subject->text.size() > 64)
            return error_of(15297,
                            "The certificate, asymmetric key, or private key data is invalid.");
        const auto date = [&](const char* name, const std::string& otherwise) {
            const auto* given = option(what_.options, name);
            const auto parsed = given == nullptr ? std::nullopt : parse_time(given->text);
            return parsed ? time_text(*parsed, 3) : otherwise;
        };
        made.subject = "CN = " + subject->text;
        made.start_date = date("START_DATE", owner_.utc());
        const auto start = parse_time(made.start_date).value_or(0);
        made.expiry_date =
            date("EXPIRY_DATE", time_text(start + std::int64_t{365} * 86'400 * 1'000'000'000, 3));
        made.has_private_key = true;
        while (made.thumbprint.size() < 20) {
            const std::string guid = owner_.make_guid();
            for (const char c : guid)
                if (c != '-' && made.thumbprint.size() < 20)
                    made.thumbprint.push_back(static_cast<std::uint8_t>(c * 7));
        }
        made.encoded = encoded(made);
        return {};
    }

    std::optional<sql_error> imported(certificate_record& made) const {
        const auto* bytes = option(what_.options, "BINARY");
        if (bytes == nullptr || !decode(bytes->bytes, made))
            return error_of(15297,
                            "The certificate, asymmetric key, or private key data is invalid.");
        made.has_private_key = option(what_.options, "PRIVATE KEY") != nullptr;
        for (const auto& [name, one] : owner_.catalog_.certificates())
            if (one.thumbprint == made.thumbprint)
                return error_of(15232,
                                "A certificate with name '" + what_.name +
                                    "' already exists or this certificate already has been added "
                                    "to the database.");
        return {};
    }

    progress drop_certificate(const certificate_record* known) {
        if (known == nullptr)
            return what_.if_exists ? progress{statement_end{}}
                                   : failed_with(cannot("drop", "certificate", what_.name));
        const auto* door = owner_.catalog_.endpoint();
        const bool used = door != nullptr && same_name(door->certificate, known->name);
        const bool bound = std::any_of(
            owner_.catalog_.logins().begin(), owner_.catalog_.logins().end(), [&](const auto& one) {
                return same_name(one.second.certificate, known->name);
            });
        if (used || bound)
            return failed_with(error_of(15352,
                                        "The certificate cannot be dropped because one or more "
                                        "entities are either signed or encrypted using it."));
        certificate_record changed = *known;
        changed.dropped = true;
        return written(changed);
    }

    // Express has nothing else; assumption: what it says to the other roles.
    bool is_for_witnesses_only() const {
        constexpr std::int64_t express = 4;
        return edition_of(owner_.options_).engine == express;
    }

    progress change_endpoint(endpoint_record changed, bool was_started) {
        if (const auto* state = option(what_.options, "STATE"))
            changed.state = state->text == "STARTED" ? 0 : (state->text == "STOPPED" ? 1 : 2);
        if (const auto* port = option(what_.options, "LISTENER_PORT"))
            changed.port = static_cast<std::uint16_t>(std::strtol(port->text.c_str(), nullptr, 10));
        if (const auto* role = option(what_.options, "ROLE"))
            changed.role = role->text == "PARTNER" ? 1 : (role->text == "WITNESS" ? 2 : 3);
        if (changed.role != 2 && !changed.dropped && is_for_witnesses_only())
            return failed_with(numbered(7878, {verb_of(what_) == "create" ? "CREATE" : "ALTER"}));
        if (const auto* how = option(what_.options, "AUTHENTICATION")) {
            if (how->text != "CERTIFICATE" || how->inner.empty())  // Linux knows nothing else
                return failed_with(error_of(102, "Incorrect syntax near 'AUTHENTICATION'.", 15));
            const auto* own = owner_.catalog_.certificate(how->inner.front().text);
            if (own == nullptr || !own->has_private_key)
                return failed_with(cannot("find", "certificate", how->inner.front().text));
            changed.certificate = own->name;
        }
        const bool starts = changed.state == 0 && !changed.dropped;
        const auto position = owner_.append(changed);
        if (starts && !was_started) owner_.start_endpoint(true);
        if (!starts && was_started) owner_.start_endpoint(false);
        // assumption: another certificate ends the connections that were made with the old one.
        if (starts && was_started && option(what_.options, "AUTHENTICATION") != nullptr)
            owner_.drop_all_links();
        return owner_.until_hardened(position);
    }

    engine& owner_;
    session_state& session_;
    const server_catalog& catalog_;  // the instance's, or that of the group one is inside of
    const definition_statement& what_;
};

}  // namespace

progress engine::define_security(session_state& session, const definition_statement& what) {
    security_statements one{*this, session, what};
    const bool of_user_databases = what.verb == "ALTER USER" || what.verb.ends_with(" ROLE");
    if (of_user_databases && what.verb != "ALTER SERVER ROLE")
        return failed_with(error_of(15247,
                                    "User does not have permission to perform this action: the "
                                    "model keeps roles in user databases only."));
    if (what.verb.ends_with(" LOGIN")) return one.login();
    if (what.verb.ends_with(" USER")) return one.user();
    if (what.verb.ends_with(" CERTIFICATE")) return one.certificate();
    if (what.verb.ends_with(" MASTER KEY")) return one.master_key();
    if (what.verb.ends_with(" ENDPOINT")) return one.endpoint();
    if (what.verb == "ALTER SERVER ROLE") return one.role();
    if (what.verb == "ALTER EVENT SESSION") return define_event_session(*this, what);
    return one.permission();
}

}  // namespace ha::mssqlsim
