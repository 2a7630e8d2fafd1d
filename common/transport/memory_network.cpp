// SPDX-License-Identifier: MIT
#include "common/transport/memory_network.hpp"

#include "common/async/doorbell.hpp"
#include "common/transport/flow.hpp"

#include <functional>
#include <map>
#include <set>

namespace ha::transport {

namespace asio = boost::asio;

namespace {

using address = std::pair<std::string, std::uint16_t>;

std::string words(const address& where) {
    return where.first + ":" + std::to_string(where.second);
}

// The inside of a listener: where a dialer leaves the far end of its connection.
struct door {
    std::optional<identity> shown;
    std::deque<std::unique_ptr<byte_stream>> callers;
    doorbell bell;
    bool closed = false;
};

void sweep(road& way) {
    std::erase_if(way.flows, [](const auto& one) { return one.expired(); });
}

}  // namespace

struct memory_network::inside {
    inside(clock_source& time, duration span) : clock(time), latency(span) {}

    clock_source& clock;
    duration latency;
    std::map<std::pair<std::string, std::string>, std::shared_ptr<road>> roads;
    std::map<address, std::shared_ptr<door>> doors;
    std::set<std::string> hosts;
    doorbell healed;
    std::uint16_t next_port = 40000;

    std::shared_ptr<road> way(const std::string& from, const std::string& to) {
        auto& found = roads[{from, to}];
        if (!found) {
            found = std::make_shared<road>();
            found->latency = from == to ? duration::zero() : latency;
        }
        return found;
    }

    std::shared_ptr<flow> open_flow(const std::shared_ptr<road>& along) {
        auto made = std::make_shared<flow>(&clock, along);
        if (along->flows.size() % 16 == 15) sweep(*along);
        along->flows.push_back(made);
        return made;
    }

    // Ports for those who call, and for listeners that do not care.
    std::uint16_t free_port(const std::string& host) {
        do {
            next_port = next_port == 65535 ? 40000 : static_cast<std::uint16_t>(next_port + 1);
        } while (doors.contains({host, next_port}));
        return next_port;
    }

    std::unique_ptr<byte_stream> connect(const address& from,
                                         const address& to,
                                         std::optional<identity> shown) {
        auto& target = *doors.at(to);
        auto there = open_flow(way(from.first, to.first));
        auto back = open_flow(way(to.first, from.first));
        target.callers.push_back(make_end(there, back, std::move(shown), words(from)));
        target.bell.ring();
        return make_end(back, there, target.shown, words(to));
    }

    template <class Which>
    void close_doors(Which which) {
        std::erase_if(doors, [&](auto& entry) {
            if (!which(entry.first)) return false;
            entry.second->closed = true;
            entry.second->callers.clear();
            entry.second->bell.ring();
            return true;
        });
    }

    template <class Act>
    void on_flows(const std::string& from, const std::string& to, Act act) {
        auto found = roads.find({from, to});
        if (found == roads.end()) return;
        auto flows = found->second->flows;
        for (auto& one : flows) {
            if (auto alive = one.lock()) act(*alive);
        }
    }
};

namespace {

using network = memory_network;

class memory_listener final : public listener {
public:
    memory_listener(std::shared_ptr<door> entrance,
                    std::uint16_t port,
                    std::function<void()> free_port)
        : door_(std::move(entrance)), port_(port), free_port_(std::move(free_port)) {}

    ~memory_listener() override { close(); }

    asio::awaitable<result<std::unique_ptr<byte_stream>>> accept() override { return next(door_); }

    std::uint16_t port() const override { return port_; }

    void close() noexcept override {
        if (!free_port_) return;
        std::exchange(free_port_, nullptr)();
        door_->closed = true;
        door_->callers.clear();
        door_->bell.ring();
    }

private:
    static asio::awaitable<result<std::unique_ptr<byte_stream>>> next(std::shared_ptr<door> from) {
        while (from->callers.empty() && !from->closed) {
            co_await from->bell.wait();
        }
        if (from->closed) co_return failure(errc::closed, "the listener is closed");
        auto caller = std::move(from->callers.front());
        from->callers.pop_front();
        co_return caller;
    }

