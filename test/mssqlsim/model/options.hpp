// SPDX-License-Identifier: MIT
#pragma once

#include "common/time.hpp"
#include "test/mssqlsim/model/statement_class.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <string>

// How one instance is set up, how slow its own machinery is, and which faults it suffers.

namespace ha::mssqlsim {

// protocol.md, "What is taken from the engine". a: as documented, a secondary leaves the
// synchronized set only by a configuration commit on a majority. b: dropped silently, no number
// moves, nobody is refused with 41142.
enum class reading { a, b };

// The engine's own time for things that it does after a statement was answered.
struct engine_delays {
    duration startup = std::chrono::milliseconds{200};    // until logins are let in
    duration promotion = std::chrono::milliseconds{150};  // FAILOVER accepted to PRIMARY
    duration following = std::chrono::milliseconds{50};   // SET (ROLE = SECONDARY) to SECONDARY
    duration offline = std::chrono::milliseconds{20};     // OFFLINE to RESOLVING
    duration redial = std::chrono::milliseconds{500};     // between attempts to reach a peer
    duration join_limit = std::chrono::seconds{10};  // JOIN's wait for the configuration (47106)
    duration diagnostics_floor =
        std::chrono::seconds{5};  // the least time of sp_server_diagnostics
};

// The trap of sqlserver.md fact 9: an ex-primary that came back and was put under a primary that is
// too young answers SET (ROLE = SECONDARY) with 41104, until OFFLINE on it and an endpoint restart
// on both sides, or until the time is over.
struct transport_latch {
    bool enabled = false;
    duration young = std::chrono::seconds{30};
    duration lasts = std::chrono::minutes{14};
};

struct instance_options {
    std::string server_name;  // @@SERVERNAME, which is also the replica's name
    std::string sa_password;
    std::string edition = "Developer";  // as MSSQL_PID has it
    std::string product_version = "16.0.4165.4";
    // What a newer engine wrote cannot be read by an older one: by the first number of their
    // versions, or by the whole.
    bool every_build_counts = false;
    bool hadr_enabled = true;
    bool edge = false;  // assumption E12: SQL Edge has no sp_server_diagnostics
    // Who is sent on to a secondary when he only reads: whoever comes to the primary, or only who
    // comes to a listener's address and port.
    bool routes_only_listeners = false;
    reading engine_reading = reading::a;
    bool promotion_raises_number = true;
    // Whether a primary of an EXTERNAL group that is started again is primary again; else
    // RESOLVING.
    bool primaries_resume = false;
    // Whether renewing a lease that ended makes the replica primary again that left it for that.
    bool renewal_revives = false;
    std::uint64_t seed = 0;      // of GUIDs: the same seed and inputs give the same outputs
    std::int64_t log_limit = 0;  // bytes that a database's log may grow to; 0: without end
    duration utc_at_zero{};      // wall-clock time since 1970 at instant zero of our clock
    std::uint16_t default_port = 1433;
    engine_delays delays;
    transport_latch latch;
};

// Of statements of one class, before they begin.
struct hindrance {
    duration slow{};
    bool hangs = false;
};

// States of a database that cannot be opened as it should, by their numbers in the views.
enum class database_damage : std::uint8_t {
    none = 0,
    recovery_pending = 3,
    suspect = 4,
    emergency = 5,
    offline = 6
};

// Faults that can be set at any time. A frozen instance needs none: its caller stops calling.
struct instance_faults {
    // States of sp_server_diagnostics: system, resource, query_processing, io_subsystem, events.
    // 1: whatever comes of the instance's condition; another one is told instead, with what would
    // bring the component there.
    std::array<int, 5> diagnostics{1, 1, 1, 1, 0};
    bool diagnostics_silent = false;  // no set comes any more
    std::int64_t dumps = 0;           // taken between two sets of diagnostics
    bool memory_pressure = false;     // the machine has little memory left
    bool out_of_memory = false;       // queries and changes of rows end with 701
    // One of two schedulers stands still: requests of sessions with odd numbers are not answered.
    bool scheduler_frozen = false;
    duration slow_promotion{};  // on top of engine_delays::promotion, counted as promotion delay
    duration
        late_renewal{};  // WRITE_LEASE_VALIDITY waits this long between its guard and its effect
    duration late_expiry{};         // the end of the write lease is noticed this much later
    bool no_free_workers = false;   // nothing is answered but diagnostics; logins hang
    bool log_full = false;          // writes end with 9002
    bool disk_full = false;         // what needs room is refused: 1105, 9002, 5149, 3202
    bool disk_read_only = false;    // and this is any write: 9001, 5123, 3201
    bool renewals_refused = false;  // WRITE_LEASE_VALIDITY ends with 41190
    bool endpoint_down = false;     // it is STARTED, and nobody listens or dials
    duration clock_offset{};        // of the wall clock, never of ms_ticks
    bool commits_hang = false;      // no commit is answered
    // A primary acknowledges what is on its own disk, whatever its secondaries have: without the
    // commit rule, that demos and tests may show what it is good for.
    bool commits_alone = false;
    bool offline_hangs = false;                             // OFFLINE is answered, the role stays
    duration slow_statements{};                             // every batch starts this much later
    std::array<hindrance, statement_classes> statements{};  // by statement_class
    bool statements_hang = false;                           // none of any class begins
    duration slow_diagnostics{};                            // each set comes so much later
    // Log that never was takes so long to be undone when a secondary rejoins (REVERTING).
    duration slow_reverting{};
    // Something is wrong with these, whatever the instance does: by name, in lower case.
    std::map<std::string, database_damage> damaged_databases;
};

}  // namespace ha::mssqlsim
