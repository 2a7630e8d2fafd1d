// SPDX-License-Identifier: MIT
#include "common/transport/tls.hpp"

#include "common/async/system_clock.hpp"
#include "common/transport/certificates.hpp"
#include "common/transport/memory_network.hpp"
#include "test/unit/common/transport/stage.hpp"

#include <filesystem>
#include <fstream>

using namespace ha;
using namespace ha::transport;
using namespace std::chrono_literals;

namespace {

const wall_instant today = system_clock{}.wall_time();
const validity valid{today - 1h, today + 1h};

struct authority {
    explicit authority(const std::string& name) : own(*make_authority(name, valid)) {}
    key_pair own;

    tls_credentials sign(const certificate_subject& subject, validity when = valid) const {
        auto made = make_certificate(own, subject, when);
        REQUIRE(made);
        return {own.certificate, made->certificate, made->key};
    }
    tls_credentials trust() const { return {own.certificate, {}, {}}; }
};

const authority& ours() {
    static const authority one("the group's CA");
    return one;
}

const certificate_subject server_subject{"db-0", {"db-0.db", "uid-0"}, {"10.0.0.1"}};

// A TLS server and client over a network in memory.
struct stage : test::talk_stage {
    stage(tls_credentials server, tls_server_options options = {}) {
        door = make_tls_listener(
            net.listen("10.0.0.1", 443), fixed_credentials(std::move(server)), std::move(options));
    }

    memory_network net{clock};
    std::unique_ptr<listener> door;

    // What both sides noted of one attempt to connect and say hello.
    test::lines meet(tls_credentials client,
                     tls_client_options options = {},
                     const std::string& server_name = {}) {
        auto from = make_tls_dialer(
            net.dialer_at("10.0.0.2"), fixed_credentials(std::move(client)), std::move(options));
        diary.clear();
        go(receive_and_read(*door));
        go(call(*from, endpoint{"10.0.0.1", 443, server_name}));
        if (near) go(write(*near, "hello"));
        return std::exchange(diary, {});
    }
};

using test::lines;
const lines well{"connected", "read hello"};
const std::string dial_words = "TLS with 10.0.0.1:443: ";

}  // namespace

