// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/database_state.hpp"
#include "test/mssqlsim/model/group_state.hpp"
#include "test/mssqlsim/model/health.hpp"
#include "test/mssqlsim/model/health_watch.hpp"
#include "test/mssqlsim/model/instance.hpp"
#include "test/mssqlsim/model/server_catalog.hpp"
#include "test/mssqlsim/model/session_state.hpp"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

// The instance from the inside: its state, and what its parts ask of each other. Each part has its
// own file; `now_` is set at every entry.

namespace ha::mssqlsim {

using durable_action = std::function<void()>;

// What sys.databases shows of one.
struct shown_database {
    database_record about;
    bool recovering = false;
    database_damage damage = database_damage::none;
    std::string replica_id;  // of the own replica, if it is in a group
    std::int64_t log_reuse_wait = 0;
    std::string_view log_reuse_reason = "NOTHING";
    bool contained = false;
    bool operator==(const shown_database&) const = default;
};

class engine {
public:
    engine(instance_options options,
           durable_state disk,
           std::unique_ptr<row_store> store,
           instant now);

    // --- start.cpp, engine.cpp
    void enter(instant now);  // every entry begins so: timers that are due fire first
    void settle();            // and ends so: whatever can go on goes on
    void finish_commits();
    void harden(log_position position);
    instant wakes_at() const;
    std::string utc(unsigned digits = 3) const;
    std::string utc_before(duration ago) const;
    std::string make_guid();
    binary make_sid();
    std::int64_t ticks() const;  // ms_ticks
    void emit(output what);      // or to what collects the rows of a session
    void errorlog(std::string text);
    // Memory changes at once; the action runs when the record is on the disk.
    log_position append(log_record record, durable_action when_hardened = {});
    bool is_hardened(log_position position) const { return hardened_ >= position; }

    // --- sessions.cpp
    tl::expected<login_accepted, login_refused> login(const login_request& who);
    void submit(session_number number, request what);
    void attention(session_number number);
    void close(session_number number);
    void reset(session_number number);
    void transaction_request(session_number number, const transaction_statement& what);
    void end_session(session_number number, bool say_so);
    // Those that are in such a database, or change one.
    void end_sessions_in(const std::function<bool(const std::string&)>& is_one);
    void kill_sessions_of(const group_state& group);

    // --- authentication.cpp: who a session is
    // Nothing for a user whom his database let in: he is nobody at the server.
    const login_record* login_of(const session_state& session) const;
    bool is_granted(const session_state& session,
                    std::string_view permission,
                    std::string_view scope = "SERVER",
                    std::string_view object = {}) const;
    // --- contained_catalog.cpp
    // The instance's, or that of the contained group that the session is inside of.
    const server_catalog& catalog_of(const session_state& session) const;
    const server_catalog& contained_catalog(const session_state& session,
                                            const group_state& group) const;
    // As errors name it.
    std::string principal_of(const session_state& session) const;
    bool is_administrator(const session_state& session) const;
    bool sees_server_state(const session_state& session) const;

    // --- machine.cpp: runs a session's statements
    void start_script(session_state& session, script what, variable_scope variables);
    void push_dynamic(session_state& session, script what, variable_scope variables);
    void run(session_state& session);
    void run_all();
    bool stands_still(session_state& session) const;
    std::optional<sql_error> refuses_memory(const statement& what);
    // By a fault, until the wait is over.
    std::optional<statement_wait> hindered(const statement& what) const;
    void say(session_state& session, const server_message& message);
    void say_error(session_state& session, const sql_error& what);  // and what follows it
    void finish_request(session_state& session);
    void refuse_request(session_state& session, const sql_error& why);
    void give_up(session_state& session);

    // --- procedures.cpp
    progress call_procedure(session_state& session,
                            const std::string& name,
                            const std::vector<parameter>& parameters);
    // Procedures for administrators; nothing when it is none of them.
    std::optional<progress> administrate(session_state& session,
                                         const std::string& name,
                                         const std::vector<parameter>& parameters);
    // --- server_settings.cpp: sp_configure and RECONFIGURE
    progress configure(session_state& session, const std::vector<parameter>& parameters);
    progress reconfigure(session_state& session, const definition_statement& what);
    std::int64_t setting_in_use(std::string_view name) const;

    // --- diagnostics.cpp
    progress diagnostics(session_state& session, std::int64_t interval);
    row_set diagnostics_rows() const;

    // --- disk_faults.cpp
    std::optional<sql_error> refuses_disk(const std::string& database,
                                          const std::string& table,
                                          bool grows_data);
    std::optional<sql_error> refuses_disk(const open_transaction& commits);
    sql_error log_not_available(const std::string& database);
    std::optional<sql_error> refuses_new_files(const std::string& database) const;
    std::optional<sql_error> refuses_backup(const std::string& path) const;
    bool suspends_without_disk(group_state& group, database_state& target);

