// SPDX-License-Identifier: MIT
#include "common/files/read_file.hpp"
#include "test/mssqlsim/server/control.hpp"
#include "test/mssqlsim/server/server.hpp"
#include "test/mssqlsim/server/settings.hpp"
#include "test/mssqlsim/server/watchdog.hpp"

#include <CLI/CLI.hpp>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <unistd.h>

using namespace ha;
using namespace ha::mssqlsim;

namespace {

// What the command line says; empty where it says nothing.
struct flags {
    std::optional<std::string> root, name, address, hosts_file, admin_address, pcap_file, version;
    std::optional<std::uint16_t> port, endpoint_port, admin_port;
    std::string password_variable = "MSSQL_SA_PASSWORD";
    bool accept_eula = false;
    bool hadr = false;
    bool edge = false;
    bool force_encryption = false;
    bool session_recovery = false;
};

void declare(CLI::App& app, flags& into) {
    app.add_option("--root", into.root, "folder of the instance (default /var/opt/mssql)");
    app.add_option("--name", into.name, "server name; default: the host's");
    app.add_option("--address", into.address, "IP address to listen on (default 127.0.0.1)");
    app.add_option("--port", into.port, "port for clients (default 1433)");
    app.add_option("--endpoint-port", into.endpoint_port, "instead of the port that T-SQL says");
    app.add_option("--admin-port", into.admin_port, "line-based port for faults; default: none");
    app.add_option("--admin-address", into.admin_address, "where that port is (default 127.0.0.1)");
    app.add_option("--hosts", into.hosts_file, "file that resolves names, as /etc/hosts does");
    app.add_option("--pcap", into.pcap_file, "record clients' traffic, decrypted, into this file");
    app.add_option("--sa-password-env", into.password_variable, "variable with sa's password");
    app.add_flag("--accept-eula", into.accept_eula, "as ACCEPT_EULA=Y");
    app.add_flag("--hadr", into.hadr, "as MSSQL_ENABLE_HADR=1");
    app.add_option("--version-number", into.version, "be this version, as 15.0.4430.1");
    app.add_flag("--edge", into.edge, "be SQL Edge: no groups, no sp_server_diagnostics");
    app.add_flag("--force-encryption", into.force_encryption, "refuse clients without TLS");
    app.add_flag("--session-recovery", into.session_recovery, "let drivers reconnect silently");
}

struct control_flags {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;
    std::vector<std::string> words;
};

CLI::App& declare_control(CLI::App& app, control_flags& into) {
    auto* ctl = app.add_subcommand("ctl", "tell a running one; `ctl help` lists what");
    ctl->add_option("--port", into.port, "its --admin-port");
    ctl->add_option("--address", into.address, "its --admin-address (default 127.0.0.1)");
    ctl->add_option("command", into.words, "the command")->required();
    return *ctl;
}

void apply(const flags& said, server_settings& to) {
    if (said.name) to.name = *said.name;
    if (said.address) to.address = *said.address;
    if (said.hosts_file) to.hosts_file = *said.hosts_file;
    if (said.pcap_file) to.pcap_file = *said.pcap_file;
    if (said.port) to.port = *said.port;
    if (said.endpoint_port) to.endpoint_port = *said.endpoint_port;
    if (said.admin_port) to.admin_port = *said.admin_port;
    if (said.admin_address) to.admin_address = *said.admin_address;
    to.accept_eula = to.accept_eula || said.accept_eula;
    to.hadr_enabled = to.hadr_enabled || said.hadr;
    to.edge = to.edge || said.edge;
    to.force_encryption = to.force_encryption || said.force_encryption;
    to.acknowledge_session_recovery = to.acknowledge_session_recovery || said.session_recovery;
}

// In a container the two are the same; where pods are processes only the variable is the pod's.
std::string host_name() {
    if (const auto* said = std::getenv("HOSTNAME")) return said;
    std::array<char, 256> name{};
    ::gethostname(name.data(), name.size() - 1);
    return name.data();
}

std::optional<std::string> environment_variable(const std::string& name) {
    const auto* text = std::getenv(name.c_str());
    if (text == nullptr) return {};
    return text;
}

result<server_settings> gather(const flags& said) {
    server_settings out;
    if (said.root) out.root = *said.root;
    // In a pod mssql.conf is a mounted file that nobody can write to; the other one is for tests.
    for (const auto* name : {"/mssql.conf", "/double.conf"}) {
        auto text = read_file(out.root + name);
        if (!text && text.error().kind != errc::not_found) return tl::unexpected(text.error());
        auto applied = apply_configuration_file(out, text.value_or(""));
        if (!applied) return tl::unexpected(applied.error());
    }
    auto applied = apply_environment(out, environment_variable, said.password_variable);
    if (!applied) return tl::unexpected(applied.error());
    apply(said, out);
    if (said.version)
        if (auto set = set_version(out, "--version-number", *said.version); !set)
            return tl::unexpected(set.error());
    if (out.name.empty()) out.name = host_name();
    return out;
}

}  // namespace

int main(int count, char** arguments) {
    CLI::App app{
        "A double of SQL Server for tests: speaks TDS, keeps rows, forms availability groups"};
    flags said;
    declare(app, said);
    control_flags control;
    auto& ctl = declare_control(app, control);
    CLI11_PARSE(app, count, arguments);
    if (ctl.parsed()) return run_control(control.address, control.port, control.words);
    auto settings = gather(said);
    if (!settings) {
        const auto* who = settings.error().kind == errc::refused ? "" : "mssqlsim: ";
        std::fprintf(stderr, "%s%s\n", who, settings.error().message.c_str());
        return 1;
    }
    take_process_name(arguments, "sqlservr");
    return run_under_watchdog([&settings] { return run_server(*settings); });
}
