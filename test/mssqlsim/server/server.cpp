// SPDX-License-Identifier: MIT
#include "test/mssqlsim/server/server.hpp"

#include "common/async/system_clock.hpp"
#include "test/mssqlsim/model/codec.hpp"
#include "test/mssqlsim/server/admin.hpp"
#include "test/mssqlsim/server/client_session.hpp"
#include "test/mssqlsim/server/next_start.hpp"
#include "test/mssqlsim/server/peer_links.hpp"
#include "test/mssqlsim/server/runtime.hpp"
#include "test/mssqlsim/storage/root_folder.hpp"
#include "test/mssqlsim/storage/sqlite_store.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <random>
#include <sstream>
#include <unistd.h>
#include <utility>

namespace ha::mssqlsim {

namespace asio = boost::asio;

namespace {

// What lies on the disk, opened and found sound.
struct opened_disk {
    root_folder root;
    errorlog log;
    runtime::parts parts;
    tds::tls_context tls;
};

// Made at the first start and kept, as the image does.
result<tds::tls_context> own_certificate(const root_folder& root, const server_settings& settings) {
    auto make = [&settings]() -> result<text_pair> {
        auto made = tds::make_self_signed({settings.name, "localhost", settings.address});
        if (!made) return tl::unexpected(made.error());
        return text_pair{made->key_pem, made->certificate_pem};
    };
    auto own = kept_pair(machine_disk(), {root.key_path(), root.certificate_path()}, make);
    if (!own) return tl::unexpected(own.error());
    return tds::tls_context::make({own->certificate, own->key});
}

result<durable_state> decode_all(const std::vector<std::string>& records) {
    durable_state out;
    for (const auto& one : records) {
        auto record = decode_record(one);
        if (!record)
            return failure(errc::malformed,
                           "record " + std::to_string(out.records.size() + 1) +
                               " of the log is of an unknown kind or version");
        out.records.push_back(std::move(*record));
    }
    return out;
}

instance_options options_of(const server_settings& settings, const clock_source& clock) {
    instance_options out;
    out.server_name = settings.name;
    out.sa_password = settings.sa_password;
    out.edge = settings.edge;
    out.edition = settings.edition;
    if (!settings.product_version.empty()) out.product_version = settings.product_version;
    out.every_build_counts = settings.every_build_counts;
    out.hadr_enabled = settings.hadr_enabled && !settings.edge;
    out.default_port = settings.port;
    out.routes_only_listeners = settings.routes_only_listeners;
    out.log_limit = std::int64_t{settings.log_kilobytes} * 1024;
    out.engine_reading = settings.silent_drops ? reading::b : reading::a;
    out.promotion_raises_number = settings.promotion_raises_number;
    out.primaries_resume = settings.primaries_resume;
    out.renewal_revives = settings.renewal_revives;
    out.latch.enabled = settings.latch;
    out.utc_at_zero = std::chrono::duration_cast<duration>(clock.wall_time().time_since_epoch()) -
                      clock.now().time_since_epoch();
    // Opening and replaying the log took its own time already; the model's default stands for it
    // where there is no disk.
    out.delays.startup = std::chrono::seconds{settings.recovery_seconds};
    std::random_device random;
    out.seed = (std::uint64_t{random()} << 32) | random();
    return out;
}

result<opened_disk> open_disk(const server_settings& settings, const clock_source& clock) {
    auto root = root_folder::open(settings.root, settings.data_folder);
    if (!root) return tl::unexpected(root.error());
    auto log = errorlog::open(root->errorlog_path(), clock);
    if (!log) return tl::unexpected(log.error());
    auto opened = log_file::open(root->log_path());
    if (!opened) return tl::unexpected(opened.error());
    for (const auto& note : opened->notes) log->write(note);
    for (const auto& note : settings.notes) log->write(note);
    if (auto fit = check_password(settings); opened->records.empty() && !fit) {
        log->write(fit.error().message);
        log->write(
            "An error occurred during server setup. See previous errors for more "
            "information.");
        return tl::unexpected(fit.error());
    }
    auto state = decode_all(opened->records);
    if (!state) return tl::unexpected(state.error());
    auto store = make_sqlite_store(root->rows_path());
    if (!store) return tl::unexpected(store.error());
    auto tls = own_certificate(*root, settings);
    if (!tls) return tl::unexpected(tls.error());
    auto options = options_of(settings, clock);
    if (auto longer = take_next_start(settings.root); longer > duration{}) {
        options.delays.startup += longer;
        log->write("The double was told before this start: slow-recovery");
    }
    runtime::parts parts{
        std::move(options), std::move(*state), std::move(*store), std::move(opened->log)};
    return opened_disk{std::move(*root), std::move(*log), std::move(parts), std::move(*tls)};
}

// Backups are put one after the other into their file, as without INIT.
std::string back_up(const root_folder& root, const write_backup& what) {
    errno = 0;
    auto written = append_to_file(machine_disk(), root.place_of(what.path), what.text);
    return written ? "" : std::to_string(errno) + "(" + written.error().message + ")";
}

// The first three of its four numbers, as PRELOGIN and the login's answer tell them.
tds::server_version wire_version(const std::string& product_version) {
    unsigned parts[3] = {0, 0, 0};
    char point = '.';
    std::istringstream in{product_version};
    in >> parts[0] >> point >> parts[1] >> point >> parts[2];
    return {static_cast<std::uint8_t>(parts[0]),
            static_cast<std::uint8_t>(parts[1]),
            static_cast<std::uint16_t>(parts[2])};
}

client_terms terms_of(const server_settings& settings, const tds::tls_context& tls) {
    client_terms out{{}, tls, settings.name};
    out.wire.version =
        wire_version(settings.product_version.empty() ? instance_options{}.product_version
                                                      : settings.product_version);
    if (settings.force_encryption) out.wire.policy = tds::encryption::required;
    out.acknowledge_session_recovery = settings.acknowledge_session_recovery;
    return out;
}

// In the engine's own words, or in the double's.
void complain(const error& what) {
    const auto* who = what.kind == errc::refused ? "" : "mssqlsim: ";
    std::fprintf(stderr, "%s%s\n", who, what.message.c_str());
}

// All the parts, in the order in which they need each other.
class server {
public:
    server(const server_settings& settings, opened_disk disk)
        : settings_(settings),
          disk_(std::move(disk)),
          clients_(terms_of(settings, disk_.tls)),
          runtime_(io_.get_executor(),
                   clock_,
                   std::move(disk_.parts),
                   disk_.log,
                   {[this] { on_ready(); },
                    [this](int status) { on_exit(status); },
                    [this](const write_backup& what) { return back_up(disk_.root, what); }}),
          peers_(io_.get_executor(),
                 clock_,
                 runtime_,
                 {settings.address, settings.endpoint_port, settings.hosts_file}),
          signals_(io_, SIGTERM, SIGINT) {}

