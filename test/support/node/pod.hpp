// SPDX-License-Identifier: MIT
#pragma once

#include "test/support/node/container.hpp"

#include <vector>

// One pod on the node: its containers in their order, from the first sidecar to the last TERM.

namespace ha::test::node {

class pod : public std::enable_shared_from_this<pod> {
public:
    pod(surroundings& around, json object, pod_place place);

    // Sidecars one after the other, each when the one before has started; then the main containers.
    void begin();

    // preStop hooks of all containers at once; each main container gets TERM after its own hook;
    // sidecars get TERM in reverse order after all mains have ended; whatever is left at the end of
    // the grace gets KILL. Returns when nothing runs.
    boost::asio::awaitable<void> end(duration grace);

    // KILL to all, for a pod that was deleted by force.
    void end_now();

    std::shared_ptr<container> find(const std::string& name) const;
    json status() const;
    // Rings when status() changed.
    doorbell& changed() { return changed_; }
    bool ending() const { return ending_; }
    bool gone() const { return gone_; }
    const json& object() const { return object_; }
    const std::string& uid() const { return uid_; }
    const std::string& ip() const { return place_.ip; }

private:
    boost::asio::awaitable<void> run();
    boost::asio::awaitable<void> end_main(std::shared_ptr<container> one, instant deadline);
    void spawn(boost::asio::awaitable<void> work);

    surroundings& around_;
    json object_;
    pod_place place_;
    std::string uid_;
    std::string begun_at_;
    std::vector<std::shared_ptr<container>> first_;  // init containers: sidecars only
    std::vector<std::shared_ptr<container>> mains_;
    doorbell changed_;
    doorbell ended_;
    std::size_t mains_left_ = 0;
    bool initialized_ = false;
    bool ending_ = false;
    bool gone_ = false;
};

}  // namespace ha::test::node
