// SPDX-License-Identifier: MIT
#include "common/k8s/credentials.hpp"

#include "test/support/catch.hpp"
#include "test/support/sim_clock.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>

using namespace ha;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

struct stage {
    boost::asio::io_context io{1};
    test::sim_clock clock{io};
    std::filesystem::path folder;

    stage() {
        auto name = (std::filesystem::temp_directory_path() / "ha-pod-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        folder = name;
    }
    ~stage() { std::filesystem::remove_all(folder); }

    void write(const std::string& name, const std::string& text) const {
        std::ofstream(folder / name) << text;
    }

    k8s::pod_environment pod() const { return {"10.96.0.1", "443", folder.string()}; }
};

json kubeconfig() {
    return json::parse(R"({
        "current-context": "one",
        "clusters": [{"name": "c", "cluster": {"server": "https://127.0.0.1:6443/",
                      "certificate-authority-data": "Q0E="}}],
        "users": [{"name": "u", "user": {"token": "t0"}},
                  {"name": "v", "user": {"client-certificate-data": "WlRS", "client-key": "key"}}],
        "contexts": [{"name": "one", "context": {"cluster": "c", "user": "u", "namespace": "n"}},
                     {"name": "two", "context": {"cluster": "c", "user": "v"}}]})");
}

}  // namespace

TEST_CASE("a pod finds its API server, its CA, its token and its namespace") {
    stage set;
    set.write("token", "first\n");
    set.write("ca.crt", "a CA");
    set.write("namespace", "databases");
    auto how = k8s::in_cluster(set.clock, set.pod());
    REQUIRE(how);
    CHECK(how->where == transport::endpoint{"10.96.0.1", 443, ""});
    CHECK((*how->credentials->current())->trusted == "a CA");
    CHECK(how->tokens->token() == "first");
    CHECK(how->space == "databases");
}

TEST_CASE("what a pod lacks is said") {
    stage set;
    auto said = [&](k8s::pod_environment around) {
        auto how = k8s::in_cluster(set.clock, around);
        REQUIRE_FALSE(how);
        return how.error().message;
    };
    CHECK_THAT(said({}), Catch::Contains("this is no pod") && Catch::Contains("kubeconfig"));
    CHECK(said({"10.96.0.1", "http", ""}) == "KUBERNETES_SERVICE_PORT is 'http'");
    CHECK_THAT(said(set.pod()), Catch::Contains("/token: No such file"));
    std::filesystem::create_directory(set.folder / "token");
    CHECK_THAT(said(set.pod()),
               Catch::StartsWith("cannot read the service account's token ") &&
                   Catch::EndsWith("/token: Is a directory"));
    std::filesystem::remove(set.folder / "token");
    set.write("token", "\n");
    CHECK_THAT(said(set.pod()), Catch::Contains("/token: it is empty"));
    set.write("token", "first");
    CHECK_THAT(said(set.pod()), Catch::Contains("/ca.crt: No such file"));
}

TEST_CASE("a token is read again after a minute, and at once after a refusal") {
    stage set;
    set.write("token", "first");
    auto tokens = k8s::token_file(set.clock, (set.folder / "token").string());
    CHECK(tokens->token() == "first");
    set.write("token", "second");
    set.clock.advance_to(set.clock.now() + 59s);
    CHECK(tokens->token() == "first");
    set.clock.advance_to(set.clock.now() + 1s);
    CHECK(tokens->token() == "second");
    set.write("token", "third");
    CHECK(tokens->token() == "second");
    tokens->refused();
    CHECK(tokens->token() == "third");
    std::filesystem::remove(set.folder / "token");
    tokens->refused();
    CHECK(tokens->token() == "third");
}

TEST_CASE("a kubeconfig with a token, and one with a certificate") {
    stage set;
    set.write("key", "a key");
    auto how = k8s::read_kubeconfig(set.clock, kubeconfig());
    REQUIRE(how);
    CHECK(how->where == transport::endpoint{"127.0.0.1", 6443, ""});
    CHECK((*how->credentials->current())->trusted == "CA");
    CHECK(how->tokens->token() == "t0");
    CHECK(how->space == "n");
    auto other = k8s::read_kubeconfig(set.clock, kubeconfig(), {set.folder.string(), "two"});
    REQUIRE(other);
    CHECK((*other->credentials->current())->certificate == "ZTR");
    CHECK((*other->credentials->current())->key == "a key");
    CHECK(other->tokens == nullptr);
    CHECK(other->space == "default");
}

