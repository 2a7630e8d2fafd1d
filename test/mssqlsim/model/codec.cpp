// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/codec.hpp"

#include <bit>
#include <type_traits>
#include <utility>

// Every structure names its fields once, in `fields`; the writer and the reader both go by it.

namespace ha::mssqlsim {

namespace {

constexpr char format_version = 1;

// --- the fields, in the order in which they are written

template <class A>
void fields(A& a, server_record& r) {
    a(r.server_name, r.password);
}
template <class A>
void fields(A& a, login_record& r) {
    a(r.name,
      r.password,
      r.certificate,
      r.id,
      r.default_database,
      r.disabled,
      r.system_administrator,
      r.create_date,
      r.dropped,
      r.sid);
}
template <class A>
void fields(A& a, user_record& r) {
    a(r.name, r.login, r.id, r.dropped);
}
template <class A>
void fields(A& a, certificate_record& r) {
    a(r.name,
      r.owner,
      r.id,
      r.subject,
      r.start_date,
      r.expiry_date,
      r.thumbprint,
      r.encoded,
      r.has_private_key,
      r.dropped);
}
template <class A>
void fields(A& a, master_key_record& r) {
    a(r.create_date, r.dropped);
}
template <class A>
void fields(A& a, event_session_record& r) {
    a(r.running, r.starts_with_server);
}
template <class A>
void fields(A& a, endpoint_record& r) {
    a(r.name, r.id, r.port, r.certificate, r.role, r.state, r.dropped);
}
template <class A>
void fields(A& a, grant_record& r) {
    a(r.permission, r.scope, r.object, r.grantee, r.dropped);
}
template <class A>
void fields(A& a, database_record& r) {
    a(r.name,
      r.id,
      r.create_date,
      r.full_recovery,
      r.backed_up,
      r.restoring,
      r.suspended,
      r.group_id,
      r.group_database_id,
      r.dropped,
      r.owner,
      r.log_backup);
}
template <class A>
void fields(A& a, group_replica& r) {
    a(r.id,
      r.name,
      r.endpoint_url,
      r.mode,
      r.failover_mode,
      r.automatic_seeding,
      r.session_timeout);
    a(r.primary_connections,
      r.secondary_connections,
      r.backup_priority,
      r.create_date,
      r.modify_date);
    a(r.read_only_url, r.read_write_url, r.routing_list);
}
template <class A>
void fields(A& a, group_listener& r) {
    a(r.id, r.name, r.addresses, r.masks, r.port);
}
template <class A>
void fields(A& a, group_database& r) {
    a(r.id, r.name, r.synchronized);
}
template <class A>
void fields(A& a, group_configuration& r) {
    a(r.id,
      r.name,
      r.type,
      r.sequence_number,
      r.required,
      r.db_failover,
      r.write_lease,
      r.failure_condition_level);
    a(r.health_check_timeout, r.backup_preference, r.dtc_support, r.replicas, r.databases);
    a(r.listeners, r.basic, r.contained, r.primary_version);
}
template <class A>
void fields(A& a, group_record& r) {
    a(r.configuration, r.uncommitted, r.was_primary, r.may_create_databases, r.dropped);
}
template <class A>
void fields(A& a, exact_number& r) {
    a(r.text, r.is_money);
}
template <class A>
void fields(A& a, calendar_value& r) {
    a(r.kind, r.text);
}
template <class A>
void fields(A& a, column_type& r) {
    a(r.kind, r.length, r.precision, r.scale);
}
template <class A>
void fields(A& a, variant_value& r) {
    a(r.base);
    a.choice(r.held);
}
template <class A>
void fields(A& a, column& r) {
    a(r.name, r.type, r.nullable);
}
template <class A>
void fields(A& a, column_rule& r) {
    a(r.column, r.default_text, r.identity, r.seed, r.increment, r.default_name);
}
template <class A>
void fields(A& a, constraint_column& r) {
    a(r.name, r.descending, r.included);
}
template <class A>
void fields(A& a, table_constraint& r) {
    a(r.what, r.name, r.is_system_named, r.is_unique, r.is_clustered, r.columns, r.condition);
    a(r.referenced_table, r.referenced_columns, r.on_delete, r.on_update);
    a(r.is_disabled, r.is_untrusted);
}
template <class A>
void fields(A& a, table_definition& r) {
    a(r.name, r.columns, r.primary_key, r.key_name, r.rules, r.constraints, r.key_nonclustered);
    for (const auto& rule : r.rules)
        for (auto& one : r.columns)
            if (rule.identity && !one.identity && one.name == rule.column) one.identity = true;
}
template <class A>
void fields(A& a, row_change& r) {
    a(r.what, r.table, r.row_number, r.before, r.after, r.definition);
}
template <class A>
void fields(A& a, transaction_record& r) {
    a(r.database, r.lsn, r.fork, r.commit_time, r.changes);
}
template <class A>
void fields(A& a, undo_record& r) {
    a(r.database, r.lsn);
}
template <class A>
void fields(A& a, setting_record& r) {
    a(r.name, r.configured, r.in_use);
}
template <class A>
void fields(A& a, backup_record& r) {
    a(r.id, r.uuid, r.media_set, r.media_uuid, r.position, r.path, r.kind);
    a(r.copy_only, r.checksum, r.compressed, r.name, r.description, r.user);
    a(r.database, r.database_created, r.database_guid, r.family_guid, r.full_recovery);
    a(r.started, r.finished, r.has_base);
    a(r.first_lsn, r.last_lsn, r.base_lsn, r.base_uuid, r.begins_chain);
    a(r.first_fork, r.last_fork, r.fork_lsn, r.size_bytes, r.dropped);
}
template <class A>
void fields(A& a, greeting& r) {
    a(r.server_name, r.incarnation, r.endpoint_starts, r.thumbprint, r.version);
}
template <class A>
void fields(A& a, group_news& r) {
    a(r.group_id, r.replica_id, r.role, r.promotion, r.primary_for_milliseconds, r.sequence_number);
}
template <class A>
void fields(A&, ping&) {}
template <class A>
void fields(A& a, configuration_request& r) {
    a(r.group_name);
}
template <class A>
void fields(A& a, configuration_offer& r) {
    a(r.configuration, r.uncommitted, r.answers_join, r.promotion);
}
template <class A>
void fields(A& a, configuration_stored& r) {
    a(r.group_id, r.promotion, r.sequence_number);
}
template <class A>
void fields(A& a, fork_point& r) {
    a(r.fork, r.first_lsn);
}
template <class A>
void fields(A& a, database_position& r) {
    a(r.group_database_id, r.hardened_lsn, r.forks);
}
template <class A>
void fields(A& a, follow_request& r) {
    a(r.group_id, r.promotion, r.may_create_databases, r.databases);
}
template <class A>
void fields(A& a, follow_answer& r) {
    a(r.group_id, r.promotion, r.group_database_id, r.database, r.common_lsn, r.seeding);
    a(r.forced);
}
template <class A>
void fields(A& a, log_block& r) {
    a(r.group_id, r.promotion, r.group_database_id, r.transactions, r.end_of_log);
}
template <class A>
void fields(A& a, log_hardened& r) {
    a(r.group_id, r.promotion, r.group_database_id, r.lsn, r.redone_lsn, r.suspended);
    a(r.damaged);
}

// --- writing

class writer {
public:
    template <class... Fields>
    void operator()(Fields&... each) {
        (write(each), ...);
    }
    std::string take() { return std::move(made_); }