    // --- health_watch.cpp
    void watch_health();
    void note_health();
    system_health system_health_now() const;
    resource_health resource_health_now() const;
    query_health query_health_now() const;
    io_health io_health_now() const;
    void take_dumps();
    void count_set();

    // --- statements_*.cpp
    progress execute(session_state& session, const statement& what);
    progress define(session_state& session, const definition_statement& what);
    progress define_security(session_state& session, const definition_statement& what);
    progress define_users(session_state& session, const definition_statement& what);
    progress define_database(session_state& session, const definition_statement& what);
    progress define_group(session_state& session, const definition_statement& what);
    progress alter_group(session_state& session,
                         const definition_statement& what,
                         group_state& group);
    progress until_hardened(log_position position, statement_end end = {});
    // Tries until there is something to say, after everything that happens.
    progress until_done(std::function<std::optional<progress>()> tries);

    // --- alter_replicas.cpp: members come and go
    progress alter_replicas(const definition_statement& what, group_state& group);
    progress alter_listeners(const definition_statement& what, group_state& group);
    void tell_removed(const group_state& group);
    void leave_group(group_state& group);

    // --- data.cpp, transactions.cpp
    progress insert(session_state& session, const insert_statement& what);
    // INSERT ... EXEC, when what was called has ended: what it answered.
    progress insert_collected(session_state& session, const insert_statement& what);
    progress update(session_state& session, const update_statement& what);
    progress erase(session_state& session, const delete_statement& what);
    progress create_table(session_state& session, const create_table_statement& what);
    progress drop_table(session_state& session, const drop_table_statement& what);
    progress truncate(session_state& session, const truncate_statement& what);
    progress alter_table(session_state& session, const alter_table_statement& what);
    std::optional<sql_error> declare_table(session_state& session,
                                           const std::string& name,
                                           const create_table_statement& what);
    // `then` when nobody else changes the table in an open transaction, and all that was committed
    // of it is in the store; until the session's own transaction ends, it is then alone with it.
    progress when_quiet(session_state& session,
                        const std::string& database,
                        const std::string& table,
                        std::function<progress(session_state& session)> then);
    // Every row of it is erased, and then it is dropped.
    void erase_table(session_state& session,
                     const std::string& database,
                     const table_definition& about);
    // --- global_statements.cpp: what others have changed is waited for; `missing`: there is none
    progress drop_global(session_state& session,
                         const drop_table_statement& what,
                         const sql_error& missing);
    progress truncate_global(session_state& session,
                             const std::string& table,
                             const sql_error& missing);
    progress when_global_is_quiet(
        session_state& session,
        const std::string& table,
        const sql_error& missing,
        std::function<progress(session_state& session, global_table& table)> then);
    progress select_into(session_state& session,
                         const std::vector<std::string>& table,
                         row_set rows);
    progress transaction(session_state& session, const transaction_statement& what);
    progress commit(session_state& session, statement_end end);
    void begin(session_state& session, const std::string& name);
    void rollback(session_state& session);
    // The same, and the client is told that it is in no transaction any more.
    void abandon(session_state& session);
    // ROLLBACK TRANSACTION name: to a savepoint, or of all.
    progress rollback_to(session_state& session, const std::string& name, bool is_empty_variable);
    void end_transaction(session_state& session);  // locks are let go, whatever came of it
    progress commit_changes(session_state& session, statement_end end);
    // A statement's changes are made: in an open transaction they wait for its COMMIT.
    progress finish_change(session_state& session, statement_end end = {});
    // As the session sees the table: with its own changes that are not committed.
    sql_result<row_set> user_rows(const session_state& session,
                                  const std::string& database,
                                  const std::string& table,
                                  std::vector<std::int64_t>* numbers) const;
    row_set rows_seen(const session_state& session,
                      const std::string& database,
                      const table_definition& about,
                      std::vector<std::int64_t>* numbers = nullptr) const;
    std::optional<table_definition> table_of(const session_state& session,
                                             const std::string& database,
                                             const std::string& table) const;
    // Nothing: it can be read (written) now, whoever asks.
    std::optional<sql_error> is_unavailable(const session_state& session,
                                            const std::string& database,
                                            bool write) const;
    // Nothing: that, and the session may be in it.
    std::optional<sql_error> refuses_entry(const session_state& session,
                                           const std::string& database,
                                           bool write) const;
    // Nothing: that, and it may be reached from where the session is.
    std::optional<sql_error> refuses_access(const session_state& session,
                                            const std::string& database,
                                            bool write) const;
    // Nothing: it may be written from there, by the open transaction too, and its log has room.
    std::optional<sql_error> refuses_change(const session_state& session,
                                            const std::string& database) const;
    // Nothing: the session has the permission on the table (229).
    std::optional<sql_error> refuses_table(const session_state& session,
                                           const std::string& database,
                                           const std::string& table,
                                           const std::string& permission) const;
    std::optional<session_number> lock_holder(const session_state& session,
                                              const std::string& lock) const;

