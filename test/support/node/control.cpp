// SPDX-License-Identifier: MIT
#include "test/support/node/control.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <csignal>
#include <sstream>

namespace ha::test::node {
namespace {

namespace asio = boost::asio;
using local = asio::local::stream_protocol;

int signal_of(const std::string& name) {
    const std::map<std::string, int> known{
        {"KILL", SIGKILL}, {"STOP", SIGSTOP}, {"CONT", SIGCONT}, {"TERM", SIGTERM}};
    auto found = known.find(name);
    return found == known.end() ? 0 : found->second;
}

std::string listing(const node& of) {
    std::string text;
    for (const auto& [name, one] : of.pods()) {
        auto status = one->status();
        for (const char* list : {"initContainerStatuses", "containerStatuses"}) {
            if (!status.contains(list)) continue;
            for (const auto& entry : status.at(list)) {
                auto container = text_at(entry, "/name");
                text += name + " " + one->ip() + " " + container + " " +
                        std::to_string(one->find(container)->pid()) + " " +
                        entry.at("state").begin().key() + (entry.at("ready") ? " ready" : "") +
                        "\n";
            }
        }
    }
    return text;
}

asio::awaitable<void> serve_one(local::socket stream, node& of) {
    std::string line;
    auto buffer = asio::dynamic_buffer(line, 4096);
    auto length = co_await asio::async_read_until(stream, buffer, '\n', asio::use_awaitable);
    auto answer = run_control(of, line.substr(0, length - 1));
    auto text = answer ? "+" + *answer : "-" + answer.error().message;
    auto out = asio::buffer(text);
    co_await asio::async_write(stream, out, asio::use_awaitable);
}

}  // namespace

result<std::string> run_control(node& of, const std::string& line) {
    std::istringstream in{line};
    std::string verb;
    std::string pod_name;
    std::string container_name;
    std::string what;
    in >> verb >> pod_name >> container_name >> what;
    if (verb == "list") return listing(of);
    if (verb != "signal") return failure(errc::refused, "unknown command: " + line);
    auto one = of.find(pod_name);
    if (!one) return failure(errc::refused, "no pod " + pod_name + " runs here");
    auto box = one->find(container_name);
    if (!box) return failure(errc::refused, pod_name + " has no container " + container_name);
    int number = signal_of(what);
    if (number == 0) return failure(errc::refused, "KILL, STOP, CONT or TERM, not " + what);
    if (!box->running()) return failure(errc::refused, container_name + " does not run");
    box->signal(number);
    return std::string{};
}

asio::awaitable<void> serve_control(files::path socket, node& of) {
    files::create_directories(socket.parent_path());
    files::remove(socket);
    auto executor = co_await asio::this_coro::executor;
    local::acceptor door{executor, local::endpoint{socket.string()}};
    for (;;) {
        auto stream = co_await door.async_accept(asio::use_awaitable);
        try {
            co_await serve_one(std::move(stream), of);
        } catch (const boost::system::system_error& trouble) {
            // A client that went away is no fault of ours.
            if (trouble.code() == asio::error::operation_aborted) throw;
        }
    }
}

result<std::string> ask_control(const files::path& socket, const std::vector<std::string>& words) {
    asio::io_context io;
    local::socket stream{io};
    boost::system::error_code trouble;
    stream.connect(local::endpoint{socket.string()}, trouble);
    if (trouble) {
        return failure(errc::unreachable,
                       "no node answers at " + socket.string() + ": " + trouble.message());
    }
    std::string line;
    for (const auto& word : words) line += (line.empty() ? "" : " ") + word;
    line += "\n";
    asio::write(stream, asio::buffer(line), trouble);
    std::string answer;
    asio::read(stream, asio::dynamic_buffer(answer), trouble);
    if (answer.starts_with('+')) return answer.substr(1);
    return failure(errc::refused, answer.empty() ? "no answer" : answer.substr(1));
}

}  // namespace ha::test::node
