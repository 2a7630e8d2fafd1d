// SPDX-License-Identifier: MIT
#include "test/kubesim/process/daemon.hpp"

#include "common/transport/certificates.hpp"
#include "common/transport/tcp.hpp"
#include "common/transport/tls.hpp"

#include <fstream>
#include <iostream>

namespace ha::kubesim {

namespace asio = boost::asio;

namespace {

using json = nlohmann::json;

constexpr const char* loopback = "127.0.0.1";

result<void> write(const std::filesystem::path& where, const std::string& text) {
    // Renamed into place, so that whoever waits for the file finds it whole.
    auto fresh = where;
    fresh += ".new";
    std::ofstream out{fresh};
    out << text;
    out.close();
    std::error_code trouble;
    if (out) std::filesystem::rename(fresh, where, trouble);
    if (!out || trouble)
        return failure(errc::failed, "cannot write " + where.string() + ": " + trouble.message());
    return {};
}

json kubeconfig(std::uint16_t port, const std::string& ca, const std::string& token) {
    return {{"apiVersion", "v1"},
            {"kind", "Config"},
            {"current-context", "kubesim"},
            {"clusters",
             {{{"name", "kubesim"},
               {"cluster",
                {{"server", "https://127.0.0.1:" + std::to_string(port)},
                 {"certificate-authority", ca}}}}}},
            {"users", {{{"name", "admin"}, {"user", {{"token", token}}}}}},
            {"contexts",
             {{{"name", "kubesim"}, {"context", {{"cluster", "kubesim"}, {"user", "admin"}}}}}}};
}

}  // namespace

daemon::daemon(daemon_settings settings)
    : settings_(std::move(settings)), server_(clock_, {.history_max = settings_.history_max}) {}

result<void> daemon::open(asio::any_io_executor executor) {
    executor_ = std::move(executor);
    if (auto done = read_tokens(); !done) return done;
    if (auto done = make_credentials(); !done) return done;
    if (auto done = listen(); !done) return done;
    auto admin = transport::listen_tcp(executor_, {loopback, settings_.admin_port, ""});
    if (!admin) return tl::unexpected(admin.error());
    admin_ = std::move(*admin);
    return write_files();
}

result<void> daemon::read_tokens() {
    json tokens = {{{"user", "admin"}, {"groups", {"system:masters"}}}};
    if (!settings_.tokens_file.empty()) {
        std::ifstream in{settings_.tokens_file};
        tokens = json::parse(in, nullptr, false);
        if (!tokens.is_array())
            return failure(errc::malformed, settings_.tokens_file.string() + " is not a JSON list");
    }
    for (const auto& one : tokens) {
        auto made = add_token(server_, clock_, one);
        if (!made) return tl::unexpected(made.error());
        if (admin_token_.empty()) admin_token_ = *made;
    }
    return {};
}

result<void> daemon::make_credentials() {
    auto now = clock_.wall_time();
    transport::validity when{now - std::chrono::hours{1}, now + std::chrono::hours{24 * 30}};
    auto authority = transport::make_authority("kubesim", when);
    if (!authority) return tl::unexpected(authority.error());
    transport::certificate_subject subject{"kube-apiserver", {"kubernetes"}, {loopback}};
    auto own = transport::make_certificate(*authority, subject, when);
    if (!own) return tl::unexpected(own.error());
    authority_ = authority->certificate;
    credentials_ = transport::fixed_credentials({authority_, own->certificate, own->key});
    return {};
}

result<void> daemon::listen() {
    auto plain = transport::listen_tcp(executor_, {loopback, settings_.port, ""});
    if (!plain) return tl::unexpected(plain.error());
    settings_.port = (*plain)->port();
    opened_ = transport::make_tls_listener(std::move(*plain), credentials_);
    return {};
}

result<void> daemon::write_files() {
    const auto& folder = settings_.folder;
    std::error_code trouble;
    std::filesystem::create_directories(folder, trouble);
    if (auto done = write(folder / "ca.crt", authority_); !done) return done;
    auto config = kubeconfig(settings_.port, (folder / "ca.crt").string(), admin_token_);
    if (auto done = write(folder / "kubeconfig", config.dump(2) + "\n"); !done) return done;
    json ready = {{"port", settings_.port},
                  {"adminPort", admin_->port()},
                  {"ca", (folder / "ca.crt").string()},
                  {"kubeconfig", (folder / "kubeconfig").string()}};
    if (auto done = write(folder / "ready.json", ready.dump() + "\n"); !done) return done;
    std::cout << ready.dump() << std::endl;
    return {};
}

// Whoever made or ended an outage may come at once: the port is shut or open before the answer, and
// not only when serve_api() has found out.
result<void> daemon::set_outage(bool on) {
    if (on == outage_) return {};
    if (on) {
        opened_.reset();
        if (api_) api_->close();
    } else {
        if (auto done = listen(); !done) return done;
        over_.ring();
    }
    outage_ = on;
    return {};
}

asio::awaitable<void> daemon::serve_api() {
    while (true) {
        while (!opened_) {
            co_await over_.wait();
        }
        api_ = std::move(opened_);
        co_await http::serve(clock_, *api_, server_.handler());
    }
}

asio::awaitable<void> daemon::serve_admin() {
    admin_hooks hooks{[this](bool on) { return set_outage(on); }};
    auto answer = admin_handler(server_, clock_, std::move(hooks));
    co_await http::serve(clock_, *admin_, std::move(answer));
}

}  // namespace ha::kubesim
