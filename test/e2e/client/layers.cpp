// SPDX-License-Identifier: MIT
#include "test/e2e/client/layers.hpp"

namespace ha::test::e2e {
namespace {

namespace asio = boost::asio;
using json = nlohmann::json;

constexpr duration limit = std::chrono::seconds{2};
constexpr std::size_t most_kept = 200;

constexpr const char* own_rows =
    "SELECT [is_local], [role_desc], [operational_state_desc], [connected_state_desc], "
    "[synchronization_health_desc] FROM sys.dm_hadr_availability_replica_states; "
    "SELECT [is_local], [synchronization_state_desc], [last_hardened_lsn] "
    "FROM sys.dm_hadr_database_replica_states";

json rows_of(const agent::result_set& set) {
    json made = json::array();
    for (std::size_t row = 0; row < set.rows.size(); ++row) {
        json one;
        for (const auto& column : set.columns) {
            auto text = set.text(row, column);
            one[column] = text ? json(*text) : json();
        }
        made.push_back(one);
    }
    return made;
}

}  // namespace

layers::layers(asio::any_io_executor executor,
               clock_source& clock,
               demo::eyes& seen,
               const std::string& driver,
               const agent::engine_login& login)
    : clock_(clock),
      seen_(seen),
      doors_(executor, clock, driver, "e2e-layers", login),
      began_(clock.now()) {}

asio::awaitable<json> layers::take() {
    json made = json::object();
    auto pods = seen_.pods();
    for (const auto& pod : pods) {
        json one{{"label", seen_.role(pod)}, {"conditions", seen_.conditions(pod)}};
        agent::statement what{"layers", own_rows};
        std::vector<agent::sql_value> none;
        auto deadline = clock_.now() + limit;
        auto address = seen_.address(pod);
        auto reply = co_await doors_.to(address).run(what, none, deadline);
        if (reply && reply->sets.size() == 2) {
            one["replicas"] = rows_of(reply->sets[0]);
            one["databases"] = rows_of(reply->sets[1]);
        } else {
            one["error"] = reply ? "an answer of another kind" : demo::words_of(reply.error());
        }
        made[pod] = one;
    }
    co_return made;
}

std::string layers::transition() const {
    auto made = seen_.holder();
    for (const auto& pod : seen_.pods())
        made += " " + seen_.role(pod) + (seen_.ready(pod) ? " ready" : " not ready");
    return made;
}

asio::awaitable<void> layers::keep() {
    std::string last;
    for (;;) {
        if (auto now = transition(); now != last && kept_.size() < most_kept) {
            last = now;
            auto at = demo::milliseconds(clock_.now() - began_);
            auto taken = co_await take();
            kept_.push_back({{"at_ms", at}, {"holder", seen_.holder()}, {"pods", taken}});
        }
        co_await seen_.changed().wait();
    }
}

}  // namespace ha::test::e2e
