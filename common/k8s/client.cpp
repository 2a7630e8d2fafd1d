// SPDX-License-Identifier: MIT
#include "common/k8s/client.hpp"

#include "common/json/checked.hpp"
#include "common/k8s/address.hpp"
#include "common/k8s/event_lines.hpp"
#include "common/k8s/status.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace ha::k8s {

namespace asio = boost::asio;
using document = nlohmann::json;

std::string reply::resource_version() const {
    if (!object) return {};
    json::reader reader(*object);
    return reader.root().optional_object("metadata").text_or("resourceVersion", "");
}

namespace {

constexpr const char* plain_json = "application/json";
// A server that has a place for a watch answers at once; only then its silence means nothing.
constexpr duration open_limit = std::chrono::seconds{15};

// One call: what to say of it when it fails, and what to send.
struct call {
    call_kind kind;
    http::request request;
};

call read_call(std::string verb, std::string object, std::string target) {
    return {{std::move(verb), std::move(object), false}, {"GET", std::move(target), {}, {}}};
}

call write_call(std::string verb,
                const object_name& what,
                std::string method,
                std::string target,
                const document& body) {
    http::request request{std::move(method), std::move(target), {}, json::dump(body)};
    request.headers["content-type"] = plain_json;
    return {{std::move(verb), words(what), true}, std::move(request)};
}

watch_event::kind kind_of(const std::string& type) {
    if (type == "ADDED") return watch_event::kind::added;
    if (type == "MODIFIED") return watch_event::kind::modified;
    if (type == "DELETED") return watch_event::kind::deleted;
    return watch_event::kind::bookmark;
}

bool known_type(const std::string& type) {
    return type == "BOOKMARK" || kind_of(type) != watch_event::kind::bookmark;
}

// What a watch has come to while its bytes arrive.
struct watching {
    call_kind kind;
    event_lines lines;
    std::size_t events = 0;
    std::optional<failure> trouble;
    std::function<bool(const watch_event&)> on_event;
    std::function<void()> on_open;

    bool take(std::string_view block) {
        if (on_open) std::exchange(on_open, nullptr)();
        auto act = [this](const std::string& type, watch_event& seen) { return one(type, seen); };
        auto more = lines.take(block, act);
        if (!more) trouble = senseless(kind, {}, more.error().message);
        return more.value_or(false);
    }

    bool one(const std::string& type, watch_event& seen) {
        if (type == "ERROR") {
            trouble = refusal(kind, *seen.object);
            return false;
        }
        if (!known_type(type)) {
            trouble = senseless(kind, {}, "an event of unknown type '" + type + "'");
            return false;
        }
        seen.what = kind_of(type);
        ++events;
        return on_event(seen);
    }
};

document delete_options(const delete_preconditions& only_if) {
    document options = {{"apiVersion", "v1"}, {"kind", "DeleteOptions"}};
    if (!only_if.uid.empty()) options["preconditions"]["uid"] = only_if.uid;
    if (!only_if.resource_version.empty()) {
        options["preconditions"]["resourceVersion"] = only_if.resource_version;
    }
    if (!only_if.propagation.empty()) options["propagationPolicy"] = only_if.propagation;
    if (only_if.grace) {
        options["gracePeriodSeconds"] =
            std::chrono::ceil<std::chrono::seconds>(*only_if.grace).count();
    }
    return options;
}

// Appends a page's items to the pages before it.
void append(document& all, const document& page) {
    auto items = page.find("items");
    if (items == page.end() || !items->is_array()) return;
    for (auto& one : *items) all["items"].push_back(one);
}

std::string continuation(const document& page) {
    json::reader reader(page);
    return reader.root().optional_object("metadata").text_or("continue", "");
}

class api_client final : public client {
public:
    api_client(clock_source& clock, http::client& over, token_source* tokens, std::string agent)
        : clock_(clock), over_(over), tokens_(tokens), agent_(std::move(agent)) {}

    answer get(object_name what, duration limit) override {
        auto one = read_call("get", words(what), object_path(what));
        return send(std::move(one), limit);
    }

    answer list(selection what, duration limit) override {
        return list_pages(std::move(what), clock_.now() + limit);
    }

    answer create(object_name what, document object, duration limit) override {
        auto target =
            what.subresource.empty() ? collection_path(what.kind, what.space) : object_path(what);
        auto one = write_call("create", what, "POST", std::move(target), object);
        return send(std::move(one), limit);
    }

    answer update(object_name what, document object, duration limit) override {
        auto one = write_call("update", what, "PUT", object_path(what), object);
        return send(std::move(one), limit);
    }

    answer merge_patch(object_name what, document patch, duration limit) override {
        auto one = write_call("patch", what, "PATCH", object_path(what), patch);
        one.request.headers["content-type"] = "application/merge-patch+json";
        return send(std::move(one), limit);
    }

