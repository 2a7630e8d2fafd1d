// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tds/prelogin.hpp"

#include "test/mssqlsim/tds/bytes.hpp"

#include <vector>

namespace ha::mssqlsim::tds {

namespace {

enum option : std::uint8_t {
    version_option = 0,
    encryption_option = 1,
    instance_option = 2,
    thread_option = 3,
    mars_option = 4,
    federated_option = 6,
    terminator = 0xFF,
};

struct option_data {
    std::uint8_t id = 0;
    std::string bytes;
};

std::string write_options(const std::vector<option_data>& options) {
    byte_writer head;
    byte_writer data;
    auto start = options.size() * 5 + 1;
    for (const auto& one : options) {
        head.u8(one.id);
        head.u16_big_endian(static_cast<std::uint16_t>(start + data.size()));
        head.u16_big_endian(static_cast<std::uint16_t>(one.bytes.size()));
        data.bytes(one.bytes);
    }
    head.u8(terminator);
    head.bytes(data.view());
    return head.take();
}

result<void> apply(prelogin& into, std::uint8_t id, std::string_view data) {
    auto first = data.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(data.front());
    if (id == encryption_option) {
        if (data.size() != 1 || (first & 0x1F) > 3)
            return failure(errc::malformed, "the encryption option of PRELOGIN makes no sense");
        into.wanted = encryption{static_cast<std::uint8_t>(first & 0x1F)};
    }
    if (id == mars_option) into.multiple_active_results = first != 0;
    if (id == federated_option) into.federated_authentication = first;
    return {};
}

}  // namespace

result<prelogin> parse_prelogin(std::string_view body) {
    prelogin out;
    byte_reader in(body);
    for (;;) {
        auto id = in.u8();
        if (!in.ok()) return failure(errc::malformed, "PRELOGIN without an end of its options");
        if (id == terminator) return out;
        auto offset = in.u16_big_endian();
        auto length = in.u16_big_endian();
        if (!in.ok() || std::size_t{offset} + length > body.size())
            return failure(errc::malformed, "a PRELOGIN option lies outside its message");
        auto applied = apply(out, id, body.substr(offset, length));
        if (!applied) return tl::unexpected(applied.error());
    }
}

agreement agree(encryption client, encryption server) {
    auto client_wants = client == encryption::on || client == encryption::required;
    if (server == encryption::not_supported)
        return {encryption::not_supported,
                client_wants ? protection::impossible : protection::none};
    auto server_insists = server == encryption::on || server == encryption::required;
    if (client == encryption::not_supported) {
        if (server_insists) return {encryption::required, protection::impossible};
        return {encryption::not_supported, protection::none};
    }
    if (client_wants) return {encryption::on, protection::everything};
    if (server_insists) return {encryption::required, protection::everything};
    return {encryption::off, protection::login_only};
}

std::string prelogin_answer(const prelogin& asked, encryption answer, server_version version) {
    byte_writer number;
    number.u8(version.major);
    number.u8(version.minor);
    number.u16_big_endian(version.build);
    number.u16(0);
    std::vector<option_data> options{
        {version_option, number.take()},
        {encryption_option, std::string(1, static_cast<char>(answer))},
        {instance_option, std::string(1, '\0')},
        {thread_option, {}},
        {mars_option, std::string(1, '\0')},
    };
    if (asked.federated_authentication)
        options.push_back(
            {federated_option, std::string(1, static_cast<char>(*asked.federated_authentication))});
    return write_options(options);
}

}  // namespace ha::mssqlsim::tds
