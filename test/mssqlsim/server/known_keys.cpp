// SPDX-License-Identifier: MIT
#include "test/mssqlsim/server/known_keys.hpp"

#include "test/mssqlsim/tsql/value.hpp"

#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <cstdint>
#include <map>

namespace ha::mssqlsim {

namespace {

constexpr std::string_view trace_flag = "traceflag.traceflag";

const std::map<std::string, key_kind, std::less<>>& known() {
    using enum key_kind;
    static const std::map<std::string, key_kind, std::less<>> all{
        {"control.alternatewritethrough", switch_},
        {"control.stoponpanic", switch_},
        {"control.writethrough", switch_},
        {"coredump.captureminiandfull", switch_},
        {"coredump.coredumptype", text},
        {"distributedtransaction.servertcpport", port},
        {"errorlog.numerrorlogs", number},
        {"eula.accepteula", switch_},
        {"eula.accepteulaml", switch_},
        {"filelocation.defaultbackupdir", text},
        {"filelocation.defaultdatadir", text},
        {"filelocation.defaultdumpdir", text},
        {"filelocation.defaultlogdir", text},
        {"filelocation.errorlogfile", text},
        {"filelocation.masterdatafile", text},
        {"filelocation.masterlogfile", text},
        {"hadr.hadrenabled", switch_},
        {"language.lcid", number},
        {"memory.enablecontainersharedmemory", switch_},
        {"memory.memorylimitmb", number},
        {"memory.memory_optimized", switch_},
        {"network.disablesssd", switch_},
        {"network.enablekdcfromkrb5conf", switch_},
        {"network.forceencryption", switch_},
        {"network.forceencryptionstrict", switch_},
        {"network.ipaddress", address},
        {"network.kerberoskeytabfile", text},
        {"network.privilegedadaccount", text},
        {"network.rpcport", port},
        {"network.tcpport", port},
        {"network.tlscert", text},
        {"network.tlsciphers", text},
        {"network.tlskey", text},
        {"network.tlsprotocols", text},
        {"network.trustedrootstore", text},
        {"sqlagent.databasemailprofile", text},
        {"sqlagent.enabled", switch_},
        {"sqlagent.errorlogfile", text},
        {"sqlagent.errorlogginglevel", number},
        {"sqlagent.startupwaitforalldb", switch_},
        {"telemetry.customerfeedback", switch_},
        {"telemetry.userrequestedlocalauditdirectory", text},
    };
    return all;
}

result<void> is_whole(const std::string& name, const std::string& text, std::int64_t most) {
    std::int64_t value = 0;
    auto end = text.data() + text.size();
    auto parsed = std::from_chars(text.data(), end, value);
    auto fits = parsed.ec == std::errc{} && parsed.ptr == end && value >= 1 && value <= most;
    if (fits) return {};
    return failure(
        errc::malformed,
        name + " is '" + text + "': it must be a whole number from 1 to " + std::to_string(most));
}

result<void> is_address(const std::string& name, const std::string& text) {
    std::array<unsigned char, 16> ignored{};
    if (::inet_pton(AF_INET, text.c_str(), ignored.data()) == 1) return {};
    if (::inet_pton(AF_INET6, text.c_str(), ignored.data()) == 1) return {};
    return failure(errc::malformed, name + " is '" + text + "': it must be an IP address");
}

}  // namespace

std::optional<key_kind> kind_of_key(const std::string& key) {
    if (auto found = known().find(key); found != known().end()) return found->second;
    if (key.starts_with(trace_flag)) return key_kind::number;
    return {};
}

result<bool> read_switch(const std::string& name, const std::string& text) {
    auto said = lower(text);
    auto is_on = said == "1" || said == "true" || said == "y" || said == "yes" || said == "on";
    auto is_off = said == "0" || said == "false" || said == "n" || said == "no" || said == "off";
    if (is_on || is_off) return is_on;
    return failure(errc::malformed, name + " is '" + text + "': it must be true or false");
}

result<void> check_value(const std::string& name, key_kind kind, const std::string& text) {
    constexpr std::int64_t port_most = 65'535;
    constexpr std::int64_t number_most = 2'147'483'647;
    switch (kind) {
        case key_kind::port: return is_whole(name, text, port_most);
        case key_kind::number: return is_whole(name, text, number_most);
        case key_kind::address: return is_address(name, text);
        case key_kind::text: return {};
        case key_kind::switch_: {
            auto read = read_switch(name, text);
            if (!read) return tl::unexpected(read.error());
            return {};
        }
    }
    return {};
}

}  // namespace ha::mssqlsim
