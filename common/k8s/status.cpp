// SPDX-License-Identifier: MIT
#include "common/k8s/status.hpp"

#include "common/json/checked.hpp"

#include <nlohmann/json.hpp>

#include <charconv>

namespace ha::k8s {

namespace {

constexpr std::size_t words_max = 300;

std::optional<duration> seconds_of(std::string_view text) {
    std::int32_t count = 0;
    auto end = text.data() + text.size();
    auto read = std::from_chars(text.data(), end, count);
    if (text.empty() || read.ec != std::errc{} || read.ptr != end || count < 0) return {};
    return std::chrono::seconds{count};
}

// Reasons by which a server says no more than "not now" or "not so": the write before this one, or
// this one on another way, may have been committed. A server that has just restarted answers
// Forbidden to everybody.
bool leaves_doubt(const std::string& reason, int code) {
    for (auto each : {"Conflict",
                      "AlreadyExists",
                      "TooManyRequests",
                      "Timeout",
                      "ServerTimeout",
                      "InternalError",
                      "ServiceUnavailable",
                      "Forbidden"}) {
        if (reason == each) return true;
    }
    return code >= 500 || code == 429 || code == 403 || code == 409;
}

failure classed(const call_kind& call, failure seen) {
    seen.verb = call.verb;
    seen.object = call.object;
    bool doubt = call.writes && leaves_doubt(seen.reason, seen.code);
    seen.what = doubt ? failure::kind::unknown : failure::kind::refused;
    return seen;
}

// What a Status says. Every field may be missing or of a wrong type: it came with an error.
void read_status(const nlohmann::json& status, failure& into) {
    json::reader reader(status);
    auto root = reader.root();
    into.reason = root.text_or("reason", "");
    into.message = root.text_or("message", "");
    auto code = root.optional_integer("code", 100, 599);
    if (code && into.code == 0) into.code = static_cast<int>(*code);
    auto wait = root.optional_object("details").optional_integer("retryAfterSeconds", 0, 86400);
    if (wait && !into.retry_after) into.retry_after = std::chrono::seconds{*wait};
}

}  // namespace

failure no_answer(const call_kind& call, const http::attempt_failure& why) {
    failure seen;
    seen.what = why.sent ? failure::kind::unknown : failure::kind::not_sent;
    seen.verb = call.verb;
    seen.object = call.object;
    seen.message = why.what.message;
    seen.sent_at = why.sent_at;
    return seen;
}

failure refusal(const call_kind& call, const http::exchange& answer) {
    failure seen;
    seen.code = answer.response.status;
    seen.sent_at = answer.sent_at;
    seen.retry_after = seconds_of(answer.response.header("retry-after"));
    auto status = json::parse(answer.response.body, "the answer");
    if (status && status->is_object()) {
        read_status(*status, seen);
    } else {
        seen.message = answer.response.body.substr(0, words_max);
    }
    return classed(call, std::move(seen));
}

failure refusal(const call_kind& call, const nlohmann::json& status) {
    failure seen;
    read_status(status, seen);
    return classed(call, std::move(seen));
}

failure senseless(const call_kind& call, instant sent_at, std::string why) {
    failure seen;
    seen.what = failure::kind::unknown;
    seen.verb = call.verb;
    seen.object = call.object;
    seen.message = std::move(why);
    seen.sent_at = sent_at;
    return seen;
}

}  // namespace ha::k8s
