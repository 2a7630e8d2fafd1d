// SPDX-License-Identifier: MIT
#include "agent/config/agent_config.hpp"

#include "agent/statements/quote.hpp"

#include <algorithm>
#include <arpa/inet.h>

namespace ha::agent {

namespace {

using config::complaint;
using config::values;

class collector {
public:
    explicit collector(const values& given) : given_(given) {}

    const std::string& text(std::string_view name) const { return given_.text(name); }

    void complain(std::string_view name, const std::string& words) {
        all_.push_back({given_.source(name), std::string(name) + ": " + words});
    }
    void need(std::string_view name, const std::string& why) {
        if (text(name).empty()) complain(name, "is empty: " + why);
    }
    void need_address(std::string_view name) {
        unsigned char parsed[sizeof(in6_addr)];
        const auto& address = text(name);
        bool good = inet_pton(AF_INET, address.c_str(), parsed) == 1 ||
                    inet_pton(AF_INET6, address.c_str(), parsed) == 1;
        if (!good) complain(name, "'" + address + "' is no IP address; names are never looked up");
    }
    std::vector<complaint> take() { return std::move(all_); }
    bool good() const { return all_.empty(); }

private:
    const values& given_;
    std::vector<complaint> all_;
};

bool is_object_name(std::string_view name) {
    auto lower = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    auto allowed = [&](char c) { return lower(c) || c == '-' || c == '.'; };
    return !name.empty() && name.size() <= 253 && lower(name.front()) && lower(name.back()) &&
           std::all_of(name.begin(), name.end(), allowed);
}

std::vector<group_name> read_groups(const values& given, collector& into) {
    constexpr std::size_t longest = 64;  // of an availability group with an outside cluster
    std::vector<group_name> all;
    for (const auto& entry : given.texts("groups")) {
        auto equals = entry.find('=');
        group_name one{entry.substr(0, equals), entry.substr(0, equals)};
        if (equals != std::string::npos) one.object = entry.substr(equals + 1);
        if (!sql::is_usable_name(one.group, longest))
            into.complain("groups", "'" + one.group + "' is no name of an availability group");
        if (!is_object_name(one.object))
            into.complain("groups",
                          "'" + one.object + "' is no name of a Lease in Kubernetes: write " +
                              one.group + "=NAME, with small letters, digits and hyphens");
        all.push_back(std::move(one));
    }
    return all;
}

duration given_or(const values& given, std::string_view name, duration otherwise) {
    auto span = given.span(name);
    return span == duration::zero() ? otherwise : span;
}

profile read_profile(const values& given) {
    const auto& named = given.text("profile");
    auto times = named == "fast"   ? fast_profile()
                 : named == "wide" ? wide_profile()
                                   : balanced_profile();
    times.lease = given_or(given, "times.lease", times.lease);
    times.period = given_or(given, "times.period", times.period);
    times.write_lease = given_or(given, "times.writeLease", times.write_lease);
    times.margin = given_or(given, "times.margin", times.margin);
    return times;
}

settings read_settings(const values& given, collector& into) {
    settings chosen;
    chosen.times = read_profile(given);
    chosen.canary_period = given.span("times.canaryPeriod");
    chosen.canary_limit = given.span("times.canaryLimit");
    chosen.command_limit = given.span("times.commandLimit");
    chosen.promotion_limit = given.span("times.promotionLimit");
    chosen.session_timeout = given.span("times.sessionTimeout");
    chosen.peer_limit = given.span("times.peerLimit");
    chosen.put_limit = given.span("times.putLimit");
    chosen.monitor_policy = static_cast<int>(given.whole("engine.monitorPolicy"));
    chosen.redo_limit_mb = given.whole("engine.redoLimit");
    for (const auto& words : complaints(chosen)) into.complain("profile", words);
    return chosen;
}

void read_filter(const values& given, collector& into, engine_config& engine) {
    const auto& filter = given.text("engine.processFilter");
    constexpr std::string_view argument = "argument=";
    constexpr std::string_view variable = "environment=";
    if (filter.empty()) return;
    if (filter.starts_with(argument)) {
        engine.process_argument = filter.substr(argument.size());
    } else if (filter.starts_with(variable) &&
               filter.find('=', variable.size()) != std::string::npos) {
        engine.process_variable = filter.substr(variable.size());
    } else {
        into.complain("engine.processFilter",
                      "'" + filter + "' is neither argument=TEXT nor environment=NAME=VALUE");
    }
}

engine_config read_engine(const values& given, collector& into) {
    engine_config engine;
    engine.address = given.text("engine.address");
    engine.port = given.port("engine.port");
    engine.driver = given.text("engine.driver");
    engine.agent_login = given.text("engine.agentLogin");
    engine.agent_password_file = given.text("engine.agentPasswordFile");
    engine.sa_password_file = given.text("engine.saPasswordFile");
    engine.master_key_password_file = given.text("engine.masterKeyPasswordFile");
    engine.endpoint_port = given.port("engine.endpointPort");
    engine.process_name = given.text("engine.processName");
    engine.processes = given.text("engine.processes");
    const auto& folder = given.text("recordFolder");
    if (engine.agent_password_file.empty()) engine.agent_password_file = folder + "/agent-password";
    if (engine.master_key_password_file.empty())
        engine.master_key_password_file = folder + "/master-key-password";
    if (!sql::is_usable_name(engine.agent_login))
        into.complain("engine.agentLogin", "'" + engine.agent_login + "' is no name of a login");
    into.need_address("engine.address");
    read_filter(given, into, engine);
    return engine;
}

}  // namespace

tl::expected<agent_config, std::vector<complaint>> read_agent_config(const values& given) {
    collector all(given);
    agent_config made;
    made.self = {given.text("pod.name"), given.text("pod.uid")};
    made.space = given.text("pod.namespace");
    made.groups = read_groups(given, all);
    made.chosen = read_settings(given, all);
    made.engine = read_engine(given, all);
    made.kubernetes_folder = given.text("kubernetes.folder");
    made.listen_address = given.text("http.address");
    made.http_port = given.port("http.port");
    made.peer_port = given.port("peers.port");
    made.peer_ca_folder = given.text("peers.caFolder");
    made.record_folder = given.text("recordFolder");
    made.log_level = given.text("log.level");
    made.leave_limit = given.span("times.leaveLimit");
    all.need("pod.name", "set POD_NAME from metadata.name in the pod's template");
    all.need("pod.uid", "set POD_UID from metadata.uid in the pod's template");
    all.need("recordFolder", "the replica's own record must lie on the volume of the data");
    all.need_address("http.address");
    if (made.http_port == made.peer_port)
        all.complain("peers.port", "is the same as http.port: peers and probes need one each");
    if (!all.good()) return tl::unexpected(all.take());
    return made;
}

}  // namespace ha::agent
