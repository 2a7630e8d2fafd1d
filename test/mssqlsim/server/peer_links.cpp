// SPDX-License-Identifier: MIT
#include "test/mssqlsim/server/peer_links.hpp"

#include "common/async/within.hpp"
#include "common/files/read_file.hpp"
#include "test/mssqlsim/server/endpoint_url.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>
#include <vector>

namespace ha::mssqlsim {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr auto connect_limit = std::chrono::seconds{5};

[[noreturn]] void refuse(const std::string& why) {
    throw boost::system::system_error(make_error_code(asio::error::host_not_found), why);
}

// Throws boost::system::system_error, as what follows it does. Without a hosts file names are the
// machine's business, as they are for SQL Server: in a pod that is the cluster's DNS.
asio::awaitable<tcp::endpoint> find_endpoint(asio::any_io_executor executor,
                                             std::string url,
                                             std::string hosts_file) {
    auto where = parse_endpoint_url(url);
    if (!where) refuse(where.error().message);
    auto address = look_up_host(where->host, read_file(hosts_file).value_or(""));
    if (address) co_return tcp::endpoint(asio::ip::make_address(*address), where->port);
    if (!hosts_file.empty()) refuse(address.error().message);
    tcp::resolver names(executor);
    auto port = std::to_string(where->port);
    auto found = co_await names.async_resolve(where->host, port, asio::use_awaitable);
    co_return found.begin()->endpoint();
}

}  // namespace

peer_links::peer_links(asio::any_io_executor executor,
                       clock_source& clock,
                       runtime& on,
                       peer_terms terms)
    : executor_(std::move(executor)), clock_(clock), runtime_(on), terms_(std::move(terms)) {}

void peer_links::dial_endpoint(link_number link, const std::string& url) {
    links_[link] = {};
    auto report = [](const std::exception_ptr& trouble) {
        if (trouble) std::rethrow_exception(trouble);
    };
    asio::co_spawn(executor_, reach(link, url), report);
}

asio::awaitable<void> peer_links::reach(link_number link, std::string url) {
    std::string why;
    std::optional<tcp::socket> made;
    try {
        auto work = connect(url);
        made = co_await within(clock_, connect_limit, std::move(work));
    } catch (const boost::system::system_error& trouble) {
        why = trouble.what();
    }
    if (links_.count(link) == 0) co_return;  // hung up meanwhile
    if (!made || cut_) {
        on_end(link, why);
        co_return;
    }
    begin(link, std::move(*made));
    runtime_.model().peer_connected(link, runtime_.now());
    runtime_.settle();
}

// Optional because what is awaited in a race needs a default value.
asio::awaitable<std::optional<tcp::socket>> peer_links::connect(std::string url) {
    auto where = co_await find_endpoint(executor_, url, terms_.hosts_file);
    tcp::socket socket(executor_);
    co_await socket.async_connect(where, asio::use_awaitable);
    co_return std::optional<tcp::socket>(std::move(socket));
}

void peer_links::take(tcp::socket socket) {
    if (cut_) return;
    auto link = runtime_.model().peer_accepted(runtime_.now());
    if (link) begin(*link, std::move(socket));
    runtime_.settle();
}

void peer_links::begin(link_number link, tcp::socket socket) {
    auto wire = channel::make(std::move(socket));
    links_[link].wire = wire;
    wire->start({[this, link](std::string_view bytes) { on_bytes(link, bytes); },
                 [this, link](const std::string& why) { on_end(link, why); }});
    wire->write(std::string(peer_preamble));
}

void peer_links::on_bytes(link_number link, std::string_view bytes) {
    auto found = links_.find(link);
    if (found == links_.end()) return;
    found->second.reader.feed(bytes);
    // Each message may end the link, or another one.
    for (; found != links_.end(); found = links_.find(link)) {
        auto next = found->second.reader.next();
        if (!next) {
            found->second.wire->close();
            return on_end(link, next.error().message);
        }
        if (!*next) break;
        runtime_.model().peer_message_arrived(link, **next, runtime_.now());
        runtime_.settle();
    }
}

void peer_links::on_end(link_number link, const std::string& why) {
    if (links_.erase(link) == 0) return;
    runtime_.model().peer_disconnected(link, why, runtime_.now());
    runtime_.settle();
}

void peer_links::hang_up(link_number link) {
    auto found = links_.extract(link);
    if (!found.empty() && found.mapped().wire) found.mapped().wire->finish();
}

void peer_links::send(link_number link, const peer_message& message) {
    auto found = links_.find(link);
    if (found == links_.end() || !found->second.wire) return;
    auto& to = found->second;
    if (!speed.is_slow() && to.pipe.is_empty()) return to.wire->write(peer_frame(message));
    to.pipe.put(peer_frame(message), speed, clock_.now());
    if (!to.bell) flush(link);
}

void peer_links::flush(link_number link) {
    auto found = links_.find(link);
    if (found == links_.end() || !found->second.wire) return;
    auto& to = found->second;
    if (auto bytes = to.pipe.take(clock_.now()); !bytes.empty()) to.wire->write(bytes);
    to.bell.reset();
    if (to.pipe.is_empty()) return;
    to.bell = clock_.ring_at(executor_, to.pipe.next(), [this, link] { flush(link); });
}

void peer_links::listen(std::uint16_t port) {
    acceptor_.reset();
    if (port == 0) return;
    auto wanted = terms_.port == 0 ? port : terms_.port;
    auto opened = acceptor::open(
        executor_, terms_.address, wanted, [this](tcp::socket socket) { take(std::move(socket)); });
    if (!opened) {
        runtime_.log().write("The database mirroring endpoint cannot listen: " +
                             opened.error().message);
        return;
    }
    acceptor_.emplace(std::move(*opened));
}

void peer_links::cut(bool on) {
    cut_ = on;
    if (!on) return;
    std::vector<link_number> all;
    for (const auto& [link, state] : links_) all.push_back(link);
    for (auto link : all) {
        auto found = links_.find(link);
        if (found == links_.end()) continue;
        if (found->second.wire) found->second.wire->close();
        on_end(link, "the network was cut");
    }
}

}  // namespace ha::mssqlsim
