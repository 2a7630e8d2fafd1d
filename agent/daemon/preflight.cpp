// SPDX-License-Identifier: MIT
#include "agent/daemon/daemon.hpp"
#include "agent/daemon/parts.hpp"
#include "agent/daemon/secrets.hpp"
#include "agent/engine/port_probe.hpp"
#include "agent/sensors/watches.hpp"
#include "agent/statements/instance.hpp"
#include "common/async/supervise.hpp"
#include "common/async/system_clock.hpp"

#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <unistd.h>

namespace ha::agent {

namespace asio = boost::asio;

namespace {

constexpr duration patience = std::chrono::seconds{5};

std::string one_line(std::string text) {
    for (auto& c : text)
        if (c == '\n' || c == '\r') c = ' ';
    return text;
}

// The words for what a call to the API server came to, with the cure where it is known.
std::string api_words(const k8s::failure& failed, const std::string& folder) {
    constexpr int unauthorized = 401;
    constexpr int forbidden = 403;
    constexpr int not_found = 404;
    auto words = failed.words();
    if (failed.code == unauthorized) return words + "; the token is that of " + folder + "/token";
    if (failed.code == forbidden)
        return words + "; bind the supervisor's Role to the pod's service account";
    if (failed.code == not_found)
        return words + "; the operator or the manifest must make it, a supervisor never does";
    if (failed.what == k8s::failure::kind::not_sent &&
        words.find("certificate") != std::string::npos)
        return words + "; " + folder + "/ca.crt must be the CA of this API server";
    return words;
}

std::string login_words(const engine_failure& failed,
                        const std::string& user,
                        const std::string& file) {
    auto said = failed.messages.empty() ? std::string("no answer") : failed.messages.front().text;
    if (failed.what == engine_failure::kind::login_failed)
        return "the engine refuses the login " + user + " (" + std::to_string(failed.number()) +
               " " + said + "); the password is that of " + file;
    return "login " + user + ": " + said;
}

class preflight {
public:
    explicit preflight(const agent_config& how) : how_(how) {}

    int run() {
        supervise(io_.get_executor(), "preflight", all(), [this](auto, auto why) {
            if (!done_) tell("preflight", std::string(why), false);
            io_.stop();
        });
        io_.run();
        return bad_;
    }

private:
    void tell(const char* what, const std::string& words, bool good) {
        std::printf("%s %s: %s\n", good ? "[+]" : "[-]", what, one_line(words).c_str());
        std::fflush(stdout);
        if (!good) ++bad_;
    }

    asio::awaitable<void> all() {
        look_at_folder();
        look_at_peers();
        co_await look_at_api();
        co_await look_at_engine();
        done_ = true;
    }

    void look_at_folder() {
        std::error_code trouble;
        std::filesystem::create_directories(how_.record_folder, trouble);
        bool good = ::access(how_.record_folder.c_str(), W_OK) == 0;
        tell("record",
             how_.record_folder + (good ? " is writable"
                                        : " is not writable; recordFolder must be on the data "
                                          "volume and writable to us"),
             good);
    }

    void look_at_peers() {
        if (how_.groups.empty()) return tell("peers", "no group: nobody to speak to", true);
        auto made = peer_credentials(clock_, how_);
        tell("peers",
             made ? "the CA in " + how_.peer_ca_folder + " signs" : made.error().message,
             made.has_value());
    }

    asio::awaitable<void> look_at_api() {
        auto access = kubernetes_access(clock_, how_);
        if (!access) {
            tell("kubernetes", access.error().message, false);
            co_return;
        }
        auto space = how_.space.empty() ? access->space : how_.space;
        auto api = k8s::connect(clock_, *access, "mssql-ha-supervisor-preflight");
        for (const auto& group : how_.groups) {
            std::vector<k8s::object_name> wanted{lease_name(space, group.object),
                                                 config_map_name(space, group.object),
                                                 config_map_name(space, group.object + "-state"),
                                                 pod_name(space, how_.self.name)};
            for (auto& one : wanted) {
                auto name = one.kind.kind + " " + one.space + "/" + one.name;
                auto came = co_await api->api().get(std::move(one), patience);
                tell("kubernetes",
                     came ? name + " can be read" : api_words(came.error(), how_.kubernetes_folder),
                     came.has_value());
            }
        }
        if (how_.groups.empty()) tell("kubernetes", "no group: nothing to read", true);
    }

    asio::awaitable<void> look_at_engine() {
        auto options = engine_options(how_.engine);
        tell("driver", options ? options->driver : options.error().message, options.has_value());
        auto closed =
            co_await port_trouble(clock_, how_.engine.address, how_.engine.port, patience);
        auto place = how_.engine.address + ":" + std::to_string(how_.engine.port);
        tell("engine", closed ? closed->message : "somebody listens at " + place, !closed);
        if (!options || closed) co_return;
        engine_ = std::make_unique<odbc_connector>(io_.get_executor(), clock_, *options);
        auto known = read_logins(how_.engine);
        if (!known.admin.user.empty()) {
            co_await look_at_login(known.admin, how_.engine.sa_password_file);
        }
        if (seen_ && !knows(known.agent.user)) {
            tell("login", known.agent.user + " is not made yet: the supervisor does that", true);
            co_return;
        }
        co_await look_at_login(known.agent, how_.engine.agent_password_file);
    }

    asio::awaitable<void> look_at_login(engine_login login, std::string file) {
        session_ = engine_->open("preflight", login);
        auto question = sql::describe_instance();
        std::vector<sql_value> nothing;
        auto deadline = clock_.now() + patience;
        auto came = co_await session_->run(std::move(question), std::move(nothing), deadline);
        if (!came) {
            tell("login", login_words(came.error(), login.user, file), false);
            co_return;
        }
        auto seen = sql::parse_instance(*came);
        if (!seen) {
            tell("login", seen.error().message, false);
            co_return;
        }
        tell("login", login.user + " is let in by " + seen->server_name, true);
        if (!seen_) judge(*seen);
        seen_ = std::move(*seen);
    }

    bool knows(const std::string& login) const {
        return std::find(seen_->logins.begin(), seen_->logins.end(), login) != seen_->logins.end();
    }

    // What a group could not be made of.
    void judge(const sql::instance_view& seen) {
        constexpr std::size_t longest = 15;
        if (seen.server_name != how_.self.name)
            tell("instance",
                 "@@SERVERNAME is " + seen.server_name + " and not the pod's name " +
                     how_.self.name +
                     ": run sp_dropserver and sp_addserver, and restart the engine",
                 false);
        if (!seen.hadr_enabled)
            tell("instance",
                 "Always On is off: set hadr.hadrenabled = 1 in mssql.conf and restart the engine",
                 false);
        if (how_.self.name.size() > longest)
            tell("instance",
                 "the pod's name is longer than 15 characters: some names of SQL Server are cut",
                 true);
    }

    agent_config how_;
    asio::io_context io_{1};
    system_clock clock_;
    std::unique_ptr<odbc_connector> engine_;
    std::unique_ptr<engine_session> session_;
    std::optional<sql::instance_view> seen_;
    int bad_ = 0;
    bool done_ = false;
};

}  // namespace

int run_preflight(const agent_config& how) {
    return preflight(how).run();
}

}  // namespace ha::agent
