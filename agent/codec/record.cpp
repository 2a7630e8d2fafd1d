// SPDX-License-Identifier: MIT
#include "agent/codec/record.hpp"

#include "agent/codec/values.hpp"
#include "common/json/checked.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdint>

namespace ha::agent {

namespace {

// FNV-1a, 64 bits: enough to tell a torn file from a whole one, which is all that is asked of it.
std::string checksum(std::string_view text) {
    std::uint64_t sum = 14695981039346656037ULL;
    for (char c : text) {
        sum ^= static_cast<unsigned char>(c);
        sum *= 1099511628211ULL;
    }
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (int shift = 60; shift >= 0; shift -= 4) out += digits[(sum >> shift) & 15];
    return out;
}

tl::unexpected<error> torn(const char* how) {
    return failure(errc::malformed, std::string("the replica's record is torn: ") + how);
}

}  // namespace

std::string write_record(const replica_record& record) {
    nlohmann::json document{{"format", format_version},
                            {"groupId", record.group_id},
                            {"voted", record.voted},
                            {"votedFor", record.voted_for},
                            {"line", record.line},
                            {"numbered", write_configuration(record.numbered)}};
    if (record.promoting) document["promoting"] = *record.promoting;
    if (!record.promoting_engine.empty()) document["promotingEngine"] = record.promoting_engine;
    if (record.strange) document["strange"] = *record.strange;
    auto text = json::dump(document);
    return text + "\n" + checksum(text) + "\n";
}

result<replica_record> read_record(std::string_view text) {
    auto end = text.find('\n');
    if (end == std::string_view::npos) return torn("it has no checksum");
    auto body = text.substr(0, end);
    if (text.substr(end + 1) != checksum(body) + "\n") return torn("its checksum is another");
    auto document = json::parse(body, "the replica's record");
    if (!document) return tl::unexpected(document.error());
    json::reader reader(*document);
    auto root = reader.root();
    if (auto newer = newer_format(root, "the replica's record")) return tl::unexpected(*newer);
    replica_record found;
    found.group_id = root.text("groupId");
    found.voted = root.integer("voted", 0);
    found.voted_for = root.text("votedFor");
    found.line = root.integer("line", 0);
    found.numbered = read_configuration(root.object("numbered"));
    if (auto promoting = root.optional_integer("promoting", 0)) found.promoting = *promoting;
    found.promoting_engine = root.text_or("promotingEngine", "");
    if (auto strange = root.optional_integer("strange", 0)) found.strange = *strange;
    if (auto wrong = reader.failure("the replica's record")) return tl::unexpected(*wrong);
    return found;
}

}  // namespace ha::agent
