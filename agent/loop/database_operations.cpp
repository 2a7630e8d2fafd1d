// SPDX-License-Identifier: MIT
#include "agent/loop/group_loop.hpp"
#include "agent/statements/databases.hpp"

// The databases of our engine are looked at over a session of its own, so that an engine that takes
// long to tell holds up no role command.

namespace ha::agent {

namespace asio = boost::asio;

asio::awaitable<void> group_loop::do_look_at_databases() {
    auto session = ports_.engine.open("databases", ports_.credentials().agent);
    std::vector<sql_value> none;
    auto text = sql::list_databases();
    auto deadline = ports_.clock.now() + own_.chosen.command_limit;
    auto came = co_await session->run(std::move(text), std::move(none), deadline);
    event::databases_looked_at what;
    if (came) {
        auto found = sql::parse_databases(*came);
        if (found) what.found = std::move(*found);
        if (!found) tells_.tell_failure("list_databases", found.error().message);
    }
    take(what);
}

void group_loop::start_add_database(const add_database& what) {
    auto text = sql::add_database(own_.group, what.when, what.name);
    tasks_.spawn("add_database", do_command(command::add_database, std::move(text), {}));
}

void group_loop::start_resume_database(const resume_database& what) {
    auto text = sql::resume_database(own_.group, what.when, what.name);
    tasks_.spawn("resume_database", do_command(command::resume_database, std::move(text), {}));
}

}  // namespace ha::agent
