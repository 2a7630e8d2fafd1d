// SPDX-License-Identifier: MIT
#include "operator/daemon/operator_config.hpp"

#include "operator/daemon/probes.hpp"
#include "operator/reconcile/operator_metrics.hpp"
#include "test/support/catch.hpp"
#include "test/support/golden.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

using namespace ha;
using namespace ha::op;

namespace {

using variables = std::function<std::optional<std::string>(std::string_view name)>;

auto read(
    std::map<std::string, std::string> flags,
    variables environment = [](auto) { return std::nullopt; }) {
    config::sources from{std::move(flags), std::move(environment), {}, {}};
    auto given = config::read(operator_settings(), from);
    REQUIRE(given);
    return read_operator_config(*given);
}

struct no_writer final : http::body_writer {
    boost::asio::awaitable<bool> begin(http::response) override { co_return false; }
    boost::asio::awaitable<bool> write(std::string_view) override { co_return false; }
    bool gone() const override { return true; }
};

boost::asio::awaitable<void> keep(boost::asio::awaitable<std::optional<http::response>> work,
                                  http::response& into) {
    auto came = co_await std::move(work);
    into = *came;
}

http::response ask(const http::handler& handler, std::string method, std::string target) {
    boost::asio::io_context io;
    no_writer out;
    http::incoming question{{std::move(method), std::move(target), {}, {}}, {}};
    http::response made;
    boost::asio::co_spawn(io, keep(handler(std::move(question), out), made), boost::asio::detached);
    io.run();
    return made;
}

}  // namespace

TEST_CASE("without settings the operator elects a leader and looks after the whole cluster") {
    auto made = read({});
    REQUIRE(made);
    CHECK(made->leader_elect);
    CHECK(made->work.space.empty());
    CHECK(made->lease_name == "mssql-operator");
    CHECK(made->http_port == 8080);
}

TEST_CASE("the preview's lengths of time are read from its variables") {
    const std::map<std::string, std::string> given{
        {"MSSQL_K8S_LEASE_DURATION_SECONDS", "30"},
        {"MSSQL_K8S_RENEW_DEADLINE_SECONDS", "16"},
        {"MSSQL_K8S_RETRY_PERIOD_SECONDS", "5"},
        {"MSSQL_K8S_SQL_WRITE_LEASE_PERIOD_SECONDS", "20"},
        {"MSSQL_K8S_MONITOR_PERIOD_SECONDS", "2"}};
    auto made = read({}, [&](std::string_view name) -> std::optional<std::string> {
        auto found = given.find(std::string(name));
        if (found == given.end()) return std::nullopt;
        return found->second;
    });
    REQUIRE(made);
    CHECK(made->work.plan.times == preview_times{30, 16, 5, 20, 2});
    CHECK_FALSE(read({})->work.plan.times.given());
}

TEST_CASE("settings that make no sense are refused, all at once") {
    auto made =
        read({{"--listen-address", "here"}, {"--supervisor-image", ""}, {"--lease-name", ""}});
    REQUIRE_FALSE(made);
    CHECK(made.error().size() == 3);
}

TEST_CASE("an operator that is not ready says what is missing") {
    std::vector<std::string> missing{"the Lease"};
    auto handler = make_probe_handler({[&] { return missing; }, [] { return "numbers\n"; }});
    CHECK(ask(handler, "GET", "/healthz").status == 200);
    CHECK(ask(handler, "GET", "/readyz?verbose").status == 503);
    CHECK(ask(handler, "GET", "/readyz").body == "the Lease\n");
    missing.clear();
    CHECK(ask(handler, "GET", "/readyz").status == 200);
    CHECK(ask(handler, "GET", "/metrics").body == "numbers\n");
    CHECK(ask(handler, "POST", "/metrics").status == 405);
    CHECK(ask(handler, "GET", "/").status == 404);
}

TEST_CASE("the operator's pages of documentation are as the code has them") {
    CHECK(metrics::faults(operator_families()).empty());
    auto page = config::page(operator_settings(), "The operator's settings");
    CHECK(ha::test::differs_from_golden("../../docs/operator-settings.md", page) == "");
    auto numbers = metrics::page(operator_families(), "The operator's metrics");
    CHECK(ha::test::differs_from_golden("../../docs/operator-metrics.md", numbers) == "");
}
