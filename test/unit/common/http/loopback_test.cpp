// SPDX-License-Identifier: MIT
#include "common/async/system_clock.hpp"
#include "common/http/client.hpp"
#include "common/http/server.hpp"
#include "common/transport/certificates.hpp"
#include "common/transport/tcp.hpp"
#include "common/transport/tls.hpp"
#include "test/support/catch.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <fcntl.h>
#include <filesystem>
#include <set>

using namespace ha;
using namespace ha::transport;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

using reply = asio::awaitable<std::optional<http::response>>;

reply who_is_there(http::incoming asked, http::body_writer&) {
    http::response made{200, {}, asked.peer ? asked.peer->common_name : "nobody"};
    made.body += std::to_string(asked.request.body.size());
    co_return made;
}

// Everything real: sockets of this machine, TLS, our server and our client.
struct stage {
    asio::io_context io{1};
    system_clock clock;
    validity valid{clock.wall_time() - 1h, clock.wall_time() + 1h};
    key_pair authority = *make_authority("the CA", valid);
    asio::cancellation_signal stop;
    std::unique_ptr<listener> door;
    std::unique_ptr<dialer> from;
    std::unique_ptr<http::client> client;
    std::optional<http::attempt> came;

    std::shared_ptr<credential_source> sign(const certificate_subject& subject) {
        auto made = make_certificate(authority, subject, valid);
        REQUIRE(made);
        return fixed_credentials({authority.certificate, made->certificate, made->key});
    }

    void open(std::unique_ptr<listener> at, std::unique_ptr<dialer> by) {
        door = std::move(at);
        from = std::move(by);
        auto ended = [](std::exception_ptr) {};
        asio::co_spawn(io,
                       http::serve(clock, *door, who_is_there),
                       asio::bind_cancellation_slot(stop.slot(), ended));
        client = http::make_client(clock, *from, endpoint{"127.0.0.1", door->port(), ""});
    }

    asio::awaitable<void> send(std::size_t size) {
        http::request what{"PUT", "/", {}, std::string(size, 'x')};
        came = co_await client->send(std::move(what), 10s);
    }

    http::attempt& ask(std::size_t size) {
        came.reset();
        io.restart();
        asio::co_spawn(io, send(size), asio::detached);
        while (!came && io.run_one_for(10s) != 0) {}
        REQUIRE(came);
        return *came;
    }

    ~stage() {
        client.reset();
        io.restart();
        stop.emit(asio::cancellation_type::terminal);
        io.run_for(10s);
    }

    std::unique_ptr<listener> plain_door() {
        auto made = listen_tcp(io.get_executor(), endpoint{"127.0.0.1", 0, ""});
        REQUIRE(made);
        return std::move(*made);
    }
};

}  // namespace

TEST_CASE("over plain sockets of this machine") {
    stage set;
    set.open(set.plain_door(), make_tcp_dialer());
    for (std::size_t size : {0U, 10U, 700'000U}) {
        auto& came = set.ask(size);
        REQUIRE(came);
        CHECK(came->response.body == "nobody" + std::to_string(size));
    }
    set.stop.emit(asio::cancellation_type::terminal);
    set.io.run_for(10s);
    set.door.reset();
    auto& refused = set.ask(0);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().what.kind == errc::unreachable);
    CHECK_THAT(refused.error().what.message, Catch::EndsWith("Connection refused"));
    CHECK_FALSE(refused.error().sent);
}

TEST_CASE("over mutual TLS on sockets of this machine") {
    stage set;
    auto server = set.sign({"db-0", {}, {"127.0.0.1"}});
    auto client = set.sign({"db-1"});
    set.open(make_tls_listener(set.plain_door(), server, {client_certificates::required, {}}),
             make_tls_dialer(make_tcp_dialer(), client));
    for (std::size_t size : {0U, 10U, 700'000U}) {
        auto& came = set.ask(size);
        REQUIRE(came);
        CHECK(came->response.body == "db-1" + std::to_string(size));
    }
}

TEST_CASE("a server with the wrong name is not spoken to, on a real socket too") {
    stage set;
    auto server = set.sign({"db-0", {"db-0.db"}});
    set.open(make_tls_listener(set.plain_door(), server),
             make_tls_dialer(make_tcp_dialer(), set.sign({"db-1"})));
    auto& came = set.ask(10);
    REQUIRE_FALSE(came);
    CHECK(came.error().what.kind == errc::unauthorized);
    CHECK_FALSE(came.error().sent);
    CHECK_THAT(came.error().what.message, Catch::EndsWith("names db-0.db, not 127.0.0.1"));
}

TEST_CASE("names are not resolved, and a port that is taken is said") {
    stage set;
    auto named = listen_tcp(set.io.get_executor(), endpoint{"localhost", 0, ""});
    REQUIRE_FALSE(named);
    CHECK(named.error().message == "'localhost' is no IP address, and names are not resolved");
    auto first = set.plain_door();
    auto second = listen_tcp(set.io.get_executor(), endpoint{"127.0.0.1", first->port(), ""});
    REQUIRE_FALSE(second);
    CHECK_THAT(second.error().message, Catch::EndsWith("Address already in use"));
    CHECK(words(endpoint{"fd00::1", 6443, ""}) == "[fd00::1]:6443");
}

namespace {

std::set<int> open_sockets() {
    std::set<int> all;
    for (auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
        std::error_code gone;
        auto target = std::filesystem::read_symlink(entry.path(), gone).string();
        if (target.starts_with("socket:")) all.insert(std::stoi(entry.path().filename().string()));
    }
    return all;
}

}  // namespace

TEST_CASE("programs that are started from here inherit no connection") {
    auto before = open_sockets();  // whoever started this test may have left some
    stage set;
    set.open(set.plain_door(), make_tcp_dialer());
    auto& came = set.ask(0);
    REQUIRE(came);
    int ours = 0;
    for (int each : open_sockets()) {
        if (before.contains(each)) continue;
        ++ours;
        CHECK((::fcntl(each, F_GETFD) & FD_CLOEXEC) != 0);
    }
    CHECK(ours == 3);  // the listener and both ends of the connection
}
