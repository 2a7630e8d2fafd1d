// SPDX-License-Identifier: MIT
#include "test/mssqlsim/server/admin.hpp"

#include <charconv>
#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace ha::mssqlsim {

namespace {

using words = std::vector<std::string>;
using answer = result<std::string>;

struct command {
    std::string form;  // for help
    std::size_t arguments = 0;
    std::function<answer(admin_powers&, const words&)> run;
};

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

tl::unexpected<error> misuse(const std::string& why) {
    return failure(errc::malformed, why);
}

std::optional<int> number(const std::string& text) {
    int out = 0;
    auto end = text.data() + text.size();
    auto parsed = std::from_chars(text.data(), end, out);
    if (parsed.ec != std::errc{} || parsed.ptr != end || out < 0) return {};
    return out;
}

answer set_switch(const std::string& text, const std::function<void(bool)>& set) {
    if (text != "on" && text != "off") return misuse("say on or off");
    set(text == "on");
    return std::string{};
}

command switch_of(const std::string& name, std::function<void(admin_powers&, bool)> set) {
    return {name + " on|off", 1, [set = std::move(set)](admin_powers& powers, const words& said) {
                return set_switch(said[1], [&](bool on) { set(powers, on); });
            }};
}

command fault_switch(const std::string& name, bool instance_faults::* which) {
    return switch_of(
        name, [which](admin_powers& powers, bool on) { powers.on.model().faults().*which = on; });
}

command fault_delay(const std::string& name, duration instance_faults::* which) {
    return {name + " MILLISECONDS", 1, [which](admin_powers& powers, const words& said) -> answer {
                auto count = number(said[1]);
                if (!count) return misuse("say a number of milliseconds");
                powers.on.model().faults().*which = std::chrono::milliseconds{*count};
                return std::string{};
            }};
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

std::map<std::string, command> make_commands() {
    return {
        {"diagnostics", {"diagnostics COMPONENT STATE", 2, set_diagnostics}},
        {"diagnostics-silent",
         fault_switch("diagnostics-silent", &instance_faults::diagnostics_silent)},
        {"slow-promotion", fault_delay("slow-promotion", &instance_faults::slow_promotion)},
        {"late-renewal", fault_delay("late-renewal", &instance_faults::late_renewal)},
        {"late-expiry", fault_delay("late-expiry", &instance_faults::late_expiry)},
        {"slow-statements", fault_delay("slow-statements", &instance_faults::slow_statements)},
        {"no-free-workers", fault_switch("no-free-workers", &instance_faults::no_free_workers)},
        {"log-full", fault_switch("log-full", &instance_faults::log_full)},
        {"commits-alone", fault_switch("commits-alone", &instance_faults::commits_alone)},
        {"commits-hang", fault_switch("commits-hang", &instance_faults::commits_hang)},
        {"offline-hangs", fault_switch("offline-hangs", &instance_faults::offline_hangs)},
        {"disk-stalls",
         switch_of("disk-stalls", [](auto& powers, bool on) { powers.on.disk().stall(on); })},
        {"acknowledge-early",
         switch_of("acknowledge-early",
                   [](auto& powers, bool on) { powers.on.disk().tell_early(on); })},
        {"logins-hang",
         switch_of("logins-hang", [](auto& powers, bool on) { powers.clients.hang_logins = on; })},
        {"lose-next-acknowledgement",
         switch_of("lose-next-acknowledgement",
                   [](auto& powers, bool on) { powers.clients.lose_next_acknowledgement = on; })},
        {"peers-cut", switch_of("peers-cut", [](auto& powers, bool on) { powers.peers.cut(on); })},
        {"promotions", {"promotions", 0, tell_promotions}},
        {"role", {"role GROUP", 1, tell_role}},
        {"writable", {"writable DATABASE", 1, tell_writable}},
    };
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

std::string run_admin_command(admin_powers powers, const std::string& line) {
    auto said = split(line);
    if (said.empty()) return "error say something; help lists what";
    if (said[0] == "help") return "ok " + help();
    auto found = commands().find(said[0]);
    if (found == commands().end()) return "error no such command; help lists them";
    if (said.size() != found->second.arguments + 1) return "error say: " + found->second.form;
    auto told = found->second.run(powers, said);
    if (!told) return "error " + told.error().message;
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
