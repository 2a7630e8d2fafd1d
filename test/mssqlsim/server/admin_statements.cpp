// SPDX-License-Identifier: MIT
#include "test/mssqlsim/server/admin_command.hpp"

#include <map>

// Latency and hang, of one class of statements or of everything.

namespace ha::mssqlsim {

namespace {

const std::map<std::string, statement_class>& classes() {
    static const std::map<std::string, statement_class> all{
        {"select", statement_class::select},
        {"write", statement_class::write},
        {"definition", statement_class::definition},
        {"group", statement_class::group}};
    return all;
}

tl::unexpected<error> no_class(const std::string& said) {
    return misuse("no such class: " + said +
                  "; say select, write, definition, group, diagnostics, login or everything");
}

hindrance* hindered(instance_faults& faults, const std::string& said) {
    auto found = classes().find(said);
    return found == classes().end()
               ? nullptr
               : &faults.statements.at(static_cast<std::size_t>(found->second));
}

admin_answer slow(admin_powers& powers, const admin_words& said) {
    auto& faults = powers.on.model().faults();
    auto& logins = powers.clients.slow_logins;
    if (auto* one = hindered(faults, said[1]))
        return set_delay(said[2], [one](duration time) { one->slow = time; });
    if (said[1] == "diagnostics")
        return set_delay(said[2], [&faults](duration time) { faults.slow_diagnostics = time; });
    if (said[1] == "login") return set_delay(said[2], [&logins](duration time) { logins = time; });
    if (said[1] != "everything") return no_class(said[1]);
    return set_delay(said[2], [&faults, &logins](duration time) {
        faults.slow_statements = faults.slow_diagnostics = logins = time;
    });
}

admin_answer hang(admin_powers& powers, const admin_words& said) {
    auto& faults = powers.on.model().faults();
    auto& logins = powers.clients.hang_logins;
    if (auto* one = hindered(faults, said[1]))
        return set_switch(said[2], [one](bool on) { one->hangs = on; });
    if (said[1] == "diagnostics")
        return set_switch(said[2], [&faults](bool on) { faults.diagnostics_silent = on; });
    if (said[1] == "login") return set_switch(said[2], [&logins](bool on) { logins = on; });
    if (said[1] != "everything") return no_class(said[1]);
    return set_switch(said[2], [&faults, &logins](bool on) {
        faults.statements_hang = faults.diagnostics_silent = logins = on;
    });
}

}  // namespace

std::vector<admin_action> faults_of_statements() {
    return {
        {"hang CLASS on|off",
         "statements of the class (select, write, definition, group, diagnostics, login, "
         "everything) are not answered",
         2,
         hang},
        {"slow CLASS MILLISECONDS", "each statement of the class begins so much later", 2, slow},
    };
}

}  // namespace ha::mssqlsim