    // --- views.cpp, views_hadr.cpp
    shared_rows view(const session_state& session, const std::string& name);
    // The view if this session has seen it since the last change: nothing else then.
    shared_rows view_again(const session_state& session, const std::string& name) const;
    // Whether this login was the last that was shown the view, with the rights that it has now.
    bool was_shown(const session_state& session, const std::string& name) const;
    shared_rows make_view(const session_state& session, const std::string& name);
    std::vector<shown_database> shown_databases() const;

    // --- groups.cpp: roles and leases
    group_state* group(std::string_view id_or_name);
    const group_state* group_of(const database_state& database) const;  // that it belongs to
    void leave_primary(group_state& group, const std::string& why);
    void become(group_state& group, replica_role role);
    void promote(group_state& group, bool by_force);
    void set_role_secondary(group_state& group);
    void resume_role(group_state& group);
    void turn_offline(group_state& group);
    void group_timers(group_state& group);
    bool lease_stands(const group_state& group) const;
    instant lease_noticed(const group_state& group) const;
    void save_group(group_state& group);

    // --- quorum.cpp: configuration commits
    void propose(group_state& group, group_configuration next);
    // The same for a statement that is answered when it is on the own disk, and for one that waits
    // for the majority.
    progress propose_only(group_state& group, group_configuration next);
    progress commit(group_state& group, group_configuration next, const std::string& statement);
    void configuration_stored_here(group_state& group, std::int64_t sequence_number);
    void check_configuration(group_state& group);
    // Replicas, each once, without the own.
    std::vector<std::string_view> awaited(const group_state& group,
                                          const group_database& database) const;
    bool commit_may_end(const group_state& group,
                        const group_database& database,
                        std::int64_t lsn) const;
    std::int64_t synchronized_secondaries(const group_state& group,
                                          const group_database& database) const;
    bool has_required(const group_state& group, const group_database& database) const;
    void adjust_synchronized(group_state& group);

    // --- replication.cpp
    void add_follower(group_state& group, const link_state& link, const follow_request& asked);
    void offer_databases(group_state& group, const std::string& replica_id);
    void send_log(group_state& group);
    void lose_follower(group_state& group, const std::string& replica_id);
    void look_for_primary(group_state& group);
    void detach(group_state& group);
    void take_offer(group_state& group, const link_state& link, const configuration_offer& offer);
    void take_configuration(group_state& group, const configuration_offer& offer);
    void take_answer(group_state& group, const follow_answer& answer);
    void attach(group_state& group, database_state& local);
    void finish_reverting(group_state& group);
    void take_block(group_state& group, const log_block& block);
    void tell_hardened(group_state& group, const std::string& group_database_id);
    // Of a database that takes no log: suspended, or damaged.
    void tell_stopped(group_state& group, const database_state& database);
    void redo(database_state& database, std::int64_t lsn);
    void undo(database_state& database, std::int64_t lsn);

    // --- suspension.cpp
    // SET HADR SUSPEND, by whom, and RESUME (none).
    progress move_data(group_state& group, database_state& target, suspension why);
    // Of a primary: that replica's copy takes nothing until it was resumed, because of FORCE.
    bool has_to_suspend(const group_state& group,
                        const std::string& replica_id,
                        const std::string& database_id) const;
    // True: this copy takes nothing, because its primary was made by force.
    bool suspends_by_force(group_state& group, database_state& local, const follow_answer& answer);

    // --- damage.cpp: databases that faults make unusable
    void notice_damage();
    void damage(database_state& target);
    void mend(database_state& target);
    database_damage damage_of(const database_state& database) const;
    std::optional<sql_error> refuses_damaged(const database_state& database, bool write) const;

