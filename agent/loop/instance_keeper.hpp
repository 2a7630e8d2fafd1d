// SPDX-License-Identifier: MIT
#pragma once

#include "agent/loop/ports.hpp"
#include "agent/statements/instance.hpp"
#include "common/async/doorbell.hpp"

#include <functional>
#include <map>
#include <set>

// Makes the instance ready for groups and keeps it so: master key, our own login, the endpoint with
// its certificate, and every peer as a login whose certificate is here. For an instance in no group
// it makes our login and nothing else.

namespace ha::agent {

// What peers need to let us in.
struct endpoint_identity {
    std::string certificate_name;
    std::string certificate_hex;  // public part
    bool operator==(const endpoint_identity&) const = default;
};

class instance_keeper {
public:
    // `on_change` is called when ready() or identity() may have changed.
    instance_keeper(supervisor_ports ports, group_settings own, std::function<void()> on_change);
    ~instance_keeper();

    // Until cancelled: looks at the engine, makes what is missing, tries again after a failure.
    boost::asio::awaitable<void> run();

    // The replicas of the spec, without ourselves.
    void expect(std::set<std::string> replicas);
    // The public part of a peer's endpoint certificate, as he told it.
    void learn(const std::string& replica, endpoint_identity told);
    // The engine was started again, or somebody thinks that something is missing.
    void look_again();

    // The endpoint is up, and every expected replica's certificate is imported.
    bool ready() const;
    const endpoint_identity& identity() const { return identity_; }
    const std::vector<sql::certificate_view>& certificates() const;
    const std::string& endpoint_name() const;
    const std::string& trouble() const { return trouble_; }

private:
    using step = boost::asio::awaitable<result<bool>>;
    step pass();
    step describe();
    step make_what_is_missing();
    step make_as_admin();
    bool standalone() const { return own_.group.empty(); }
    std::vector<statement> missing(const sql::instance_view& seen, const logins& known) const;
    step export_own();
    step import_peers();
    boost::asio::awaitable<result<engine_answer>> send(engine_session& over, statement what);

    supervisor_ports ports_;
    group_settings own_;
    std::function<void()> on_change_;
    // For one pass each: between two of them the engine may have been started again.
    std::unique_ptr<engine_session> agent_;
    std::unique_ptr<engine_session> admin_;
    std::set<std::string> expected_;
    std::map<std::string, endpoint_identity> told_;
    std::set<std::string> imported_;
    endpoint_identity identity_;
    std::optional<sql::instance_view> seen_;
    bool granted_ = false;
    std::string trouble_;
    doorbell wanted_;
};

}  // namespace ha::agent
