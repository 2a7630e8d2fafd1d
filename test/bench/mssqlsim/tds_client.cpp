// SPDX-License-Identifier: MIT
#include "test/bench/mssqlsim/tds_client.hpp"

#include "test/unit/mssqlsim/tds/client_bytes.hpp"

#include <arpa/inet.h>
#include <array>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace ha::bench {

using namespace ha::test;
using tds::byte_writer;
using tds::message_type;

namespace {

constexpr std::uint8_t not_supported = 2;  // PRELOGIN: no encryption
constexpr char error_token = '\xAA';
constexpr char return_value_token = '\xAC';
const std::string int_parameter = from_hex("00 00 26 04 04");  // by position, four bytes

std::string int32(std::int32_t number) {
    byte_writer out;
    out.u32(static_cast<std::uint32_t>(number));
    return out.take();
}

std::string text_parameter(std::string_view text) {
    auto units = tds::utf16_from_utf8(text);
    byte_writer out;
    out.bytes(from_hex("00 00 e7 401f 0904d00034"));
    out.u16(static_cast<std::uint16_t>(units.size()));
    out.bytes(units);
    return out.take();
}

}  // namespace

tds_client::tds_client(const std::string& address) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port = htons(1433);
    ::inet_pton(AF_INET, address.c_str(), &where.sin_addr);
    const auto* target = reinterpret_cast<const sockaddr*>(&where);
    try {
        if (::connect(socket_, target, sizeof where) != 0)
            throw std::runtime_error("cannot connect to " + address + ":1433");
        int on = 1;
        ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        ask(packet(message_type::prelogin, prelogin_body(not_supported)));
        ask(packet(message_type::login, login_body({})));
    } catch (...) {
        ::close(socket_);
        throw;
    }
}

tds_client::~tds_client() {
    ::close(socket_);
}

void tds_client::prepare(const std::string& statement) {
    auto body = headers() + from_hex("ffff 0b00 0000  00 01 26 04 00") + text_parameter("@id int") +
                text_parameter(statement) + int_parameter + int32(1);
    auto told = ask(packet(message_type::rpc, body));
    auto token = told.find(return_value_token);
    auto value = told.find(from_hex("26 04"), token);  // its type and size; then 04, how much is
    if (token == std::string::npos || value == std::string::npos)
        throw std::runtime_error("no handle was returned for " + statement);
    handle_ = told.substr(value + 3, 4);
}

void tds_client::send_execute(std::int32_t id) {
    send(packet(message_type::rpc,
                headers() + from_hex("ffff 0c00 0000") + int_parameter + handle_ + int_parameter +
                    int32(id)));
}

bool tds_client::receive() {
    std::array<char, 4096> block{};
    auto size = ::recv(socket_, block.data(), block.size(), 0);
    if (size <= 0) throw std::runtime_error("the server closed a connection");
    told_.append(block.data(), static_cast<std::size_t>(size));
    std::size_t at = 0;
    while (at + 8 <= told_.size()) {
        auto length = static_cast<std::size_t>(static_cast<unsigned char>(told_[at + 2])) * 256 +
                      static_cast<unsigned char>(told_[at + 3]);
        if ((told_[at + 1] & 1) != 0 && at + length <= told_.size()) return true;
        at += length;
    }
    return false;
}

std::string tds_client::take_answer() {
    auto told = std::exchange(told_, {});
    if (told.size() > 8 && told[8] == error_token)
        throw std::runtime_error("a login or a statement was refused");
    return told;
}

void tds_client::send(const std::string& bytes) {
    auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent != static_cast<ssize_t>(bytes.size()))
        throw std::runtime_error("the server takes nothing more");
}

std::string tds_client::ask(const std::string& bytes) {
    send(bytes);
    while (!receive()) {}
    return take_answer();
}

}  // namespace ha::bench