    int run();

private:
    result<void> open_ports();
    result<void> record_traffic();
    void take_client(asio::ip::tcp::socket socket);
    void on_ready();
    void on_exit(int status);

    server_settings settings_;
    opened_disk disk_;
    system_clock clock_;
    std::optional<traffic_file> traffic_;  // outlives the clients, whose executor comes below
    client_terms clients_;
    asio::io_context io_{1};
    runtime runtime_;
    peer_links peers_;
    std::optional<acceptor> client_port_;
    std::optional<acceptor> admin_port_;
    asio::signal_set signals_;
    int status_ = 0;
};

int server::run() {
    auto opened = record_traffic();
    if (opened) opened = open_ports();
    if (!opened) {
        complain(opened.error());
        return 1;
    }
    signals_.async_wait([this](boost::system::error_code trouble, int) {
        if (trouble) return;
        disk_.log.write("SQL Server is terminating because of a system shutdown.");
        runtime_.model().shut_down(runtime_.now());
        runtime_.settle();
    });
    runtime_.start(peers_);
    io_.run();
    disk_.log.write("SQL Server shutdown has been initiated");
    return status_;
}

result<void> server::record_traffic() {
    if (settings_.pcap_file.empty()) return {};
    auto made = traffic_file::open(settings_.pcap_file, clock_, disk_.log);
    if (!made) return tl::unexpected(made.error());
    traffic_.emplace(std::move(*made));
    clients_.recorded_into = &*traffic_;
    return {};
}

result<void> server::open_ports() {
    auto clients =
        acceptor::open(io_.get_executor(), settings_.address, settings_.port, [this](auto socket) {
            take_client(std::move(socket));
        });
    if (!clients) return tl::unexpected(clients.error());
    client_port_.emplace(std::move(*clients));
    if (settings_.admin_port == 0) return {};
    auto take_admin = [this](auto socket) {
        start_admin_session(channel::make(std::move(socket)),
                            {runtime_, clients_, peers_, settings_.root});
    };
    auto admin = acceptor::open(
        io_.get_executor(), settings_.admin_address, settings_.admin_port, take_admin);
    if (!admin) return tl::unexpected(admin.error());
    admin_port_.emplace(std::move(*admin));
    return {};
}

void server::take_client(asio::ip::tcp::socket socket) {
    if (!runtime_.model().accepts_connections()) return;
    auto wire = channel::make(std::move(socket));
    std::make_shared<client_session>(std::move(wire), runtime_, clients_)->start();
}

void server::on_ready() {
    std::printf("ready %s %s:%u pid %d\n",
                settings_.name.c_str(),
                settings_.address.c_str(),
                unsigned{client_port_->port()},
                static_cast<int>(::getpid()));
    std::fflush(stdout);
}

void server::on_exit(int status) {
    status_ = status;
    io_.stop();
}

}  // namespace

int run_server(const server_settings& settings) {
    if (auto licensed = check_license(settings); !licensed) {
        complain(licensed.error());
        return 1;
    }
    system_clock clock;
    auto disk = open_disk(settings, clock);
    if (!disk) {
        complain(disk.error());
        return 1;
    }
    server running(settings, std::move(*disk));
    return running.run();
}

}  // namespace ha::mssqlsim
