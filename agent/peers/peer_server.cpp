// SPDX-License-Identifier: MIT
#include "agent/codec/peer_messages.hpp"
#include "agent/peers/peer_network.hpp"

#include <algorithm>

namespace ha::agent {

namespace asio = boost::asio;

namespace {

using desks = std::map<std::string, peer_handler>;

constexpr std::string_view root = "/peer/v1/";

http::response words(int status, std::string text) {
    http::response made;
    made.status = status;
    made.headers["content-type"] = "text/plain; charset=utf-8";
    made.body = std::move(text) + "\n";
    return made;
}

int status_for(errc kind) {
    constexpr int bad_request = 400;
    constexpr int not_found = 404;
    return kind == errc::not_found ? not_found : bad_request;
}

bool is_proven(const transport::identity& shown, const pod_identity& claimed) {
    auto name = peer_server_name(claimed.uid);
    auto found = std::find(shown.dns_names.begin(), shown.dns_names.end(), name);
    return shown.common_name == claimed.name && found != shown.dns_names.end();
}

// What is wrong with a request before anybody is asked; nothing when it may be passed on.
std::optional<http::response> refusal(const http::incoming& came,
                                      const desks& groups,
                                      const result<peer_envelope>& envelope) {
    constexpr int method_not_allowed = 405;
    constexpr int forbidden = 403;
    constexpr int not_found = 404;
    if (came.request.method != "POST") {
        auto answer = words(method_not_allowed, "peers are asked by POST");
        answer.headers["allow"] = "POST";
        return answer;
    }
    if (!envelope) return words(status_for(envelope.error().kind), envelope.error().message);
    if (groups.count(envelope->group) == 0)
        return words(not_found, "no replica of the group " + envelope->group + " is served here");
    if (came.peer && !is_proven(*came.peer, envelope->from))
        return words(forbidden,
                     "the certificate of " + came.peer->common_name + " is not that of " +
                         envelope->from.name + " (pod " + envelope->from.uid + ")");
    return std::nullopt;
}

asio::awaitable<std::optional<http::response>> answer_peer(std::shared_ptr<const desks> groups,
                                                           http::incoming came) {
    constexpr int not_found = 404;
    std::string_view target = came.request.target;
    if (target.substr(0, root.size()) != root)
        co_return words(not_found, "peers are asked below " + std::string(root));
    auto envelope = read_question(target.substr(root.size()), came.request.body);
    if (auto refused = refusal(came, *groups, envelope)) co_return refused;
    peer_caller caller{envelope->from, came.peer.has_value()};
    const auto& ask = groups->at(envelope->group);
    auto question = std::move(envelope->question);
    auto answer = co_await ask(std::move(caller), std::move(question));
    http::response made;
    made.headers["content-type"] = "application/json";
    made.body = write_answer(answer);
    co_return made;
}

}  // namespace

asio::awaitable<void> serve_peers(clock_source& clock,
                                  transport::listener& listener,
                                  std::map<std::string, peer_handler> groups,
                                  http::complaint complain) {
    auto kept = std::make_shared<const desks>(std::move(groups));
    http::handler answer = [kept](http::incoming came, http::body_writer&) {
        return answer_peer(kept, std::move(came));
    };
    http::server_limits limits;
    co_await http::serve(clock, listener, std::move(answer), limits, std::move(complain));
}

}  // namespace ha::agent
