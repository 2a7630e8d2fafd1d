// SPDX-License-Identifier: MIT
#pragma once

#include "test/kubesim/api/server.hpp"
#include "test/support/sim_clock.hpp"

#include <boost/asio/io_context.hpp>

// A server on a standing clock, and the few words with which tests speak to it.

namespace ha::kubesim::test {

struct said {
    int status = 0;
    nlohmann::json body;
    std::string reason() const { return body.value("reason", ""); }
};

struct bench {
    explicit bench(server_settings settings = {.open = true}) : server{clock, settings} {}

    said ask(const std::string& method,
             const std::string& target,
             const nlohmann::json& body = nullptr,
             http::fields headers = {}) {
        http::request request{method, target, std::move(headers), {}};
        if (!body.is_null()) request.body = body.dump();
        if (!body.is_null()) request.headers.try_emplace("content-type", "application/json");
        auto answer = server.answer(request);
        return {answer.status, nlohmann::json::parse(answer.body)};
    }

    said merge(const std::string& target, const nlohmann::json& body) {
        return ask("PATCH", target, body, {{"content-type", "application/merge-patch+json"}});
    }

    said apply(const std::string& target, const nlohmann::json& body) {
        return ask("PATCH", target, body, {{"content-type", "application/apply-patch+yaml"}});
    }

    boost::asio::io_context io;
    ha::test::sim_clock clock{io};
    api_server server;
};

const std::string leases = "/apis/coordination.k8s.io/v1/namespaces/default/leases";
const std::string maps = "/api/v1/namespaces/default/configmaps";
const std::string pods = "/api/v1/namespaces/default/pods";

inline nlohmann::json lease(const std::string& name, const std::string& holder) {
    return {{"apiVersion", "coordination.k8s.io/v1"},
            {"kind", "Lease"},
            {"metadata", {{"name", name}}},
            {"spec", {{"holderIdentity", holder}, {"leaseDurationSeconds", 15}}}};
}

inline nlohmann::json config_map(const std::string& name, nlohmann::json data) {
    return {{"apiVersion", "v1"},
            {"kind", "ConfigMap"},
            {"metadata", {{"name", name}}},
            {"data", std::move(data)}};
}

inline nlohmann::json pod(const std::string& name, nlohmann::json labels) {
    return {{"apiVersion", "v1"},
            {"kind", "Pod"},
            {"metadata", {{"name", name}, {"labels", std::move(labels)}}},
            {"spec", {{"containers", {{{"name", "main"}, {"image", "registry/thing:1"}}}}}}};
}

}  // namespace ha::kubesim::test
