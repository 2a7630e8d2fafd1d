// SPDX-License-Identifier: MIT
#include "test/e2e/client/client.hpp"

#include "operator/core/names.hpp"

#include <algorithm>
#include <stdexcept>

namespace ha::test::e2e {
namespace {

namespace asio = boost::asio;
using json = nlohmann::json;

constexpr duration look_period = std::chrono::milliseconds{100};
constexpr duration route_limit = std::chrono::seconds{60};  // until kube-proxy leads to the primary
constexpr duration redo_limit = std::chrono::seconds{15};   // until a secondary shows what it has

http::response told(int status, const json& body) {
    http::response made;
    made.status = status;
    made.headers["content-type"] = "application/json";
    made.body = body.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
    return made;
}

agent::engine_login sa(const std::string& password) {
    return {"sa", password};
}

}  // namespace

client::client(asio::any_io_executor executor,
               clock_source& clock,
               k8s::client& api,
               client_plan plan)
    : executor_(executor),
      clock_(clock),
      plan_(std::move(plan)),
      events_(clock),
      seen_(executor, clock, api, plan_.group, events_),
      writers_(executor,
               clock,
               seen_,
               book_,
               plan_.driver,
               sa(plan_.sa_password),
               demo::table_statements{plan_.ag_name}),
      layers_(executor, clock, seen_, plan_.driver, sa(plan_.sa_password)),
      marked_(clock.now()) {}

bool client::settled() const {
    return seen_.settled(plan_.replicas);
}

// kube-proxy follows a Service's endpoints a moment later, and tells nobody.
asio::awaitable<result<void>> client::route_leads() {
    auto until = clock_.now() + route_limit;
    for (;;) {
        auto address = seen_.route();
        auto done = co_await writers_.run(address, "SELECT 1");
        if (done) co_return result<void>{};
        if (clock_.now() > until) co_return tl::unexpected(done.error());
        co_await clock_.sleep_for(look_period);
    }
}

asio::awaitable<result<void>> client::prepare() {
    auto leads = co_await route_leads();
    if (!leads) co_return leads;
    co_return co_await writers_.prepare();
}

asio::awaitable<void> client::begin() {
    seen_.on_tenure([this](const std::string& pod) { book_.begin_tenure(pod, clock_.now()); });
    seen_.begin();
    // Who acknowledges must be known for the one who leads from the first write on.
    while (!settled() || seen_.holder().empty()) co_await seen_.changed().wait();
    bool again = !plan_.book.empty() && book_.keep_in(plan_.book);
    if (!again) {
        auto prepared = co_await prepare();
        if (!prepared) {
            trouble_ = prepared.error().message;
            throw std::runtime_error(trouble_);
        }
    }
    writers_.begin(plan_.connections, plan_.period);
    while (book_.count("route").acknowledged == 0) co_await seen_.changed().wait();
    writing_ = true;
    events_.note("client", "writes come through");
    co_await layers_.keep();
}

json client::state() const {
    json roles = json::object();
    for (const auto& pod : seen_.pods()) {
        roles[pod] = {{"role", seen_.role(pod)},
                      {"ready", seen_.ready(pod)},
                      {"address", seen_.address(pod)}};
    }
    json counts = json::object();
    for (const char* writer : {"route", "direct"}) {
        auto all = book_.count(writer);
        counts[writer] = {
            {"acknowledged", all.acknowledged}, {"refused", all.refused}, {"unknown", all.unknown}};
    }
    auto first = book_.first_after("route", marked_);
    json after;
    if (first) {
        after = {{"ms", demo::milliseconds(first->received - marked_)}, {"at", first->address}};
    }
    return {{"writing", writing_},
            {"settled", settled()},
            {"synchronized", synchronized()},
            {"in_step", seen_.in_step()},
            {"primaries", seen_.primaries()},
            {"pods", roles},
            {"writes", counts},
            {"first_after_mark", after},
            {"trouble", trouble_}};
}

json client::gap() const {
    auto now = clock_.now();
    return {
        {"longest_gap_ms", demo::milliseconds(book_.longest_gap("route", marked_, now))},
        {"longest_direct_gap_ms", demo::milliseconds(book_.longest_gap("direct", marked_, now))},
        {"since_mark_ms", demo::milliseconds(clock_.now() - marked_)}};
}

// By the leader's own account, itself included.
std::vector<std::string> client::synchronized() const {
    std::vector<std::string> made;
    for (const auto& one : seen_.state().replicas) {
        if (one.role == "primary" || one.synchronization == "synchronized")
            made.push_back(one.name);
    }
    return made;
}

// What of the acknowledged keys an instance shows; a secondary shows what it has redone.
asio::awaitable<json> client::look_for_keys(std::string pod) {
    auto limit = clock_.now() + redo_limit;
    auto address = seen_.address(pod);
    for (;;) {
        auto found = co_await writers_.read_back(address);
        if (!found) co_return json{{"error", found.error().message}};
        auto lost = book_.lost(*found);
        if (lost.empty() || clock_.now() > limit) {
            json shown{{"keys", found->size()}, {"lost", lost.size()}};
            if (!lost.empty()) shown["first_lost"] = lost.front();
            auto sum = co_await writers_.sum(address);
            if (!sum) co_return json{{"error", sum.error().message}};
            shown["sum"] = *sum;
            co_return shown;
        }
        // An instance tells nobody that it has redone something.
        co_await clock_.sleep_for(look_period);
    }
}

asio::awaitable<json> client::finish() {
    auto gap_now = gap();
    writers_.stop();
    while (!writers_.idle()) co_await seen_.changed().wait();
    auto verdict = state();
    verdict.update(gap_now);
    verdict["second_primaries"] = book_.second_primaries();
    verdict["forgotten"] = book_.forgotten();
    json keys = json::object();
    auto pods = synchronized();
    for (const auto& pod : pods) {
        auto label = seen_.role(pod);
        if (label != op::role_primary && label != op::role_readable) continue;
        keys[pod] = co_await look_for_keys(pod);
    }
    verdict["keys"] = keys;
    auto at_the_end = co_await layers_.take();
    verdict["layers"] = at_the_end;
    co_return verdict;
}

asio::awaitable<json> client::run(std::string asked) {
    auto line = asked.find('\n');
    auto address = seen_.address(asked.substr(0, line));
    auto text = line == std::string::npos ? std::string{} : asked.substr(line + 1);
    auto done = co_await writers_.run(address, text);
    co_return json{{"error", done ? std::string{} : done.error().message}};
}

asio::awaitable<std::optional<http::response>> client::answer(http::incoming came) {
    const auto& asked = came.request;
    auto what = asked.method + " " + asked.target;
    if (what == "GET /state") co_return told(200, state());
    if (what == "GET /gap") co_return told(200, gap());
    if (what == "GET /layers") co_return told(200, layers_.kept());
    if (what == "POST /run") {
        auto done = co_await run(asked.body);
        co_return told(200, done);
    }
    if (what == "POST /mark") {
        events_.mark(asked.body);
        marked_ = clock_.now();
        co_return told(200, state());
    }
    if (what == "POST /finish") {
        auto verdict = co_await finish();
        co_return told(200, verdict);
    }
    co_return told(404, json{{"trouble", "GET /state, /gap, /layers, POST /mark, /run, /finish"}});
}

}  // namespace ha::test::e2e