TEST_CASE("bytes go both ways, in any size, and the end comes through") {
    stage set(ours().sign(server_subject));
    CHECK(set.meet(ours().trust()) == well);
    std::string large(200'000, 'x');
    set.go(set.write(*set.far, large));
    std::string got;
    while (got.size() < large.size()) {
        set.go(set.read(*set.near, 300'000));
        REQUIRE(set.diary.size() == 1);
        got += set.diary[0].substr(5);
        set.diary.clear();
    }
    CHECK(got == large);
    CHECK(set.near->pending() == arrival::nothing);
    set.far->close();
    CHECK(set.near->pending() == arrival::end);
    set.go(set.read(*set.near));
    CHECK(set.diary == lines{"end"});
}

TEST_CASE("a server proves itself by address, by name, or by being ours at all") {
    stage set(ours().sign(server_subject));
    CHECK(set.meet(ours().trust(), {}, "uid-0") == well);
    CHECK(set.near->peer() == identity{"db-0", {"db-0.db", "uid-0"}});
    CHECK(set.far->peer() == std::nullopt);
    stage other(ours().sign({"db-0", {"db-0.db"}}));
    CHECK(other.meet(ours().trust(), {true, {}}) == well);
}

TEST_CASE("a wrong name or address is said with the names that are there") {
    stage set(ours().sign(server_subject));
    auto said = set.meet(ours().trust(), {}, "db-1.db");
    REQUIRE(said.size() == 2);
    CHECK(said[1] == "far: TLS with 10.0.0.2:40001: it refuses our certificate");
    CHECK(said[0] ==
          dial_words + "its certificate (CN = db-0) names db-0.db, uid-0, 10.0.0.1, not db-1.db");
    stage named(ours().sign({"db-0", {"db-0.db"}}));
    said = named.meet(ours().trust());
    REQUIRE(said.size() == 2);
    CHECK(said[0] == dial_words + "its certificate (CN = db-0) names db-0.db, not 10.0.0.1");
}

TEST_CASE("a wrong CA is said with the issuer's name") {
    authority other("somebody's CA");
    stage set(ours().sign(server_subject));
    auto said = set.meet(other.trust());
    REQUIRE(said.size() == 2);
    CHECK(said[1] == "far: TLS with 10.0.0.2:40001: it does not know the CA of our certificate");
    CHECK(said[0] == dial_words +
                         "its certificate (CN = db-0) is not signed by a CA that we trust, but by "
                         "CN = the group's CA");
}

TEST_CASE("an expired certificate is said with its end, one from the future with its begin") {
    validity past{wall_instant{} + 100h, wall_instant{} + 200h};
    stage set(ours().sign(server_subject, past));
    auto said = set.meet(ours().trust());
    REQUIRE(said.size() == 2);
    CHECK(said[0] == dial_words + "its certificate (CN = db-0) expired at 1970-01-09T08:00:00Z");
    stage future(ours().sign(server_subject, {today + 100h, today + 200h}));
    said = future.meet(ours().trust());
    REQUIRE(said.size() == 2);
    CHECK_THAT(said[0], Catch::Contains("is valid only from") && Catch::Contains("clock"));
}

TEST_CASE("a client certificate: shown, not shown, of a stranger, and not liked") {
    tls_server_options required{client_certificates::required, {}};
    tls_server_options optional{client_certificates::optional, {}};
    auto client = ours().sign({"db-1", {"uid-1"}});
    stage set(ours().sign(server_subject), required);
    CHECK(set.meet(client) == well);
    CHECK(set.far->peer() == identity{"db-1", {"uid-1"}});

    auto wanted = dial_words + "it wants our certificate, and we show none";
    CHECK(set.meet(ours().trust()) ==
          lines{"connected", "far: TLS with 10.0.0.2:40002: it shows no certificate", wanted});
    set.go(set.read(*set.near));
    CHECK(set.diary == lines{"far: " + wanted});

    stage friendly(ours().sign(server_subject), optional);
    CHECK(friendly.meet(ours().trust()) == well);
    auto stranger = authority("somebody's CA").sign({"db-9", {"uid-9"}});
    stranger.trusted = ours().own.certificate;
    auto said = friendly.meet(stranger);
    REQUIRE(said.size() == 3);
    CHECK_THAT(said[1], Catch::Contains("(CN = db-9) is not signed by a CA that we trust"));

    auto accept = [](const identity& who) -> result<void> {
        if (who.common_name == "db-1") return {};
        return failure(errc::unauthorized, who.common_name + " is not of this group");
    };
    stage choosy(ours().sign(server_subject), {client_certificates::required, accept});
    CHECK(choosy.meet(client) == well);
    said = choosy.meet(ours().sign({"db-2"}));
    REQUIRE(said.size() >= 2);
    CHECK(said[1] == "far: TLS with 10.0.0.2:40002: db-2 is not of this group");
    said = choosy.meet(client, {false, accept});
    REQUIRE(said.size() >= 1);
    CHECK(said[0] == dial_words + "db-0 is not of this group");
}

TEST_CASE("one who does not speak TLS is told from one who hangs up") {
    stage set(ours().sign(server_subject));
    auto plain = set.net.dialer_at("10.0.0.2");
    set.go(set.receive_and_read(*set.door));
    set.go(set.call(*plain, endpoint{"10.0.0.1", 443, ""}));
    set.go(set.write(*set.near, "GET / HTTP/1.1\r\n\r\n"));
    CHECK(set.diary.back() == "far: TLS with 10.0.0.2:40001: it does not speak TLS");
    set.go(set.receive_and_read(*set.door));
    set.go(set.call(*plain, endpoint{"10.0.0.1", 443, ""}));
    set.near->close();
    set.clock.settle();
    CHECK(set.diary.back() == "far: 10.0.0.2:40002 ended the connection in the TLS handshake");
}

TEST_CASE("credentials that cannot be used are said before anything is tried") {
    stage set(ours().sign(server_subject));
    auto wrong_key = ours().sign({"a"});
    wrong_key.key = ours().sign({"b"}).key;
    CHECK_THAT(set.meet(wrong_key).front(),
               Catch::StartsWith("our key does not belong to our certificate"));
    CHECK_THAT(set.meet({}).front(),
               Catch::StartsWith("the CA's text holds no certificate in PEM"));
    CHECK(make_certificate(ours().own, {"a,b", {"x,DNS:y"}}, valid).error().kind ==
          errc::malformed);
    auto leaf = *make_certificate(ours().own, {"leaf"}, valid);
    CHECK(make_certificate(leaf, {"more"}, valid).error().message == "'CN = leaf' is no authority");
}

TEST_CASE("a certificate tells what a person wants to know of it") {
    auto made = make_certificate(ours().own, {"db-0", {"a", "b"}, {"10.0.0.1", "fd00::1"}}, valid);
    REQUIRE(made);
    auto facts = read_certificate(made->certificate);
    REQUIRE(facts);
    CHECK(facts->subject == "CN = db-0");
    CHECK(facts->issuer == "CN = the group's CA");
    CHECK(facts->dns_names == lines{"a", "b"});
    CHECK(facts->addresses == lines{"10.0.0.1", "fd00::1"});
    CHECK(facts->valid.until == std::chrono::floor<std::chrono::seconds>(valid.until));
    CHECK_FALSE(read_certificate("nothing"));
}

namespace {

struct folder {
    folder() {
        auto name = (std::filesystem::temp_directory_path() / "ha-tls-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~folder() { std::filesystem::remove_all(path); }
    std::filesystem::path path;

    void write(const std::string& name, const std::string& text) const {
        std::ofstream(path / name) << text;
    }
};

}  // namespace

TEST_CASE("files that were swapped are read again, and kept while they are no pair") {
    folder at;
    auto first = ours().sign({"first"});
    auto second = ours().sign({"second"});
    for (auto& [name, what] : {std::pair{"one", &first}, std::pair{"two", &second}}) {
        std::filesystem::create_directory(at.path / name);
        at.write(std::string(name) + "/ca", what->trusted);
        at.write(std::string(name) + "/cert", what->certificate);
        at.write(std::string(name) + "/key", what->key);
    }
    std::filesystem::create_directory_symlink("one", at.path / "now");
    auto path = [&](const char* name) { return (at.path / "now" / name).string(); };
    auto files = credential_files({path("ca"), path("cert"), path("key")});
    auto seen = files->current();
    REQUIRE(seen);
    CHECK(**seen == first);
    CHECK(*files->current() == *seen);  // the same pointer

    // As a projected volume does it: a new link is renamed over the old one.
    std::filesystem::create_directory_symlink("two", at.path / "next");
    std::filesystem::rename(at.path / "next", at.path / "now");
    CHECK(**files->current() == second);

    at.write("two/key", first.key);
    CHECK(**files->current() == second);
    std::filesystem::remove(at.path / "now");
    CHECK(**files->current() == second);
    auto none = credential_files({path("ca"), "", ""})->current();
    REQUIRE_FALSE(none);
    CHECK_THAT(none.error().message, Catch::Contains("now/ca: No such file"));
    CHECK(none.error().kind == errc::failed);
    auto folder_itself = credential_files({(at.path / "two").string(), "", ""})->current();
    REQUIRE_FALSE(folder_itself);
    CHECK_THAT(folder_itself.error().message, Catch::EndsWith("/two: Is a directory"));
}

TEST_CASE("a dialer uses new credentials from the next connection on") {
    folder at;
    authority other("somebody's CA");
    at.write("ca", other.own.certificate);
    auto files = credential_files({(at.path / "ca").string(), "", ""});
    stage set(ours().sign(server_subject));
    auto from = make_tls_dialer(set.net.dialer_at("10.0.0.2"), files);
    set.go(set.receive_and_read(*set.door));
    set.go(set.call(*from, endpoint{"10.0.0.1", 443, ""}));
    CHECK_THAT(set.diary.front(), Catch::Contains("not signed by a CA that we trust"));
    at.write("ca.new", ours().own.certificate);
    std::filesystem::rename(at.path / "ca.new", at.path / "ca");
    set.go(set.receive_and_read(*set.door));
    set.go(set.call(*from, endpoint{"10.0.0.1", 443, ""}));
    CHECK_THAT(set.diary, Catch::VectorContains(std::string{"connected"}));
}
