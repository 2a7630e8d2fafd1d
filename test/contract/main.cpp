// SPDX-License-Identifier: MIT
#include "test/contract/samples.hpp"
#include "test/contract/visit.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <fstream>
#include <iostream>

// Judges one server by the contract: prints the results as JSON, check by check.

namespace ha::contract {
namespace {

using json = nlohmann::json;

server_address read_address(const std::string& file) {
    std::ifstream in{file};
    auto from = json::parse(in);
    const auto& memory = from.at("memory");
    return {from.at("host"),
            from.at("port"),
            from.at("ca"),
            from.at("tokens"),
            memory.at("port"),
            memory.at("target")};
}

void must(const said& answer, const std::string& words) {
    if (answer.status >= 300) throw std::runtime_error{words + ": " + answer.body.dump()};
}

// What all checks share: a node for pods to be on, and the custom resource.
void set_up(conversation& server) {
    json node = {{"metadata", {{"name", "contract-node"}}}};
    must(server.ask("POST", "/api/v1/nodes", node), "the node");
    must(
        server.ask(
            "POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", widget_definition()),
        "the custom resource's definition");
    const std::string widgets = "/apis/contract.example.com/v1/namespaces/default/widgets";
    bool served = server.wait_until([&] {
        json probe = {{"apiVersion", "contract.example.com/v1"},
                      {"kind", "Widget"},
                      {"metadata", {{"name", "probe"}}},
                      {"spec", {{"size", 1}}}};
        return server.ask("POST", widgets, probe).status == 201;
    });
    if (!served) throw std::runtime_error{"the custom resource is not served"};
}

json judge(conversation& server, const check& one, std::size_t number) {
    char space[32];
    std::snprintf(space, sizeof space, "c%04zu", number);
    json made = {{"name", one.name}, {"kind", one.kind}, {"verb", one.verb}, {"what", one.what}};
    visit at{server, space};
    json transcript = json::array();
    json broken = json::array();
    try {
        json home = {{"metadata", {{"name", space}}}};
        must(server.ask("POST", "/api/v1/namespaces", home), "the namespace");
        one.run(at);
    } catch (const std::exception& trouble) {
        broken.push_back(trouble.what());
    }
    for (const auto& words : at.broken()) broken.push_back(words);
    made["transcript"] = at.transcript();
    made["broken"] = broken;
    return made;
}

struct orders {
    std::string server;
    std::string out;
    std::string only;
    bool list = false;
};

int run(const orders& what) {
    auto checks = all_checks();
    if (what.list) {
        for (const auto& one : checks)
            std::cout << one.name << '\t' << one.kind << '\t' << one.verb << '\t' << one.what
                      << '\n';
        return 0;
    }
    conversation server{read_address(what.server)};
    server.count(false);
    set_up(server);
    server.count(true);
    json results = json::array();
    std::size_t number = 0;
    std::size_t bad = 0;
    for (const auto& one : checks) {
        ++number;
        if (one.name.find(what.only) == std::string::npos) continue;
        results.push_back(judge(server, one, number));
        if (!results.back()["broken"].empty()) ++bad;
    }
    std::ofstream out{what.out};
    out << json({{"checks", results}, {"covered", server.covered()}}).dump(1) << '\n';
    std::cout << results.size() << " checks, " << bad << " broken" << std::endl;
    return out ? 0 : 1;
}

}  // namespace

std::vector<check> all_checks() {
    std::vector<check> made;
    for (auto* part : {checks_of_every_kind,
                       checks_of_leases,
                       checks_of_nodes,
                       checks_of_pods,
                       checks_of_services,
                       checks_of_rules,
                       checks_of_watches,
                       checks_of_lists,
                       checks_of_access,
                       checks_of_owners,
                       checks_of_applies,
                       checks_of_widgets,
                       checks_of_the_client})
        for (auto& one : part()) made.push_back(std::move(one));
    return made;
}

}  // namespace ha::contract

int main(int count, char** words) {
    ha::contract::orders what;
    CLI::App app{"Judges an API server by the contract."};
    app.add_option("--server", what.server, "JSON: host, port, ca, tokens");
    app.add_option("--out", what.out, "where the results go");
    app.add_option("--only", what.only, "checks whose name contains this");
    app.add_flag("--list", what.list, "print the table of checks");
    CLI11_PARSE(app, count, words);
    try {
        return ha::contract::run(what);
    } catch (const std::exception& trouble) {
        std::cerr << "contract: " << trouble.what() << std::endl;
        return 1;
    }
}
