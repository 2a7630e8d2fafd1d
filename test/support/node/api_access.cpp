// SPDX-License-Identifier: MIT
#include "test/support/node/api_access.hpp"

#include "common/files/read_file.hpp"
#include "common/transport/credentials.hpp"
#include "common/transport/tcp.hpp"
#include "common/transport/tls.hpp"

namespace ha::test::node {
namespace {

constexpr const char* loopback = "127.0.0.1";

result<json> document_of(const files::path& path) {
    auto text = read_file(path.string());
    if (!text) return tl::unexpected(text.error());
    auto read = json::parse(*text, nullptr, false);
    if (read.is_discarded()) return failure(errc::malformed, path.string() + " is no JSON");
    return read;
}

}  // namespace

class api_access::fixed_token final : public k8s::token_source {
public:
    explicit fixed_token(std::string text) : text_(std::move(text)) {}
    std::string token() override { return text_; }
    void refused() override {}

private:
    std::string text_;
};

result<std::unique_ptr<api_access>> api_access::open(clock_source& clock,
                                                     const files::path& folder) {
    auto ready = document_of(folder / "ready.json");
    if (!ready) return tl::unexpected(ready.error());
    auto config = document_of(folder / "kubeconfig");
    if (!config) return tl::unexpected(config.error());
    auto ca = read_file(text_at(*ready, "/ca"));
    if (!ca) return tl::unexpected(ca.error());

    std::unique_ptr<api_access> made{new api_access};
    made->clock_ = &clock;
    made->ca_ = *ca;
    made->port_ = static_cast<std::uint16_t>(number_at(*ready, "/port"));
    made->admin_port_ = static_cast<std::uint16_t>(number_at(*ready, "/adminPort"));
    made->plain_ = transport::make_tcp_dialer();
    auto credentials = transport::fixed_credentials({*ca, "", ""});
    made->secure_ = transport::make_tls_dialer(transport::make_tcp_dialer(), credentials);
    made->http_ = http::make_client(clock, *made->secure_, {loopback, made->port_, ""});
    made->admin_ = http::make_client(clock, *made->plain_, {loopback, made->admin_port_, ""});
    made->token_ = std::make_unique<fixed_token>(text_at(*config, "/users/0/user/token"));
    made->api_ = k8s::make_client(clock, *made->http_, made->token_.get(), "node-double/0.1");
    return made;
}

std::map<std::string, std::string> api_access::cluster() const {
    auto port = std::to_string(port_);
    return {{"KUBERNETES_SERVICE_HOST", loopback},
            {"KUBERNETES_SERVICE_PORT", port},
            {"KUBERNETES_SERVICE_PORT_HTTPS", port}};
}

boost::asio::awaitable<result<json>> api_access::admin(std::string method,
                                                       std::string path,
                                                       json body) {
    http::request question;
    question.method = std::move(method);
    question.target = path;
    question.headers["content-type"] = "application/json";
    if (!body.is_null()) question.body = body.dump();
    constexpr duration limit = std::chrono::seconds{5};
    auto answer = co_await admin_->send(question, limit);
    if (!answer) co_return tl::unexpected(answer.error().what);
    const auto& response = answer->response;
    if (response.status >= 300) {
        co_return failure(
            errc::refused,
            "kubesim, " + path + ": " + std::to_string(response.status) + " " + response.body);
    }
    auto read = json::parse(response.body, nullptr, false);
    co_return read.is_discarded() ? json() : read;
}

boost::asio::awaitable<result<std::string>> api_access::token_for(std::string service_account,
                                                                  json pod) {
    auto space = text_at(pod, "/metadata/namespace", "default");
    json body;
    body["user"] = "system:serviceaccount:" + space + ":" + service_account;
    body["groups"] = {
        "system:serviceaccounts", "system:serviceaccounts:" + space, "system:authenticated"};
    std::string method = "POST";
    std::string path = "/tokens";
    auto given = co_await admin(method, path, body);
    if (!given) co_return tl::unexpected(given.error());
    auto token = text_at(*given, "/token");
    if (token.empty()) co_return failure(errc::malformed, "kubesim gave no token");
    co_return token;
}

}  // namespace ha::test::node