    std::shared_ptr<door> door_;
    std::uint16_t port_;
    std::function<void()> free_port_;
};

template <class Inside>
class memory_dialer final : public dialer {
public:
    memory_dialer(std::shared_ptr<Inside> net, std::string host, std::optional<identity> shown)
        : net_(std::move(net)), host_(std::move(host)), shown_(std::move(shown)) {}

    asio::awaitable<result<std::unique_ptr<byte_stream>>> dial(const endpoint& where) override {
        return call(net_, host_, address{where.host, where.port}, shown_);
    }

private:
    static asio::awaitable<result<std::unique_ptr<byte_stream>>> call(
        std::shared_ptr<Inside> net, std::string host, address to, std::optional<identity> shown) {
        auto there = net->way(host, to.first);
        auto back = net->way(to.first, host);
        if (auto trip = there->latency + back->latency; trip > duration::zero()) {
            co_await net->clock.sleep_for(trip);
        }
        while (there->cut || back->cut) {
            co_await net->healed.wait();
        }
        if (!net->doors.contains(to)) {
            co_return failure(errc::unreachable, "nobody listens at " + words(to));
        }
        auto from = address{host, net->free_port(host)};
        co_return net->connect(from, to, std::move(shown));
    }

    std::shared_ptr<Inside> net_;
    std::string host_;
    std::optional<identity> shown_;
};

}  // namespace

memory_network::memory_network(clock_source& clock, duration latency)
    : inside_(std::make_shared<inside>(clock, latency)) {}

// Whoever waits in a connection owns it, and is owned by what he waits in: only this sets them
// free.
memory_network::~memory_network() {
    for (auto& [ends, way] : inside_->roads) {
        inside_->on_flows(ends.first, ends.second, [](flow& one) { one.break_off(); });
    }
    inside_->close_doors([](const address&) { return true; });
    inside_->healed.ring();
}

std::unique_ptr<dialer> memory_network::dialer_at(std::string host, std::optional<identity> shown) {
    inside_->hosts.insert(host);
    return std::make_unique<memory_dialer<inside>>(inside_, std::move(host), std::move(shown));
}

std::unique_ptr<listener> memory_network::listen(std::string host,
                                                 std::uint16_t port,
                                                 std::optional<identity> shown) {
    inside_->hosts.insert(host);
    auto where = address{host, port == 0 ? inside_->free_port(host) : port};
    if (inside_->doors.contains(where)) return nullptr;
    auto made = std::make_shared<door>();
    made->shown = std::move(shown);
    inside_->doors[where] = made;
    // After a power failure the port may be somebody else's: only one's own door is taken away.
    auto leave = [net = std::weak_ptr(inside_), where, own = made.get()] {
        auto there = net.lock();
        if (!there) return;
        auto found = there->doors.find(where);
        if (found != there->doors.end() && found->second.get() == own) there->doors.erase(found);
    };
    return std::make_unique<memory_listener>(made, where.second, leave);
}

void memory_network::set_latency(const std::string& from, const std::string& to, duration latency) {
    inside_->way(from, to)->latency = latency;
}

void memory_network::cut(const std::string& from, const std::string& to) {
    auto way = inside_->way(from, to);
    if (std::exchange(way->cut, true)) return;
    way->cut_since = inside_->clock.now();
}

void memory_network::heal(const std::string& from, const std::string& to) {
    auto way = inside_->way(from, to);
    if (!std::exchange(way->cut, false)) return;
    inside_->on_flows(from, to, [](flow& one) { one.road_changed(); });
    inside_->healed.ring();
}

void memory_network::isolate(const std::string& host) {
    for (auto& other : inside_->hosts) {
        if (other == host) continue;
        cut(host, other);
        cut(other, host);
    }
}

void memory_network::rejoin(const std::string& host) {
    for (auto& other : inside_->hosts) {
        if (other == host) continue;
        heal(host, other);
        heal(other, host);
    }
}

void memory_network::reset(const std::string& one, const std::string& other) {
    auto act = [](flow& each) { each.break_off(); };
    inside_->on_flows(one, other, act);
    inside_->on_flows(other, one, act);
}

void memory_network::power_off(const std::string& host) {
    for (auto& other : inside_->hosts) {
        inside_->on_flows(host, other, [](flow& each) { each.mute(); });
    }
    inside_->close_doors([&](const address& where) { return where.first == host; });
}

}  // namespace ha::transport