TEST_CASE("servers are addresses; localhost is known, and a name is refused with the way out") {
    stage set;
    auto where = [&](const std::string& url) {
        auto document = kubeconfig();
        document["clusters"][0]["cluster"]["server"] = url;
        auto how = k8s::read_kubeconfig(set.clock, document);
        if (!how) return how.error().message;
        auto& to = how->where;
        return to.host + "|" + std::to_string(to.port) + "|" + to.server_name +
               (how->credentials ? "" : "|plain");
    };
    CHECK(where("https://localhost:6443") == "127.0.0.1|6443|localhost");
    CHECK(where("https://[fd00::1]:6443") == "fd00::1|6443|");
    CHECK(where("https://10.0.0.1") == "10.0.0.1|443|");
    CHECK(where("http://127.0.0.1:8001") == "127.0.0.1|8001||plain");
    CHECK_THAT(where("https://api.example.com:6443"), Catch::Contains("give the address"));
    CHECK_THAT(where("https://10.0.0.1/prefix"), Catch::Contains("has a path"));
    CHECK_THAT(where("ftp://10.0.0.1"), Catch::Contains("no http or https"));
    CHECK_THAT(where("https://10.0.0.1:99999"), Catch::Contains("a wrong port"));
}

TEST_CASE("what a kubeconfig lacks, or we do not do, is said all at once") {
    stage set;
    auto document = kubeconfig();
    document["users"][0]["user"] = {{"exec", {{"command", "aws"}}}};
    document["clusters"][0]["cluster"]["insecure-skip-tls-verify"] = true;
    document["clusters"][0]["cluster"]["certificate-authority-data"] = "?";
    auto how = k8s::read_kubeconfig(set.clock, document);
    REQUIRE_FALSE(how);
    CHECK(how.error().kind == errc::malformed);
    for (auto part : {"exec plugins", "insecure-skip-tls-verify", "no base64"}) {
        CHECK_THAT(how.error().message, Catch::Contains(part));
    }
    auto none = k8s::read_kubeconfig(set.clock, kubeconfig(), {"", "three"});
    REQUIRE_FALSE(none);
    CHECK_THAT(none.error().message, Catch::Contains("contexts has no 'three'"));
}

TEST_CASE("a kubeconfig file in YAML, with files beside it") {
    stage set;
    set.write("ca.pem", "the CA");
    set.write("config", R"(
apiVersion: v1
kind: Config
current-context: kind
clusters:
- name: kind
  cluster: {server: "https://127.0.0.1:39443", certificate-authority: ca.pem}
users:
- name: admin
  user: {tokenFile: token}
contexts:
- name: kind
  context: {cluster: kind, user: admin}
)");
    set.write("token", "t1");
    auto path = (set.folder / "config").string();
    auto how = k8s::read_kubeconfig_file(set.clock, path);
    REQUIRE(how);
    CHECK(how->where.port == 39443);
    CHECK(how->tokens->token() == "t1");
    CHECK((*how->credentials->current())->trusted == "the CA");
    auto missing = k8s::read_kubeconfig_file(set.clock, path + "x");
    REQUIRE_FALSE(missing);
    CHECK_THAT(missing.error().message, Catch::Contains("configx: No such file"));
    auto folder = k8s::read_kubeconfig_file(set.clock, set.folder.string());
    REQUIRE_FALSE(folder);
    CHECK(folder.error().message == "cannot read " + set.folder.string() + ": Is a directory");
    set.write("config", "- no\n- map\n");
    CHECK_FALSE(k8s::read_kubeconfig_file(set.clock, path));
    set.write("config", "");
    CHECK_FALSE(k8s::read_kubeconfig_file(set.clock, path));
}
