// SPDX-License-Identifier: MIT
#include "agent/codec/lease.hpp"

#include "agent/codec/values.hpp"
#include "common/json/checked.hpp"
#include "common/k8s/lease_codec.hpp"

#include <nlohmann/json.hpp>

#include <charconv>

namespace ha::agent {

namespace {

using notes = std::map<std::string, std::string>;

const std::string* note(const notes& from, const char* key) {
    auto found = from.find(std::string(lease_prefix) + key);
    return found == from.end() ? nullptr : &found->second;
}

void set_note(notes& into, const char* key, std::optional<std::string> value) {
    auto name = std::string(lease_prefix) + key;
    if (value) {
        into[name] = std::move(*value);
    } else {
        into.erase(name);
    }
}

bool read_number(std::string_view text, std::int64_t& into) {
    auto end = text.data() + text.size();
    auto read = std::from_chars(text.data(), end, into);
    return !text.empty() && read.ec == std::errc{} && read.ptr == end && into >= 0;
}

tl::unexpected<error> malformed(const char* key, const std::string& value) {
    return failure(
        errc::malformed,
        "the Lease's annotation " + std::string(lease_prefix) + key + " makes no sense: " + value);
}

// "line:number"
bool read_pair(std::string_view text, configuration& into) {
    auto colon = text.find(':');
    return colon != std::string_view::npos && read_number(text.substr(0, colon), into.line) &&
           read_number(text.substr(colon + 1), into.number);
}

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        auto comma = text.find(',');
        parts.emplace_back(text.substr(0, comma));
        text = comma == std::string_view::npos ? "" : text.substr(comma + 1);
    }
    return parts;
}

std::string joined(const std::vector<std::string>& parts) {
    std::string text;
    for (const auto& part : parts) text += (text.empty() ? "" : ",") + part;
    return text;
}

result<release_note> read_release(const std::string& text) {
    auto document = json::parse(text, "the Lease's annotation ha.mssql/released");
    if (!document) return tl::unexpected(document.error());
    json::reader reader(*document);
    release_note found{reader.root().text("by"),
                       reader.root().text("when"),
                       reader.root().text("reason"),
                       reader.root().text_or("target", "")};
    if (auto bad = reader.failure("the Lease's annotation ha.mssql/released"))
        return tl::unexpected(*bad);
    return found;
}

std::string write_release(const release_note& value) {
    nlohmann::json document{{"by", value.by}, {"when", value.when}, {"reason", value.reason}};
    if (!value.target.empty()) document["target"] = value.target;
    return json::dump(document);
}

result<lease_record> read_notes(const notes& from, lease_record record) {
    std::int64_t number = 1;
    if (const auto* text = note(from, "format"); text && !read_number(*text, number))
        return malformed("format", *text);
    if (number > format_version) return tl::unexpected(newer_format_error(number, "the Lease"));
    record.format = static_cast<int>(number);
    if (const auto* text = note(from, "group-id")) record.group_id = *text;
    if (const auto* text = note(from, "configuration")) {
        configuration pair;
        if (!read_pair(*text, pair)) return malformed("configuration", *text);
        record.lower_bound = pair;
    }
    if (const auto* text = note(from, "synchronized")) record.synchronized = split(*text);
    if (const auto* text = note(from, "forced")) {
        if (!read_number(*text, number)) return malformed("forced", *text);
        record.forced = number;
    }
    if (const auto* text = note(from, "released")) {
        auto released = read_release(*text);
        if (!released) return tl::unexpected(released.error());
        record.released = *released;
    }
    return record;
}

std::string seconds(duration span) {
    auto ms = milliseconds(span);
    auto text = std::to_string(ms / 1000);
    if (ms % 1000 != 0) text += "." + std::to_string(1000 + ms % 1000).substr(1);
    return text;
}

std::string profile_text(const profile& times) {
    return "L=" + seconds(times.lease) + " P=" + seconds(times.period) +
           " W=" + seconds(times.write_lease) + " m=" + seconds(times.margin);
}

void write_notes(const lease_record& wanted, const profile& times, notes& into) {
    set_note(into, "format", std::to_string(format_version));
    set_note(into, "profile", profile_text(times));
    set_note(
        into, "group-id", wanted.group_id.empty() ? std::nullopt : std::optional{wanted.group_id});
    std::optional<std::string> pair;
    if (wanted.lower_bound)
        pair = std::to_string(wanted.lower_bound->line) + ":" +
               std::to_string(wanted.lower_bound->number);
    set_note(into, "configuration", pair);
    std::optional<std::string> set;
    if (wanted.synchronized) set = joined(*wanted.synchronized);
    set_note(into, "synchronized", set);
    std::optional<std::string> forced;
    if (wanted.forced) forced = std::to_string(*wanted.forced);
    set_note(into, "forced", forced);
    std::optional<std::string> released;
    if (wanted.released) released = write_release(*wanted.released);
    set_note(into, "released", released);
}

}  // namespace

result<lease_record> read_lease_object(const nlohmann::json& object) {
    auto lease = k8s::read_lease(object);
    if (!lease) return tl::unexpected(lease.error());
    lease_record record;
    record.uid = lease->uid;
    record.resource_version = lease->resource_version;
    record.holder = lease->holder;
    record.transitions = lease->transitions;
    if (lease->renewed) record.renew_time = k8s::micro_time(*lease->renewed);
    if (lease->valid_for) record.length = *lease->valid_for;
    return read_notes(lease->annotations, std::move(record));
}

nlohmann::json write_lease_object(const nlohmann::json& current,
                                  const lease_record& wanted,
                                  const profile& times,
                                  std::chrono::system_clock::time_point now) {
    auto lease = k8s::read_lease(current).value_or(k8s::lease{});
    if (lease.holder != wanted.holder) lease.acquired = now;
    lease.uid = wanted.uid;
    lease.resource_version = wanted.resource_version;
    lease.holder = wanted.holder;
    lease.transitions = wanted.transitions;
    lease.valid_for = std::chrono::ceil<std::chrono::seconds>(wanted.length);
    if (lease.valid_for < std::chrono::seconds{1}) lease.valid_for.reset();
    auto given = k8s::parse_time(wanted.renew_time);
    lease.renewed = given ? *given : now;
    write_notes(wanted, times, lease.annotations);
    return k8s::write_lease(lease, current);
}

}  // namespace ha::agent