    // --- links.cpp, handshake.cpp
    std::optional<link_number> accept_peer();
    void connected(link_number number);
    // By value: the name may be the link's own, which goes.
    void refuse_link(link_number number, std::string peer, connect_trouble why);
    void arrived(link_number number, const peer_message& message);
    void disconnected(link_number number, const std::string& why);
    // Looks after silent links and dials; from `next_link_timer_` on there is something to do.
    void link_timers();
    bool must_dial(const group_state& group, const group_replica& replica) const;
    instant next_dial() const;
    instant when_link_timers_are_due() const;
    void greeted(link_state& link, const greeting& hello);
    void take_news(link_state& link, const group_news& news);
    void take_hardened(const link_state& link, const log_hardened& told);
    void answer_join(const link_state& link, const configuration_request& asked);
    void take_any_offer(const link_state& link, const configuration_offer& offer);
    void drop_link(link_number number);
    void drop_all_links();
    void send(link_number number, peer_message message);
    void tell_news(const group_state& group);
    const link_state* link_to(const std::string& peer) const;
    void start_endpoint(bool started);
    bool endpoint_works() const;
    void follow_endpoint_fault();

    std::int64_t next_database_id() const;
    database_state* database(std::string_view name);
    const database_state* database(std::string_view name) const;
    database_state* database_by_group_id(std::string_view group_database_id);

    instance_options options_;
    instance_faults faults_;
    std::map<std::string, database_damage> damaged_;  // as it was last noticed
    std::unique_ptr<row_store> store_;
    instant now_{};
    instant started_at_{};
    bool ready_ = false;
    bool stopped_ = false;
    std::vector<output> outputs_;
    struct logged_line {
        std::string when;
        std::string text;
    };
    std::deque<logged_line> errorlog_;  // the last thousand lines

    log_position last_position_ = 0;
    log_position hardened_ = 0;
    std::deque<std::pair<log_position, durable_action>> when_hardened_;

    server_catalog catalog_;
    std::map<std::string, database_state, less_name> databases_;  // by name
    std::map<std::string, group_state> groups_;                   // by id
    // What the master of a contained group knew, and of which of its states; by the group's id.
    struct contained_state {
        std::string fork;
        std::int64_t redone = 0;
        session_number changer = 0;
        std::size_t changes = 0;
        server_catalog catalog;
    };
    mutable std::map<std::string, contained_state> contained_catalogs_;
    std::map<session_number, session_state> sessions_;
    global_tables global_tables_;
    session_number next_session_ = 51;
    std::uint64_t next_transaction_ = 1;
    std::map<link_number, link_state> links_;
    link_number next_link_ = 1;
    std::map<std::string, instant> next_dial_;  // by replica name
    instant next_link_timer_{};
    std::map<std::string, connect_trouble> connect_troubles_;  // by replica name
    std::string incarnation_;
    std::int64_t endpoint_starts_ = 0;
    bool endpoint_was_down_ = false;  // by the fault
    // JOINs that wait: group name to what came.
    std::map<std::string, std::optional<configuration_offer>> joins_;
    std::uint64_t backups_begun_ = 0;
    std::map<std::uint64_t, std::string> backups_written_;  // number to trouble; empty: none
    std::vector<promotion_report> promotions_;
    health_watch health_;
    script_cache scripts_;
    struct made_view {
        shared_rows rows;
        std::uint64_t change = 0;       // as many as there were then
        std::uint64_t definitions = 0;  // likewise
        session_number session = 0;
        std::string login;
        std::string authenticated_by;
        std::string contained_group;
    };
    std::unordered_map<std::string, made_view> views_;  // as each was when it was last made
    std::uint64_t change_ = 0;                          // counts what may have changed a view
    std::uint64_t definitions_ = 0;                     // records of anything but changed rows
    // By the last view of databases, if it was one of all of them.
    std::optional<std::vector<shown_database>> last_shown_;
    // DBCC TRACEON: of a session; of number 0: of all. Documented: a restart ends them.
    std::map<session_number, std::set<std::int64_t>> trace_flags_;
    std::uint64_t random_ = 0;
    std::uint64_t readers_spread_ = 0;  // over replicas that stand together in a routing list

private:
    void replay(const durable_state& disk);
    void replay_record(const log_record& record);
    void first_start();
    progress execute_data(session_state& session, const statement& what);
};

template <class... Choices>
struct overloaded : Choices... {
    using Choices::operator()...;
};
template <class... Choices>
overloaded(Choices...) -> overloaded<Choices...>;

// Numbers that several statements answer with.
sql_error no_such_group(const std::string& verb, const std::string& name);
statement_end failed_with(sql_error what);
// 300, and 297 after it.
sql_error denied(const std::string& permission);
// By name, else by place.
const parameter* argument(const std::vector<parameter>& all,
                          std::string_view name,
                          std::size_t place);
// master, tempdb, model and msdb.
bool is_system_database(const std::string& name);

sql_error error_of(std::int32_t number,
                   std::string text,
                   std::uint8_t severity = 16,
                   std::uint8_t state = 1);

}  // namespace ha::mssqlsim