    template <class Variant>
    void choice(Variant& what) {
        made_ += static_cast<char>(what.index());
        std::visit([this](auto& one) { this->write(one); }, what);
    }

private:
    void size(std::size_t count) {
        for (; count >= 0x80; count >>= 7U) made_ += static_cast<char>((count & 0x7FU) | 0x80U);
        made_ += static_cast<char>(count);
    }
    void write(std::string& text) {
        size(text.size());
        made_ += text;
    }
    void write(binary& bytes) {
        size(bytes.size());
        made_.append(bytes.begin(), bytes.end());
    }
    void write(std::monostate&) {}
    void write(double& real) { raw(std::bit_cast<std::uint64_t>(real)); }
    void write(value& what) { choice(what); }
    template <class Number>
    std::enable_if_t<std::is_integral_v<Number>> write(Number& number) {
        raw(static_cast<std::uint64_t>(number));
    }
    template <class Enum>
    std::enable_if_t<std::is_enum_v<Enum>> write(Enum& what) {
        made_ += static_cast<char>(what);
    }
    template <class Element>
    std::enable_if_t<!std::is_same_v<Element, std::uint8_t>> write(std::vector<Element>& list) {
        size(list.size());
        for (auto& one : list) write(one);
    }
    template <class Record>
    std::enable_if_t<std::is_class_v<Record>> write(Record& record) {
        fields(*this, record);
    }
    // Zigzag in groups of seven bits: most numbers are small.
    void raw(std::uint64_t bits) {
        const std::uint64_t sign = bits >> 63U;
        std::uint64_t folded = (bits << 1U) ^ (sign == 0 ? 0 : ~std::uint64_t{0});
        for (; folded >= 0x80; folded >>= 7U) made_ += static_cast<char>((folded & 0x7FU) | 0x80U);
        made_ += static_cast<char>(folded);
    }

