// SPDX-License-Identifier: MIT
#include "test/contract/conversation.hpp"

#include "common/transport/tcp.hpp"
#include "common/transport/tls.hpp"
#include "test/support/api_record.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <stdexcept>

namespace ha::contract {

namespace asio = boost::asio;

namespace {

using json = nlohmann::json;

constexpr auto patience = std::chrono::seconds{30};

void take_lines(watched& into, std::string_view block) {
    into.text += block;
    for (std::size_t end; (end = into.text.find('\n')) != std::string::npos;) {
        auto event = json::parse(into.text.substr(0, end), nullptr, false);
        if (!event.is_discarded()) into.events.push_back(std::move(event));
        into.text.erase(0, end + 1);
    }
}

}  // namespace

std::string said::reason() const {
    return body.is_object() ? body.value("reason", "") : "";
}

conversation::conversation(const server_address& server) : server_(server) {
    auto trusted = transport::credential_files({server.ca_file, "", ""});
    dialer_ = transport::make_tls_dialer(transport::make_tcp_dialer(), std::move(trusted));
    client_ = http::make_client(clock_, *dialer_, {server.host, server.port, ""});
}

conversation::~conversation() {
    io_.stop();
}

http::request conversation::request_of(const std::string& method,
                                       const std::string& target,
                                       const json& body,
                                       const manner& how) const {
    http::request made{method, target, {}, body.is_null() ? "" : body.dump()};
    made.headers["accept"] = "application/json";
    made.headers["user-agent"] = "contract/1";
    auto token = server_.tokens.find(how.user);
    if (how.user == "wrong") {
        made.headers["authorization"] = "Bearer nobody-knows-this";
    } else if (token != server_.tokens.end()) {
        made.headers["authorization"] = "Bearer " + token->second;
    }
    if (!body.is_null())
        made.headers["content-type"] =
            how.content_type.empty() ? "application/json" : how.content_type;
    return made;
}

void conversation::cover(const http::request& what, int status) {
    if (counting_) covered_.insert(test::coverage_line(what, status));
}

asio::awaitable<void> conversation::send(http::client& over,
                                         http::request what,
                                         http::attempt& into) {
    into = co_await over.send(std::move(what), patience);
}

http::exchange conversation::exchange(http::client& over, const http::request& what) {
    http::attempt done = tl::unexpected(http::attempt_failure{});
    bool finished = false;
    auto copy = what;
    asio::co_spawn(io_, send(over, std::move(copy), done), [&](std::exception_ptr why) {
        finished = true;
        if (why) std::rethrow_exception(why);
    });
    io_.restart();
    while (!finished) io_.run_one();
    if (!done)
        throw std::runtime_error{what.method + " " + what.target + ": " +
                                 done.error().what.message};
    return std::move(*done);
}

void conversation::forget_before(const std::string& version) {
    auto dialer = transport::make_tcp_dialer();
    auto plain = http::make_client(clock_, *dialer, {server_.host, server_.memory_port, ""});
    json order = {{"revision", version}};
    http::request what{"POST", server_.memory_target, {}, order.dump()};
    auto done = exchange(*plain, what);
    if (done.response.status != 200)
        throw std::runtime_error{"not forgotten: " + done.response.body};
}

said conversation::ask(const std::string& method,
                       const std::string& target,
                       const json& body,
                       const manner& how) {
    auto request = request_of(method, target, body, how);
    auto done = exchange(*client_, request);
    cover(request, done.response.status);
    auto parsed = json::parse(done.response.body, nullptr, false);
    return {done.response.status, parsed.is_discarded() ? json(done.response.body) : parsed};
}

asio::awaitable<void> conversation::stream(http::request what, std::shared_ptr<watched> into) {
    auto copy = what;
    // Counted when it speaks: some watches outlast the contract.
    std::function<bool(std::string_view)> take = [this, into, copy](std::string_view block) {
        into->status = 200;
        cover(copy, 200);
        take_lines(*into, block);
        return true;
    };
    auto done = co_await client_->stream(std::move(what), patience, patience, std::move(take));
    into->over = true;
    if (!done) co_return;
    into->status = done->response.status;
    if (into->status != 200) take_lines(*into, done->response.body + "\n");
    cover(copy, into->status);
}

std::shared_ptr<watched> conversation::watch(const std::string& target, const manner& how) {
    auto into = std::make_shared<watched>();
    auto request = request_of("GET", target, nullptr, how);
    asio::co_spawn(io_, stream(std::move(request), into), asio::detached);
    return into;
}

bool conversation::wait_until(const std::function<bool()>& done, duration limit) {
    auto end = clock_.now() + limit;
    while (!done()) {
        if (clock_.now() >= end) return false;
        io_.restart();
        io_.run_one_for(std::chrono::milliseconds{20});
    }
    return true;
}

}  // namespace ha::contract
