// SPDX-License-Identifier: MIT
#pragma once

#include "agent/codec/group_state.hpp"
#include "common/async/doorbell.hpp"
#include "common/k8s/client.hpp"

#include <functional>

// Writes the group's state ConfigMap, on change only. The newest state wins; answers and
// transitions that earlier leaders wrote are kept.

namespace ha::agent {

// Whose turn it is to write. sole: a Lease says so. shared: each supervisor judges by itself
// whether it speaks for the group (docs/read-scale.md), so that for a moment two may, and the one
// that is wrong may write last.
enum class authorship { sole, shared };

class state_writer {
public:
    // What was written there before, whenever it was read for the leader of now; an empty state
    // when there is no such ConfigMap.
    using reader = std::function<void(const group_state& before)>;
    state_writer(clock_source& clock, k8s::client& api, k8s::object_name what, reader on_read = {});

    // What is true now. Only a leader calls this; one that stops leading says so with retire().
    // Where authorship is shared, what stands there is looked at again every five seconds, and
    // another's words are replaced.
    void publish(group_state now, authorship by = authorship::sole);
    void retire();

    // Writes until cancelled; tries again after a failure. Never creates the ConfigMap.
    boost::asio::awaitable<void> run();

    // Why the last attempt failed; empty when it did not.
    const std::string& trouble() const { return trouble_; }

private:
    boost::asio::awaitable<void> rest();
    boost::asio::awaitable<bool> write();
    void tell_read(std::uint64_t leadership, const group_state& before) const;

    clock_source& clock_;
    k8s::client& api_;
    k8s::object_name what_;
    std::optional<group_state> wanted_;
    std::optional<group_state> written_;
    authorship by_ = authorship::sole;
    std::string trouble_;
    doorbell changed_;
    reader on_read_;
    std::uint64_t leaderships_ = 0;  // how often one has ended
};

}  // namespace ha::agent
