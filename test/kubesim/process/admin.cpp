// SPDX-License-Identifier: MIT
#include "test/kubesim/process/admin.hpp"

namespace ha::kubesim {

namespace asio = boost::asio;

namespace {

using json = nlohmann::json;

http::response complaint_of(int code, const std::string& words) {
    return json_response(code, {{"error", words}});
}

json told(const fault& one) {
    return {{"id", one.id},
            {"status", one.status},
            {"verb", one.verb},
            {"name", one.name},
            {"user", one.user},
            {"resource", one.resource},
            {"left", one.left}};
}

class admin {
public:
    admin(api_server& server, clock_source& clock, admin_hooks hooks)
        : server_(server), clock_(clock), hooks_(std::move(hooks)) {}

    http::response answer(const http::request& asked) {
        auto path = path_of(asked.target);
        auto body = json::parse(asked.body, nullptr, false);
        if (path == "/faults" || path.starts_with("/faults/"))
            return on_faults(asked.method, path, body);
        if (path == "/tokens" || path.starts_with("/tokens/"))
            return on_tokens(asked.method, path, body);
        if (path == "/outage") return on_outage(asked.method);
        if (path == "/compact" && asked.method == "POST") {
            server_.state().objects.compact();
            return json_response(200, json::object());
        }
        if (path == "/requests" && asked.method == "GET")
            return json_response(200, server_.requests());
        if (path == "/refusals" && asked.method == "GET")
            return json_response(200, server_.refusals());
        if (path == "/version" && asked.method == "GET")
            return json_response(200, {{"resourceVersion", server_.state().objects.now()}});
        return complaint_of(404, "no such path: " + path);
    }

private:
    http::response on_faults(const std::string& method, const std::string& path, const json& body) {
        auto& faults = server_.faults();
        if (method == "POST") {
            auto made = read_fault(body);
            if (!made) return complaint_of(400, made.error().message);
            return json_response(200, {{"id", faults.add(std::move(*made))}});
        }
        if (method == "DELETE") {
            if (path == "/faults") faults.clear();
            if (path != "/faults")
                faults.clear(std::strtoul(path.c_str() + path.rfind('/') + 1, nullptr, 10));
            return json_response(200, json::object());
        }
        json all = json::array();
        for (const auto& one : faults.all()) all.push_back(told(one));
        return json_response(200, {{"faults", all}, {"met", faults.met()}});
    }

    http::response on_tokens(const std::string& method, const std::string& path, const json& body) {
        if (method == "DELETE") {
            auto user = path.substr(std::string{"/tokens/"}.size());
            return json_response(200, {{"revoked", server_.tokens().revoke(user)}});
        }
        auto made = add_token(server_, clock_, body);
        if (!made) return complaint_of(400, made.error().message);
        return json_response(200, {{"token", *made}});
    }

    http::response on_outage(const std::string& method) {
        auto done = hooks_.set_outage(method == "POST");
        if (!done) return complaint_of(500, done.error().message);
        return json_response(200, json::object());
    }

    api_server& server_;
    clock_source& clock_;
    admin_hooks hooks_;
};

asio::awaitable<std::optional<http::response>> respond(std::shared_ptr<admin> who,
                                                       http::request asked) {
    co_return who->answer(asked);
}

}  // namespace

http::handler admin_handler(api_server& server, clock_source& clock, admin_hooks hooks) {
    auto who = std::make_shared<admin>(server, clock, std::move(hooks));
    return [who](http::incoming incoming, http::body_writer&) {
        return respond(who, std::move(incoming.request));
    };
}

result<std::string> add_token(api_server& server, clock_source& clock, const json& from) {
    static std::size_t made_up = 0;
    if (!from.is_object() || !from.contains("user") || !from["user"].is_string())
        return failure(errc::malformed, "a token needs a \"user\"");
    auto fallback = "token-" + std::to_string(++made_up) + "-of-" + from["user"].get<std::string>();
    auto token = from.value("token", fallback);
    principal who{from["user"], {}};
    for (const auto& group : from.value("groups", json::array())) who.groups.push_back(group);
    std::optional<instant> end;
    if (from.contains("expiresSeconds"))
        end = clock.now() + std::chrono::seconds{from["expiresSeconds"].get<int>()};
    server.tokens().add(token, std::move(who), end);
    return token;
}

}  // namespace ha::kubesim