    answer apply(object_name what,
                 document object,
                 std::string field_manager,
                 bool force,
                 duration limit) override {
        query how{{"fieldManager", std::move(field_manager)}, {"force", force ? "true" : "false"}};
        auto target = object_path(what) + query_text(how);
        auto one = write_call("apply", what, "PATCH", std::move(target), object);
        one.request.headers["content-type"] = "application/apply-patch+yaml";
        return send(std::move(one), limit);
    }

    answer remove(object_name what, delete_preconditions only_if, duration limit) override {
        auto one = write_call("delete", what, "DELETE", object_path(what), delete_options(only_if));
        return send(std::move(one), limit);
    }

    asio::awaitable<outcome<std::size_t>> watch(
        selection what,
        duration silence_limit,
        std::function<bool(const watch_event&)> on_event) override {
        auto one = read_call("watch", words(what), watch_target(what));
        prepare(one.request);
        watching state{one.kind, {}, 0, {}, std::move(on_event), std::move(what.on_open)};
        std::function<bool(std::string_view)> sink = [&state](std::string_view block) {
            return state.take(block);
        };
        auto begin_limit = std::min(open_limit, silence_limit);
        auto came = co_await over_.stream(
            std::move(one.request), begin_limit, silence_limit, std::move(sink));
        if (state.trouble) co_return tl::unexpected(std::move(*state.trouble));
        if (!came) co_return tl::unexpected(no_answer(one.kind, came.error()));
        if (came->response.status != 200) co_return tl::unexpected(refused(one.kind, *came));
        if (state.lines.unfinished()) {
            co_return tl::unexpected(
                senseless(one.kind, came->sent_at, "the watch ended within an event"));
        }
        co_return state.events;
    }

private:
    static std::string watch_target(const selection& what) {
        auto how = query_of(what);
        how.emplace_back("watch", "true");
        how.emplace_back("allowWatchBookmarks", "true");
        if (what.watch_time > duration::zero()) {
            auto whole = std::chrono::ceil<std::chrono::seconds>(what.watch_time).count();
            how.emplace_back("timeoutSeconds", std::to_string(whole));
        }
        return collection_path(what.kind, what.space) + query_text(how);
    }

    void prepare(http::request& request) {
        request.headers["accept"] = plain_json;
        request.headers["user-agent"] = agent_;
        auto token = tokens_ ? tokens_->token() : std::string{};
        if (!token.empty()) request.headers["authorization"] = "Bearer " + token;
    }

    failure refused(const call_kind& kind, const http::exchange& came) {
        if (came.response.status == 401 && tokens_) tokens_->refused();
        return refusal(kind, came);
    }

    answer send(call one, duration limit) {
        prepare(one.request);
        auto came = co_await over_.send(std::move(one.request), limit);
        if (!came) co_return tl::unexpected(no_answer(one.kind, came.error()));
        if (came->response.status / 100 != 2) co_return tl::unexpected(refused(one.kind, *came));
        auto object = json::parse(came->response.body, "the answer");
        if (!object || !object->is_object()) {
            auto why = object ? std::string{"the answer is no object"} : object.error().message;
            co_return tl::unexpected(senseless(one.kind, came->sent_at, std::move(why)));
        }
        auto kept = std::make_shared<const document>(std::move(*object));
        co_return reply{std::move(kept), came->sent_at, came->received_at};
    }

    answer list_pages(selection what, instant deadline) {
        auto how = query_of(what);
        if (what.page_size != 0) how.emplace_back("limit", std::to_string(what.page_size));
        document all;
        instant first_sent{};
        while (true) {
            auto target = collection_path(what.kind, what.space) + query_text(how);
            auto page = read_call("list", words(what), std::move(target));
            auto came = co_await send(std::move(page), deadline - clock_.now());
            if (!came) co_return came;
            bool first = all.is_null();
            if (first) first_sent = came->sent_at;
            auto next = continuation(*came->object);
            if (first && next.empty()) co_return came;
            if (first) all = *came->object;
            if (!first) append(all, *came->object);
            if (next.empty()) co_return whole(std::move(all), first_sent, came->received_at);
            how = continued(what, std::move(next));
        }
    }

    // A continued list must not name a resourceVersion again.
    static query continued(selection what, std::string next) {
        what.resource_version.clear();
        auto how = query_of(what);
        how.emplace_back("limit", std::to_string(what.page_size));
        how.emplace_back("continue", std::move(next));
        return how;
    }

    static outcome<reply> whole(document all, instant sent_at, instant received_at) {
        all["metadata"].erase("continue");
        all["metadata"].erase("remainingItemCount");
        return reply{std::make_shared<const document>(std::move(all)), sent_at, received_at};
    }

    clock_source& clock_;
    http::client& over_;
    token_source* tokens_;
    std::string agent_;
};

}  // namespace

std::unique_ptr<client> make_client(clock_source& clock,
                                    http::client& over,
                                    token_source* tokens,
                                    std::string user_agent) {
    return std::make_unique<api_client>(clock, over, tokens, std::move(user_agent));
}

}  // namespace ha::k8s
