// SPDX-License-Identifier: MIT
#include "common/k8s/credentials.hpp"

#include "common/files/read_file.hpp"
#include "common/transport/tcp.hpp"
#include "common/transport/tls.hpp"

#include <charconv>
#include <cstdlib>
#include <optional>
#include <utility>

namespace ha::k8s {

namespace {

constexpr auto token_age_max = std::chrono::seconds{60};

std::string environment(const char* name) {
    auto value = std::getenv(name);
    return value ? value : "";
}

// Without the line end that people leave behind.
result<std::string> text_of(const std::string& path, std::string_view what = {}) {
    auto text = read_file(path, what);
    if (!text) return text;
    auto last = text->find_last_not_of(" \r\n\t");
    text->erase(last == std::string::npos ? 0 : last + 1);
    return text;
}

class file_token final : public token_source {
public:
    file_token(clock_source& clock, std::string path) : clock_(clock), path_(std::move(path)) {}

    std::string token() override {
        auto now = clock_.now();
        if (looked_at_ && now - *looked_at_ < token_age_max) return token_;
        looked_at_ = now;
        auto fresh = text_of(path_);
        if (fresh && !fresh->empty()) token_ = *fresh;
        return token_;
    }

    void refused() override { looked_at_.reset(); }

private:
    clock_source& clock_;
    std::string path_;
    std::string token_;
    std::optional<instant> looked_at_;
};

class unchanging_token final : public token_source {
public:
    explicit unchanging_token(std::string token) : token_(std::move(token)) {}
    std::string token() override { return token_; }
    void refused() override {}

private:
    std::string token_;
};

class api_connection final : public connection {
public:
    api_connection(clock_source& clock,
                   const access& how,
                   std::string user_agent,
                   http::client_limits limits)
        : tokens_(how.tokens), dialer_(transport::make_tcp_dialer()) {
        if (how.credentials) {
            dialer_ = transport::make_tls_dialer(std::move(dialer_), how.credentials);
        }
        over_ = http::make_client(clock, *dialer_, how.where, limits);
        api_ = make_client(clock, *over_, tokens_.get(), std::move(user_agent));
    }

    client& api() override { return *api_; }
    http::client& over() override { return *over_; }

private:
    std::shared_ptr<token_source> tokens_;
    std::unique_ptr<transport::dialer> dialer_;
    std::unique_ptr<http::client> over_;
    std::unique_ptr<client> api_;
};

}  // namespace

pod_environment environment_of_process(std::string folder) {
    pod_environment around;
    around.folder = std::move(folder);
    around.host = environment("KUBERNETES_SERVICE_HOST");
    around.port = environment("KUBERNETES_SERVICE_PORT");
    return around;
}

result<access> in_cluster(clock_source& clock, const pod_environment& around) {
    if (around.host.empty() || around.port.empty()) {
        return ha::failure(
            errc::failed,
            "this is no pod (KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are "
            "not set): name a kubeconfig");
    }
    std::uint16_t port = 0;
    auto end = around.port.data() + around.port.size();
    auto read = std::from_chars(around.port.data(), end, port);
    if (read.ec != std::errc{} || read.ptr != end || port == 0) {
        return ha::failure(errc::failed, "KUBERNETES_SERVICE_PORT is '" + around.port + "'");
    }
    auto token_path = around.folder + "/token";
    std::string_view its_name = "the service account's token";
    auto first = text_of(token_path, its_name);
    if (!first) return tl::unexpected(first.error());
    if (first->empty()) {
        return ha::failure(
            errc::failed,
            "cannot read " + std::string(its_name) + " " + token_path + ": it is empty");
    }
    access how;
    how.where = {around.host, port, {}};
    how.credentials = transport::credential_files({around.folder + "/ca.crt", {}, {}});
    auto trusted = how.credentials->current();
    if (!trusted) return tl::unexpected(trusted.error());
    how.tokens = token_file(clock, std::move(token_path));
    how.space = text_of(around.folder + "/namespace").value_or("default");
    return how;
}

std::shared_ptr<token_source> token_file(clock_source& clock, std::string path) {
    return std::make_shared<file_token>(clock, std::move(path));
}

std::shared_ptr<token_source> fixed_token(std::string token) {
    return std::make_shared<unchanging_token>(std::move(token));
}

std::unique_ptr<connection> connect(clock_source& clock,
                                    const access& how,
                                    std::string user_agent,
                                    http::client_limits limits) {
    return std::make_unique<api_connection>(clock, how, std::move(user_agent), limits);
}

}  // namespace ha::k8s
