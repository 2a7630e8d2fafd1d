// SPDX-License-Identifier: MIT
#include "test/kubesim/api/reads.hpp"

#include <algorithm>
#include <charconv>

namespace ha::kubesim {
namespace {

using json = nlohmann::json;

struct page {
    revision at = 0;
    key after;  // the last object of the page before; an empty name: from the start
};

std::optional<revision> number(const std::string& text) {
    revision value = 0;
    auto end = text.data() + text.size();
    auto [stop, trouble] = std::from_chars(text.data(), end, value);
    if (trouble != std::errc{} || stop != end) return std::nullopt;
    return value;
}

std::string token_of(revision at, const key& last) {
    return json({{"v", "meta.k8s.io/v1"}, {"rv", at}, {"space", last.space}, {"name", last.name}})
        .dump();
}

std::string hex(const std::string& text) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string made;
    for (char c : text) {
        auto byte = static_cast<unsigned char>(c);
        made += digits[byte >> 4];
        made += digits[byte & 15];
    }
    return made;
}

std::optional<page> read_token(const std::string& text) {
    std::string plain;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
        unsigned byte = 0;
        std::from_chars(&text[i], &text[i] + 2, byte, 16);
        plain += static_cast<char>(byte);
    }
    auto token = json::parse(plain, nullptr, false);
    if (!token.is_object()) return std::nullopt;
    return page{token.value("rv", revision{0}),
                {token.value("space", ""), token.value("name", "")}};
}

no too_large(revision wanted, revision now) {
    return no(refusal{
        504,
        "Timeout",
        "Timeout: Too large resource version: " + std::to_string(wanted) +
            ", current: " + std::to_string(now),
        {{"causes",
          {{{"reason", "ResourceVersionTooLarge"}, {"message", "Too large resource version"}}}},
         {"retryAfterSeconds", 1}}});
}

no unreadable_version(const std::string& text) {
    return bad_request("Invalid value: \"" + text + "\": strconv.ParseUint: parsing \"" + text +
                       "\": invalid syntax");
}

// Which page of which version is asked for; version 0 stands for "as it is now".
answer<page> read_page(const cluster& all, const target& what) {
    if (auto token = what.option("continue"); !token.empty()) {
        auto made = read_token(token);
        if (!made) return bad_request("continue key is not valid: illegal base64 data");
        return *made;
    }
    auto asked = what.option("resourceVersion");
    if (asked.empty() || asked == "0") return page{};
    auto at = number(asked);
    if (!at) return unreadable_version(asked);
    if (*at > all.objects.now()) return too_large(*at, all.objects.now());
    auto match = what.option("resourceVersionMatch");
    bool exact = match == "Exact" || (match.empty() && !what.option("limit").empty());
    return page{exact ? *at : 0, {}};
}

json list_of(const kind_info& kind, revision at) {
    return {{"kind", kind.kind + "List"},
            {"apiVersion", kind.api_version()},
            {"metadata", {{"resourceVersion", std::to_string(at)}}},
            {"items", json::array()}};
}

}  // namespace

answer<json> get(const cluster& all, const target& what) {
    auto found = all.objects.find(what.kind->where(), what.which());
    if (!found) return not_found(*what.kind, what.name);
    return *found;
}

answer<json> list(const cluster& all, const target& what) {
    auto chosen = read_selection(what);
    if (!chosen) return no(chosen.error());
    auto from = read_page(all, what);
    if (!from) return no(from.error());
    auto at = from->at == 0 ? all.objects.now() : from->at;
    auto rows = all.objects.at(what.kind->where(), at);
    if (!rows)
        return expired(what.option("continue").empty()
                           ? "The resourceVersion for the provided list is too old."
                           : "The provided continue parameter is too old to display a consistent "
                             "list result. You can start a new list without the continue "
                             "parameter.");

    auto limit = number(what.option("limit")).value_or(0);
    auto made = list_of(*what.kind, at);
    std::size_t left = 0;
    key last;
    for (const auto& [which, value] : *rows) {
        bool passed = !from->after.name.empty() && !(from->after < which);
        bool elsewhere = !what.space.empty() && which.space != what.space;
        if (passed || elsewhere || !chosen->matches(*value)) continue;
        if (limit > 0 && made["items"].size() >= limit) {
            ++left;
            continue;
        }
        auto item = *value;
        if (!what.kind->custom()) {
            item.erase("kind");
            item.erase("apiVersion");
        }
        made["items"].push_back(std::move(item));
        last = which;
    }
    if (what.kind->custom()) made["metadata"]["continue"] = "";
    if (left > 0) {
        made["metadata"]["continue"] = hex(token_of(at, last));
        bool counted = chosen->labels.empty() && chosen->fields.empty();
        if (counted) made["metadata"]["remainingItemCount"] = left;
    }
    return made;
}

