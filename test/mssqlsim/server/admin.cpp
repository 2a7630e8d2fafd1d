// SPDX-License-Identifier: MIT
#include "test/mssqlsim/server/admin.hpp"

#include "test/mssqlsim/server/admin_command.hpp"
#include "test/mssqlsim/tsql/value.hpp"

#include <functional>
#include <map>
#include <vector>

namespace ha::mssqlsim {

namespace {

using words = admin_words;
using answer = admin_answer;
using command = admin_action;

words split(const std::string& line) {
    words out;
    std::string word;
    for (auto c : line + " ") {
        if (c != ' ' && c != '\t' && c != '\r') {
            word.push_back(c);
        } else if (!word.empty()) {
            out.push_back(std::exchange(word, {}));
        }
    }
    return out;
}

command question(const std::string& form,
                 const std::string& effect,
                 std::size_t arguments,
                 answer (*run)(admin_powers&, const words&)) {
    return {form, effect, arguments, run, false};
}

answer set_diagnostics(admin_powers& powers, const words& said) {
    static const std::map<std::string, std::size_t> places{{"system", 0},
                                                           {"resource", 1},
                                                           {"query_processing", 2},
                                                           {"io_subsystem", 3},
                                                           {"events", 4}};
    auto place = places.find(said[1]);
    auto state = number(said[2]);
    if (place == places.end()) return misuse("no such component: " + said[1]);
    if (!state || *state > 3) return misuse("a state is 0, 1, 2 or 3");
    powers.on.model().faults().diagnostics.at(place->second) = *state;
    return std::string{};
}

answer set_database_state(admin_powers& powers, const words& said) {
    using damage = database_damage;
    static const std::map<std::string, damage> states{
        {"ONLINE", damage::none},
        {"RECOVERY_PENDING", damage::recovery_pending},
        {"SUSPECT", damage::suspect},
        {"EMERGENCY", damage::emergency},
        {"OFFLINE", damage::offline}};
    auto state = states.find(said[2]);
    if (state == states.end())
        return misuse("a state is ONLINE, RECOVERY_PENDING, SUSPECT, EMERGENCY or OFFLINE");
    auto& all = powers.on.model().faults().damaged_databases;
    if (state->second == damage::none)
        all.erase(lower(said[1]));
    else
        all[lower(said[1])] = state->second;
    return std::string{};
}

answer tell_promotions(admin_powers& powers, const words&) {
    std::string out;
    for (const auto& one : powers.on.model().promotions()) {
        auto took =
            std::chrono::duration_cast<std::chrono::microseconds>(one.primary_at - one.accepted_at);
        if (!out.empty()) out += ", ";
        out += one.group + " " + std::to_string(took.count()) + " us";
    }
    return out;
}

answer tell_role(admin_powers& powers, const words& said) {
    auto role = powers.on.model().role(said[1]);
    if (!role) return std::string("NONE");
    switch (*role) {
        case replica_role::resolving: return std::string("RESOLVING");
        case replica_role::primary: return std::string("PRIMARY");
        case replica_role::secondary: return std::string("SECONDARY");
    }
    return std::string{};
}

answer tell_writable(admin_powers& powers, const words& said) {
    auto is_writable = powers.on.model().writable(said[1], powers.on.now());
    return std::string(is_writable ? "yes" : "no");
}

std::vector<command> faults_of_the_engine() {
    using faults = instance_faults;
    return {
        {"diagnostics COMPONENT STATE",
         "sp_server_diagnostics shows this state (0 to 3)",
         2,
         set_diagnostics},
        {"database-state DATABASE STATE",
         "the database is SUSPECT, RECOVERY_PENDING, EMERGENCY or OFFLINE, or ONLINE again",
         2,
         set_database_state},
        fault_switch("diagnostics-silent",
                     "no set of diagnostics comes any more",
                     &faults::diagnostics_silent),
        fault_delay("slow-promotion",
                    "FAILOVER takes so much longer from its acceptance to the role",
                    &faults::slow_promotion),
        fault_delay("slow-reverting",
                    "a secondary that rejoins undoes log that never was for so long",
                    &faults::slow_reverting),
        fault_delay("late-renewal",
                    "WRITE_LEASE_VALIDITY waits so long before its effect",
                    &faults::late_renewal),
        fault_delay("late-expiry",
                    "the end of the write lease is noticed so much later",
                    &faults::late_expiry),
        fault_delay(
            "slow-statements", "every batch starts so much later", &faults::slow_statements),
        fault_switch("no-free-workers",
                     "nothing is answered but diagnostics, logins neither",
                     &faults::no_free_workers),
        fault_switch("log-full", "writes end with 9002", &faults::log_full),
        fault_switch(
            "commits-alone",
            "a primary acknowledges what is on its own disk, whatever its secondaries have",
            &faults::commits_alone),
        fault_switch("commits-hang", "commits are not answered", &faults::commits_hang),
        fault_switch(
            "offline-hangs", "OFFLINE is answered, the role stays", &faults::offline_hangs),
    };
}

std::vector<command> faults_around_it() {
    return {
        switch_of("disk-stalls",
                  "records are taken and not written",
                  [](auto& powers, bool on) { powers.on.disk().stall(on); }),
        switch_of("acknowledge-early",
                  "commits are acknowledged before they are written, as a disk that lies has it",
                  [](auto& powers, bool on) { powers.on.disk().tell_early(on); }),
        switch_of("logins-hang",
                  "logins are never answered",
                  [](auto& powers, bool on) { powers.clients.hang_logins = on; }),
        switch_of("lose-next-acknowledgement",
                  "the next change is done, and the connection ends instead of the answer",
                  [](auto& powers, bool on) { powers.clients.lose_next_acknowledgement = on; }),
        switch_of("peers-cut",
                  "no connection to or from other instances",
                  [](auto& powers, bool on) { powers.peers.cut(on); }),
    };
}

std::vector<command> questions() {
    return {
        question("promotions",
                 "how long each change to PRIMARY took by the engine's own account",
                 0,
                 tell_promotions),
        question("role GROUP", "the role in the group; NONE: in no such group", 1, tell_role),
        question("writable DATABASE",
                 "whether a change of it would be acknowledged now",
                 1,
                 tell_writable),
    };
}

std::map<std::string, command> make_commands() {
    std::map<std::string, command> out;
    for (auto& all : {faults_of_the_engine(),
                      faults_of_health(),
                      faults_of_statements(),
                      faults_of_disk_and_clock(),
                      faults_of_links(),
                      faults_around_it(),
                      questions()})
        for (const auto& one : all) out.emplace(one.form.substr(0, one.form.find(' ')), one);
    return out;
}

const std::map<std::string, command>& commands() {
    static const auto all = make_commands();
    return all;
}

std::string help() {
    std::string out;
    for (const auto& [name, what] : commands()) out += (out.empty() ? "" : ", ") + what.form;
    return out;
}

std::string joined(const words& all) {
    std::string out;
    for (const auto& one : all) out += (out.empty() ? "" : " ") + one;
    return out;
}

// Cuts what came into lines and answers each.
class admin_session {
public:
    admin_session(channel& wire, admin_powers powers) : wire_(wire), powers_(powers) {}

