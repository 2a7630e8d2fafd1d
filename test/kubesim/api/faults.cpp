// SPDX-License-Identifier: MIT
#include "test/kubesim/api/faults.hpp"

#include <algorithm>

namespace ha::kubesim {
namespace {

using json = nlohmann::json;

bool meets(const fault& one, const target& what, const std::string& user) {
    auto fits = [](const std::string& wanted, const std::string& found) {
        return wanted.empty() || wanted == found;
    };
    return fits(one.verb, what.verb) && fits(one.resource, what.kind->plural) &&
           fits(one.name, what.name) && fits(one.user, user);
}

const std::map<std::string, fault::kind> words = {
    {"status", fault::kind::status},
    {"lostResponse", fault::kind::lost_response},
    {"unanswered", fault::kind::unanswered},
    {"late", fault::kind::late},
};

const std::map<int, const char*> reasons = {
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {409, "Conflict"},
    {410, "Expired"},
    {429, "TooManyRequests"},
    {500, "InternalError"},
    {503, "ServiceUnavailable"},
    {504, "Timeout"},
};

}  // namespace

std::size_t fault_table::add(fault one) {
    one.id = next_++;
    faults_.push_back(std::move(one));
    return faults_.back().id;
}

void fault_table::clear(std::size_t id) {
    std::erase_if(faults_, [&](const fault& one) { return one.id == id; });
}

std::optional<fault> fault_table::meet(const target& what, const std::string& user) {
    auto found = std::find_if(
        faults_.begin(), faults_.end(), [&](const fault& one) { return meets(one, what, user); });
    if (found == faults_.end()) return std::nullopt;
    ++met_;
    auto one = *found;
    if (found->left > 0 && --found->left == 0) faults_.erase(found);
    return one;
}

bool fault_table::silences(const std::string& user) const {
    return std::any_of(faults_.begin(), faults_.end(), [&](const fault& one) {
        return one.what == fault::kind::unanswered && one.verb.empty() && one.resource.empty() &&
               (one.user.empty() || one.user == user);
    });
}

refusal refusal_of(const fault& one, const target& what) {
    auto reason = reasons.find(one.status);
    refusal made{one.status,
                 reason == reasons.end() ? "" : reason->second,
                 "injected fault: " + what.verb + " " + what.kind->plural,
                 json::object()};
    if (one.retry_after_seconds) made.details["retryAfterSeconds"] = *one.retry_after_seconds;
    return made;
}

result<fault> read_fault(const json& from) {
    if (!from.is_object()) return failure(errc::malformed, "a fault is a JSON object");
    auto text = [&](const char* name) {
        return from.contains(name) && from[name].is_string() ? from[name].get<std::string>()
                                                             : std::string{};
    };
    auto count = [&](const char* name) {
        return from.contains(name) && from[name].is_number_unsigned() ? from[name].get<int>() : 0;
    };
    auto kind = words.find(text("fault"));
    if (kind == words.end())
        return failure(errc::malformed,
                       "\"fault\" is '" + text("fault") +
                           "': it can be status, lostResponse, unanswered or late");
    fault made;
    made.what = kind->second;
    if (from.contains("status")) made.status = count("status");
    if (from.contains("retryAfterSeconds")) made.retry_after_seconds = count("retryAfterSeconds");
    made.delay = std::chrono::milliseconds{count("milliseconds")};
    made.verb = text("verb");
    made.resource = text("resource");
    made.name = text("name");
    made.user = text("user");
    made.left = static_cast<std::size_t>(count("times"));
    return made;
}

}  // namespace ha::kubesim