answer<event_cursor> event_cursor::begin(const cluster& all, const target& what) {
    auto chosen = read_selection(what);
    if (!chosen) return no(chosen.error());
    event_cursor made;
    made.api_version_ = what.kind->api_version();
    made.kind_name_ = what.kind->kind;
    made.table_ = what.kind->where();
    made.space_ = what.space;
    made.selection_ = std::move(*chosen);
    made.bookmarks_ = what.flag("allowWatchBookmarks");
    made.begun_at_ = all.objects.now();
    auto asked = what.option("resourceVersion");
    bool initial = what.flag("sendInitialEvents");
    if (asked.empty() || asked == "0" || initial) {
        made.start(all, initial);
        return made;
    }
    auto at = number(asked);
    if (!at) return unreadable_version(asked);
    made.cursor_ = *at;
    return made;
}

void event_cursor::start(const cluster& all, bool with_end_mark) {
    for (const auto& [which, value] : all.objects.all(table_))
        if (selects(which, value)) first_ += line("ADDED", text_of(*value));
    cursor_ = all.objects.now();
    if (!with_end_mark || !bookmarks_) return;
    json mark = {{"kind", kind_name_},
                 {"apiVersion", api_version_},
                 {"metadata",
                  {{"resourceVersion", std::to_string(cursor_)},
                   {"annotations", {{"k8s.io/initial-events-end", "true"}}}}}};
    first_ += line("BOOKMARK", text_of(mark));
}

std::string event_cursor::lines(const cluster& all) {
    auto made = std::exchange(first_, {});
    if (over_) return made;
    auto news = all.objects.changes(cursor_);
    if (!news) {
        over_ = true;
        refusal gone{410,
                     "Expired",
                     "too old resource version: " + std::to_string(cursor_) + " (" +
                         std::to_string(all.objects.compacted()) + ")",
                     nullptr};
        return made + line("ERROR", text_of(gone.status()));
    }
    for (const auto& one : *news) {
        if (one.table == table_) made += line_of(one);
        cursor_ = one.at;
    }
    return made;
}

std::string event_cursor::bookmark() const {
    if (cursor_ <= begun_at_) return {};
    return line("BOOKMARK",
                text_of({{"kind", kind_name_},
                         {"apiVersion", api_version_},
                         {"metadata", {{"resourceVersion", std::to_string(cursor_)}}}}));
}

bool event_cursor::skips(const change& one) {
    bool told = cursor_ + 1 == one.at;
    bool mine = one.table == table_ && (selects(one.key, one.now) || selects(one.key, one.before));
    if (told && !mine) cursor_ = one.at;
    return told && !mine;
}

// Seen through the selection, a change may be a coming or a going.
std::string event_cursor::line_of(const change& one) const {
    bool was = selects(one.key, one.before);
    bool is = one.what != change::kind::deleted && selects(one.key, one.now);
    if (is) return line(was ? "MODIFIED" : "ADDED", *one.text);
    if (!was) return {};
    if (one.what == change::kind::deleted) return line("DELETED", *one.text);
    auto last = *one.before;
    last["metadata"]["resourceVersion"] = std::to_string(one.at);
    return line("DELETED", text_of(last));
}

bool event_cursor::selects(const key& which, const shared_object& value) const {
    return value && (space_.empty() || which.space == space_) && selection_.matches(*value);
}

std::string event_cursor::line(const char* type, const std::string& object) const {
    return R"({"type":")" + std::string{type} + R"(","object":)" + object + "}\n";
}

}  // namespace ha::kubesim
