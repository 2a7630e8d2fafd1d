// SPDX-License-Identifier: MIT
#include "common/async/system_clock.hpp"
#include "common/http/server.hpp"
#include "common/k8s/credentials.hpp"
#include "common/k8s/resources.hpp"
#include "common/transport/certificates.hpp"
#include "common/transport/tcp.hpp"
#include "common/transport/tls.hpp"
#include "test/support/api_record.hpp"
#include "test/support/catch.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>

using namespace ha;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

using reply = asio::awaitable<std::optional<http::response>>;

// An API server on a real socket with real TLS, that knows one token; and a pod's folder.
struct stage {
    asio::io_context io{1};
    system_clock clock;
    transport::validity valid{clock.wall_time() - 1h, clock.wall_time() + 1h};
    transport::key_pair authority = *transport::make_authority("the cluster's CA", valid);
    std::string good_token = "good";
    std::filesystem::path folder;
    std::unique_ptr<transport::listener> door;
    asio::cancellation_signal stop;
    std::unique_ptr<k8s::connection> connected;
    std::optional<k8s::outcome<k8s::reply>> came;

    stage() {
        auto name = (std::filesystem::temp_directory_path() / "ha-api-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        folder = name;
        write("ca.crt", authority.certificate);
        write("token", good_token);
        auto own = transport::make_certificate(authority, {"api", {}, {"127.0.0.1"}}, valid);
        REQUIRE(own);
        transport::tls_credentials shown{authority.certificate, own->certificate, own->key};
        auto plain = transport::listen_tcp(io.get_executor(), {"127.0.0.1", 0, ""});
        REQUIRE(plain);
        door = transport::make_tls_listener(std::move(*plain), transport::fixed_credentials(shown));
        auto answer = [this](http::incoming asked, http::body_writer&) {
            return one(std::move(asked));
        };
        asio::co_spawn(io,
                       http::serve(clock, *door, answer),
                       asio::bind_cancellation_slot(stop.slot(), [](std::exception_ptr) {}));
    }

    ~stage() {
        connected.reset();
        stop.emit(asio::cancellation_type::terminal);
        io.restart();
        io.run_for(10s);
        std::filesystem::remove_all(folder);
    }

    void write(const std::string& name, const std::string& text) const {
        std::ofstream(folder / name) << text;
    }

    reply one(http::incoming asked) const {
        http::response made{
            401, {}, R"({"code":401,"reason":"Unauthorized","message":"Unauthorized"})"};
        auto given = asked.request.headers.find("authorization");
        bool known =
            given != asked.request.headers.end() && given->second == "Bearer " + good_token;
        if (known) made = {200, {}, R"({"metadata":{"name":"ag1","resourceVersion":"5"}})"};
        test::record_api_use(asked.request, made.status);
        co_return made;
    }

    asio::awaitable<void> get() {
        k8s::object_name ag1{k8s::leases, "default", "ag1"};
        came = co_await connected->api().get(ag1, 10s);
    }

    k8s::outcome<k8s::reply>& ask() {
        if (!connected) {
            k8s::pod_environment pod{"127.0.0.1", std::to_string(door->port()), folder.string()};
            auto how = k8s::in_cluster(clock, pod);
            REQUIRE(how);
            connected = k8s::connect(clock, *how, "mssql-ha-supervisor/0.1.0");
        }
        came.reset();
        io.restart();
        asio::co_spawn(io, get(), asio::detached);
        while (!came && io.run_one_for(10s) != 0) {}
        REQUIRE(came);
        return *came;
    }
};

const std::string call = "get leases.coordination.k8s.io default/ag1: ";

}  // namespace

TEST_CASE("a pod's way to its API server, over real TLS") {
    stage set;
    auto& came = set.ask();
    REQUIRE(came);
    CHECK(came->resource_version() == "5");
}

TEST_CASE("an expired token is said so, and a new one is used from the next call on") {
    stage set;
    set.good_token = "newer";
    auto& refused = set.ask();
    REQUIRE_FALSE(refused);
    CHECK(
        refused.error().words() ==
        call +
            "401 Unauthorized: our token or certificate has expired, or is of another cluster; the "
            "kubelet renews the token of a pod by itself, and where it cannot, the pod's "
            "ServiceAccount is gone or the pod must be made anew");
    set.write("token", "newer");
    auto& came = set.ask();
    CHECK(came);
}

TEST_CASE("a wrong CA is said so, and the right one is taken up without a restart") {
    stage set;
    auto other = transport::make_authority("somebody's CA", set.valid);
    REQUIRE(other);
    set.write("ca.crt", other->certificate);
    auto& refused = set.ask();
    REQUIRE_FALSE(refused);
    CHECK(refused.error().what == k8s::failure::kind::not_sent);
    CHECK(refused.error().words() ==
          call + "not sent: TLS with 127.0.0.1:" + std::to_string(set.door->port()) +
              ": its certificate (CN = api) is not signed by a CA that we trust, but by CN = the "
              "cluster's CA");
    set.write("next", set.authority.certificate);
    std::filesystem::rename(set.folder / "next", set.folder / "ca.crt");
    auto& came = set.ask();
    CHECK(came);
}

TEST_CASE("a closed port is said so") {
    stage set;
    auto& came = set.ask();
    REQUIRE(came);
    auto port = std::to_string(set.door->port());
    set.stop.emit(asio::cancellation_type::terminal);
    set.io.restart();
    set.io.run_for(10s);
    set.door.reset();
    auto& refused = set.ask();
    REQUIRE_FALSE(refused);
    CHECK(refused.error().words() ==
          call + "not sent: no connection to 127.0.0.1:" + port + ": Connection refused");
}
