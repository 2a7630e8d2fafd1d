// SPDX-License-Identifier: MIT
#include "common/k8s/resources.hpp"
#include "operator/codec/json.hpp"
#include "operator/codec/manifest.hpp"
#include "test/integration/kubesim/bench.hpp"
#include "test/support/golden.hpp"

#include <nlohmann/json.hpp>

#include <csignal>

using namespace ha;
using namespace ha::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

// The operator's program with a port of its own, and what a person does with kubectl.
struct desk : kubesim_bench {
    desk() : kubesim_bench("system:serviceaccount:default:mssql-operator") {
        for (std::string kind : {"sqlserveravailabilitygroups", "sqlserverinstances", "sqlservers"})
            apply(k8s::definitions, "helm/mssql-ha/files/crds/" + kind + ".yaml", 0);
    }

    void apply(const k8s::resource& kind, const std::string& file, std::size_t number) {
        auto documents = op::read_manifest(source_text(file));
        REQUIRE(documents);
        auto what = op::to_json(documents->at(number));
        std::string space = kind.namespaced ? "default" : "";
        std::string name = what["metadata"]["name"];
        auto made = run(access().api().apply({kind, space, name}, what, "kubectl", false, 5s));
        INFO((made ? std::string{} : made.error().words()));
        REQUIRE(made);
    }

    json get(const k8s::resource& kind, const std::string& name) {
        auto came = run(access().api().get({kind, "default", name}, 5s));
        return came ? *came->object : json{};
    }

    void work(std::vector<std::string> flags = {}) {
        std::vector<std::string> all{OPERATOR_PATH,
                                     "--kubernetes-folder",
                                     (folder() / "account").string(),
                                     "--listen-address",
                                     address,
                                     "--supervisor-image",
                                     "registry/mssql-ha:1"};
        all.insert(all.end(), flags.begin(), flags.end());
        running = start(std::move(all), "operator.log");
    }

    std::string said_by(std::vector<std::string> flags) {
        flags.insert(flags.begin(), OPERATOR_PATH);
        auto process = start(std::move(flags), "said.log");
        auto ended = run(process->wait());
        return read("said.log") + "exit code " + std::to_string(ended.code) + "\n";
    }

    // What the program answers at this path; the code alone when it is not 200.
    std::string ask(const std::string& path) {
        auto client = http::make_client(clock(), access().plain(), {address, 8080, ""});
        http::request question;
        question.target = path;
        auto came = run(client->send(question, 5s));
        if (!came) return came.error().what.message;
        const auto& answer = came->response;
        return answer.status == 200 ? answer.body : std::to_string(answer.status);
    }

    bool comes(const std::function<bool()>& what) {
        auto limit = clock().now() + 60s;
        while (clock().now() < limit) {
            if (what()) return true;
            run(pause());
        }
        return false;
    }
    boost::asio::awaitable<bool> pause() {
        co_await clock().sleep_for(50ms);
        co_return true;
    }

    std::string ready(const std::string& field) {
        auto made = get(k8s::sql_server_groups, "mssql-ag");
        if (!made.contains("status")) return "no status";
        return made["status"]["conditions"][0].value(field, "");
    }

    const std::string address = "127.0.0.77";
    std::unique_ptr<node::process> running;
};

}  // namespace

TEST_CASE("the program makes a group of the sample, says how it is, and gives up its Lease") {
    desk here;
    here.work();
    REQUIRE(here.comes([&] { return here.ask("/readyz") == "ready\n"; }));
    here.apply(k8s::sql_server_groups, "manifests/samples/ag-sample.yaml", 1);
    REQUIRE(here.comes([&] { return here.ready("reason") == "Initializing"; }));
    auto set = here.get(k8s::stateful_sets, "mssql-ag");
    const auto& pod = set["spec"]["template"]["spec"];
    CHECK(set["spec"]["replicas"] == 3);
    CHECK(pod["initContainers"][0]["image"] == "registry/mssql-ha:1");
    CHECK(here.get(k8s::secrets, "mssql-ag-ha")["data"].size() == 2);
    CHECK(here.ask("/healthz") == "ok\n");
    auto numbers = here.ask("/metrics");
    CHECK(numbers.find("mssql_operator_leads 1") != std::string::npos);
    CHECK(numbers.find("mssql_operator_groups 1") != std::string::npos);
    CHECK(here.ask("/nothing") == "404");

    auto lease = here.get(k8s::leases, "mssql-operator");
    CHECK(lease["spec"]["holderIdentity"].get<std::string>().starts_with("mssql-operator_"));
    here.running->signal(SIGTERM);
    CHECK(here.run(here.running->wait()).code == 0);
    CHECK(here.get(k8s::leases, "mssql-operator")["spec"].value("holderIdentity", "") == "");
    here.running.reset();

    // Another life finds all as it is.
    auto before = here.get(k8s::stateful_sets, "mssql-ag")["metadata"]["resourceVersion"];
    here.work({"--leader-elect=false"});
    REQUIRE(here.comes([&] {
        return here.ask("/metrics").find("mssql_operator_passes_total{outcome=\"done\"}") !=
               std::string::npos;
    }));
    CHECK(here.get(k8s::stateful_sets, "mssql-ag")["metadata"]["resourceVersion"] == before);
}

TEST_CASE("the program says what it is, what it was told and what is wrong with that") {
    desk here;
    CHECK(here.said_by({"--version"}) == "mssql-operator 0.1.0\nexit code 0\n");
    CHECK(here.said_by({"--help"}).find("--supervisor-image") != std::string::npos);
    CHECK(here.said_by({"--check-config", "--workers", "9"}).find("workers") != std::string::npos);
    CHECK(here.said_by({"--workers", "0", "--http-port", "x", "--nonsense"}) ==
          "mssql-operator: flag --nonsense: there is no such flag\nexit code 2\n");
    CHECK(
        here.said_by({"--listen-address", "localhost"}) ==
        "mssql-operator: flag --listen-address: http.address: 'localhost' is no IP address; names "
        "are never looked up\nexit code 2\n");
}
