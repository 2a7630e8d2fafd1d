// SPDX-License-Identifier: MIT
#include "agent/daemon/parts.hpp"

#include "agent/daemon/secrets.hpp"
#include "agent/peers/leaf.hpp"
#include "common/files/read_file.hpp"
#include "common/odbc/target.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <unistd.h>

namespace ha::agent {

namespace {

result<std::string> pem_text(const std::string& path) {
    auto text = read_file(path);
    if (!text)
        text.error().message += "; mount the Secret of the group's CA there (peers.caFolder)";
    return text;
}

}  // namespace

result<odbc_options> engine_options(const engine_config& engine) {
    std::vector<std::string_view> wanted(std::begin(odbc::known_drivers),
                                         std::end(odbc::known_drivers));
    if (!engine.driver.empty()) wanted = {engine.driver};
    auto driver = odbc::choose_driver(wanted, odbc::installed_drivers());
    if (!driver) return tl::unexpected(driver.error());
    odbc_options options;
    options.driver = *driver;
    options.address = engine.address;
    options.port = engine.port;
    return options;
}

process_filter filter_of(const engine_config& engine) {
    using sharing = process_filter::sharing;
    process_filter filter;
    filter.name = engine.process_name;
    filter.argument = engine.process_argument;
    filter.variable = engine.process_variable;
    filter.neighbour = engine.processes == "shared" ? sharing::shared
                       : engine.processes == "none" ? sharing::none
                                                    : sharing::detect;
    return filter;
}

logins read_logins(const engine_config& engine) {
    logins known;
    known.agent = {engine.agent_login,
                   read_or_make_password(engine.agent_password_file).value_or("")};
    if (!engine.sa_password_file.empty())
        known.admin = {"sa", read_password(engine.sa_password_file).value_or("")};
    known.master_key_password = read_or_make_password(engine.master_key_password_file).value_or("");
    return known;
}

result<k8s::access> kubernetes_access(clock_source& clock, const agent_config& from) {
    return k8s::in_cluster(clock, k8s::environment_of_process(from.kubernetes_folder));
}

result<std::shared_ptr<transport::credential_source>> peer_credentials(const clock_source& clock,
                                                                       const agent_config& from) {
    auto certificate = pem_text(from.peer_ca_folder + "/ca.crt");
    if (!certificate) return tl::unexpected(certificate.error());
    auto key = pem_text(from.peer_ca_folder + "/ca.key");
    if (!key) return tl::unexpected(key.error());
    auto made = make_leaf(*certificate, *key, from.self, clock.wall_time());
    if (!made) return failure(made.error().kind, from.peer_ca_folder + ": " + made.error().message);
    return transport::fixed_credentials({*certificate, made->certificate_pem, made->key_pem});
}

result<void> take_lock(const std::string& folder) {
    std::error_code trouble;
    std::filesystem::create_directories(folder, trouble);
    auto path = folder + "/supervisor.lock";
    int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (file < 0)
        return failure(errc::failed,
                       "cannot open " + path + ": " + std::strerror(errno) +
                           "; recordFolder must be on the data volume and writable to uid " +
                           std::to_string(getuid()));
    if (::flock(file, LOCK_EX | LOCK_NB) == 0) return {};
    auto why = errno;
    ::close(file);
    if (why != EWOULDBLOCK)
        return failure(errc::failed, "cannot lock " + path + ": " + std::strerror(why));
    return failure(errc::conflict,
                   path + " is locked: another supervisor runs on this data; it must end first");
}

}  // namespace ha::agent