    void on_bytes(std::string_view bytes) {
        constexpr std::size_t line_max = 4096;
        pending_.append(bytes);
        for (auto end = pending_.find('\n'); end != std::string::npos; end = pending_.find('\n')) {
            wire_.write(run_admin_command(powers_, pending_.substr(0, end)) + "\n");
            pending_.erase(0, end + 1);
        }
        if (pending_.size() > line_max) wire_.close();
    }

private:
    channel& wire_;
    admin_powers powers_;
    std::string pending_;
};

}  // namespace

std::vector<admin_command> admin_commands() {
    std::vector<admin_command> out;
    for (const auto& [name, what] : commands()) out.push_back({what.form, what.effect});
    return out;
}

std::string run_admin_command(admin_powers powers, const std::string& line) {
    auto said = split(line);
    if (said.empty()) return "error say something; help lists what";
    if (said[0] == "help") return "ok " + help();
    auto found = commands().find(said[0]);
    if (found == commands().end()) return "error no such command; help lists them";
    if (said.size() != found->second.arguments + 1) return "error say: " + found->second.form;
    auto told = found->second.run(powers, said);
    if (!told) return "error " + told.error().message;
    if (found->second.is_fault) powers.on.log().write("The double was told: " + joined(said));
    powers.on.model().advance(powers.on.now());
    powers.on.settle();
    return told->empty() ? "ok" : "ok " + *told;
}

void start_admin_session(std::shared_ptr<channel> wire, admin_powers powers) {
    auto session = std::make_shared<admin_session>(*wire, powers);
    wire->start({[session](std::string_view bytes) { session->on_bytes(bytes); },
                 [](const std::string&) {}});
}

}  // namespace ha::mssqlsim
