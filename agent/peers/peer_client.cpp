// SPDX-License-Identifier: MIT
#include "agent/codec/peer_messages.hpp"
#include "agent/peers/peer_network.hpp"
#include "common/http/client.hpp"

namespace ha::agent {

namespace asio = boost::asio;

namespace {

constexpr int ok = 200;
constexpr std::size_t words_most = 300;

class http_peer_network final : public peer_network {
public:
    http_peer_network(clock_source& clock,
                      transport::dialer& dialer,
                      std::string group,
                      pod_identity self)
        : clock_(clock), dialer_(dialer), group_(std::move(group)), self_(std::move(self)) {}

    asio::awaitable<result<peer_answer>> ask(std::string replica,
                                             peer_question question,
                                             duration limit) override {
        auto found = peers_.find(replica);
        if (found == peers_.end())
            co_return failure(errc::not_found, "no address of " + replica + " is known");
        // The directory may change while we wait.
        auto peer = found->second;
        peer_envelope envelope{group_, self_, std::move(question)};
        http::request request;
        request.method = "POST";
        request.target = "/peer/v1/" + std::string(kind_of(envelope.question));
        request.headers["content-type"] = "application/json";
        request.body = write_question(envelope);
        auto came = co_await peer.connection->send(std::move(request), limit);
        if (!came)
            co_return failure(came.error().what.kind, replica + ": " + came.error().what.message);
        co_return understood(replica, peer.address, came->response);
    }

    void set_directory(std::map<std::string, peer_address> where) override {
        std::map<std::string, known_peer> next;
        for (auto& [replica, address] : where) {
            auto found = peers_.find(replica);
            bool same = found != peers_.end() && found->second.address == address;
            next[replica] = same ? found->second : known_peer{address, connect(address)};
        }
        peers_ = std::move(next);
    }

private:
    struct known_peer {
        peer_address address;
        std::shared_ptr<http::client> connection;
    };

    std::shared_ptr<http::client> connect(const peer_address& address) {
        transport::endpoint where{address.host, address.port, peer_server_name(address.pod_uid)};
        http::client_limits limits;
        limits.body_bytes_max = 1024 * 1024;
        limits.idle_connections_max = 2;
        return http::make_client(clock_, dialer_, std::move(where), limits);
    }

    result<peer_answer> understood(const std::string& replica,
                                   const peer_address& asked,
                                   const http::response& response) const {
        if (response.status != ok)
            return failure(errc::refused,
                           replica + " answered " + std::to_string(response.status) + ": " +
                               response.body.substr(0, words_most));
        auto answer = read_answer(response.body);
        if (!answer) return failure(answer.error().kind, replica + ": " + answer.error().message);
        const auto& status = answer->status;
        if (status.group != group_)
            return failure(errc::refused, replica + " answered for the group " + status.group);
        if (status.replica != replica || status.pod_uid != asked.pod_uid)
            return failure(errc::refused,
                           "asked " + replica + " (pod " + asked.pod_uid + "), answered by " +
                               status.replica + " (pod " + status.pod_uid + ")");
        return answer;
    }

    clock_source& clock_;
    transport::dialer& dialer_;
    std::string group_;
    pod_identity self_;
    std::map<std::string, known_peer> peers_;
};

}  // namespace

std::unique_ptr<peer_network> make_peer_network(clock_source& clock,
                                                transport::dialer& dialer,
                                                std::string group,
                                                pod_identity self) {
    return std::make_unique<http_peer_network>(clock, dialer, std::move(group), std::move(self));
}

std::string peer_server_name(const std::string& pod_uid) {
    return pod_uid + ".pod.mssql-ha";
}

}  // namespace ha::agent
