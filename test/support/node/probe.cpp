// SPDX-License-Identifier: MIT
#include "test/support/node/probe.hpp"

#include "common/async/within.hpp"

namespace ha::test::node {
namespace {

namespace asio = boost::asio;

// A connection that was accepted, then closed: all that a tcpSocket probe looks at.
asio::awaitable<bool> connects(transport::dialer& dialer, transport::endpoint where) {
    auto stream = co_await dialer.dial(where);
    if (!stream) co_return false;
    (*stream)->close();
    co_return true;
}

}  // namespace

probe_plan probe_plan::from(const json& probe) {
    probe_plan made;
    made.handler = probe;
    made.initial_delay = std::chrono::seconds{number_at(probe, "/initialDelaySeconds", 0)};
    made.period = std::chrono::seconds{number_at(probe, "/periodSeconds", 10)};
    made.timeout = std::chrono::seconds{number_at(probe, "/timeoutSeconds", 1)};
    made.failure_threshold = static_cast<int>(number_at(probe, "/failureThreshold", 3));
    made.success_threshold = static_cast<int>(number_at(probe, "/successThreshold", 1));
    return made;
}

bool probe_count::add(bool success) {
    failures_ = success ? 0 : failures_ + 1;
    successes_ = success ? successes_ + 1 : 0;
    if (success && !good_ && successes_ >= successes_needed_) {
        good_ = true;
        return true;
    }
    if (!success && failures_ >= failures_needed_) {
        good_ = false;
        return true;
    }
    return false;
}

std::uint16_t port_of(const json& handler_port, const json& ports) {
    if (handler_port.is_number_integer()) return handler_port.get<std::uint16_t>();
    for (const auto& port : ports) {
        if (handler_port.is_string() && text_at(port, "/name") == handler_port.get<std::string>()) {
            return static_cast<std::uint16_t>(number_at(port, "/containerPort"));
        }
    }
    return 0;
}

asio::awaitable<bool> prober::ask(json handler, std::string ip, json ports, duration timeout) {
    bool http = handler.contains("httpGet");
    const auto& how = at(handler, http ? "/httpGet" : "/tcpSocket");
    auto host = text_at(how, "/host", ip);
    transport::endpoint where{host, port_of(at(how, "/port"), ports), {}};
    if (where.port == 0) co_return false;
    if (!http) {
        try {
            auto attempt = connects(dialer, where);
            co_return co_await within(clock, timeout, std::move(attempt));
        } catch (const boost::system::system_error& trouble) {
            if (trouble.code() != asio::error::timed_out) throw;
        }
        co_return false;
    }
    auto client = http::make_client(clock, dialer, where);
    http::request question;
    question.target = text_at(how, "/path", "/");
    question.headers["user-agent"] = "kube-probe/1.34";
    auto answer = co_await client->send(question, timeout);
    co_return answer && answer->response.status >= 200 && answer->response.status < 400;
}

}  // namespace ha::test::node
