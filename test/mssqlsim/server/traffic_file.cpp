// SPDX-License-Identifier: MIT
#include "test/mssqlsim/server/traffic_file.hpp"

#include <cerrno>
#include <cstring>
#include <utility>

namespace ha::mssqlsim {

namespace asio = boost::asio;

namespace {

captured_connection::end end_of(const asio::ip::tcp::endpoint& where) {
    auto address = where.address();
    if (address.is_v4()) {
        auto bytes = address.to_v4().to_bytes();
        return {std::string(bytes.begin(), bytes.end()), where.port()};
    }
    auto bytes = address.to_v6().to_bytes();
    return {std::string(bytes.begin(), bytes.end()), where.port()};
}

}  // namespace

// Opened when it is made, closed when nobody follows it any more.
class traffic_file::connection {
public:
    connection(traffic_file& into, const channel& wire)
        : into_(into), told_(end_of(wire.remote_end()), end_of(wire.local_end())) {
        into_.append(told_.opened(now()));
    }
    ~connection() { into_.append(told_.closed(now())); }
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    void from_client(std::string_view bytes) { into_.append(told_.from_client(bytes, now())); }
    void from_server(std::string_view bytes) { into_.append(told_.from_server(bytes, now())); }

private:
    captured_connection::wall_time now() const { return into_.clock_->wall_time(); }

    traffic_file& into_;
    captured_connection told_;
};

result<traffic_file> traffic_file::open(const std::string& path,
                                        const clock_source& clock,
                                        errorlog& log) {
    auto* file = std::fopen(path.c_str(), "wbe");
    if (file == nullptr)
        return failure(errc::failed,
                       "the file of --pcap cannot be made: " + path + ": " + std::strerror(errno));
    traffic_file made(file, clock, log);
    made.append(pcap_file_header());
    return made;
}

tds::plain_traffic traffic_file::follow(const channel& wire) {
    auto followed = std::make_shared<connection>(*this, wire);
    return {[followed](std::string_view bytes) { followed->from_client(bytes); },
            [followed](std::string_view bytes) { followed->from_server(bytes); }};
}

// Whole records only, at once: the file may be read while the process runs, or after it was killed.
void traffic_file::append(const std::string& bytes) {
    if (!file_) return;
    auto written = std::fwrite(bytes.data(), 1, bytes.size(), file_.get());
    if (written == bytes.size() && std::fflush(file_.get()) == 0) return;
    log_->write(std::string("The file of --pcap ends here: ") + std::strerror(errno));
    file_.reset();
}

}  // namespace ha::mssqlsim