    std::string made_{format_version};
};

// --- reading

class reader {
public:
    explicit reader(std::string_view bytes) : rest_(bytes) { bad_ = take() != format_version; }

    template <class... Fields>
    void operator()(Fields&... each) {
        (read(each), ...);
    }
    bool complete() const { return !bad_ && rest_.empty(); }

    template <class Variant>
    void choice(Variant& into) {
        const auto index = static_cast<unsigned char>(take());
        bad_ = bad_ || index >= std::variant_size_v<Variant>;
        if (!bad_) choose(into, index, std::make_index_sequence<std::variant_size_v<Variant>>{});
    }

private:
    template <class Variant, std::size_t... Indexes>
    void choose(Variant& into, std::size_t wanted, std::index_sequence<Indexes...>) {
        (void)((Indexes == wanted && (read(into.template emplace<Indexes>()), true)) || ...);
    }
    char take() {
        if (rest_.empty()) {
            bad_ = true;
            return 0;
        }
        const char first = rest_.front();
        rest_.remove_prefix(1);
        return first;
    }
    std::uint64_t groups() {
        std::uint64_t made = 0;
        for (unsigned shift = 0; shift < 64 && !bad_; shift += 7) {
            const auto next = static_cast<unsigned char>(take());
            made |= std::uint64_t{next & 0x7FU} << shift;
            if ((next & 0x80U) == 0) return made;
        }
        bad_ = true;
        return 0;
    }
    std::string_view bytes() {
        const std::uint64_t count = groups();
        if (bad_ || count > rest_.size()) {
            bad_ = true;
            return {};
        }
        const auto made = rest_.substr(0, static_cast<std::size_t>(count));
        rest_.remove_prefix(made.size());
        return made;
    }
    void read(std::string& text) { text = bytes(); }
    void read(binary& into) {
        const auto made = bytes();
        into.assign(made.begin(), made.end());
    }
    void read(std::monostate&) {}
    void read(double& real) { real = std::bit_cast<double>(raw()); }
    void read(value& what) { choice(what); }
    template <class Number>
    std::enable_if_t<std::is_integral_v<Number>> read(Number& number) {
        number = static_cast<Number>(raw());
    }
    template <class Enum>
    std::enable_if_t<std::is_enum_v<Enum>> read(Enum& what) {
        what = static_cast<Enum>(static_cast<unsigned char>(take()));
    }
    template <class Element>
    std::enable_if_t<!std::is_same_v<Element, std::uint8_t>> read(std::vector<Element>& list) {
        list.clear();
        for (std::uint64_t count = groups(); count > 0 && !bad_; --count) read(list.emplace_back());
    }
    template <class Record>
    std::enable_if_t<std::is_class_v<Record>> read(Record& record) {
        fields(*this, record);
    }
    std::uint64_t raw() {
        const std::uint64_t folded = groups();
        return (folded >> 1U) ^ ((folded & 1U) == 0 ? 0 : ~std::uint64_t{0});
    }

    std::string_view rest_;
    bool bad_ = false;
};

template <class Variant>
std::string encoded(Variant what) {
    writer out;
    out.choice(what);
    return out.take();
}

template <class Variant>
std::optional<Variant> decoded(std::string_view bytes) {
    reader in{bytes};
    Variant made;
    in.choice(made);
    if (!in.complete()) return {};
    return made;
}

}  // namespace

std::string encode(const log_record& what) {
    return encoded(what);
}
std::string encode(const peer_message& what) {
    return encoded(what);
}
std::optional<log_record> decode_record(std::string_view bytes) {
    return decoded<log_record>(bytes);
}
std::optional<peer_message> decode_message(std::string_view bytes) {
    return decoded<peer_message>(bytes);
}

}  // namespace ha::mssqlsim
