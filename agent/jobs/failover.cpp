// SPDX-License-Identifier: MIT
#include "agent/jobs/failover.hpp"

#include "agent/codec/pod.hpp"
#include "agent/core/reasons.hpp"
#include "common/json/checked.hpp"
#include "common/k8s/resources.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <set>
#include <utility>

namespace ha::agent {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr duration call_limit = 5s;
constexpr duration look_period = 500ms;
constexpr int attempts = 5;  // at writing the request, which others may write beside us

tl::unexpected<error> cannot(const std::string& what, const k8s::failure& why) {
    return failure(errc::failed, what + ": " + why.words());
}

named_pod read_named(const nlohmann::json& object) {
    json::reader reader(object);
    auto metadata = reader.root().optional_object("metadata");
    named_pod made;
    made.name = metadata.text_or("name", "");
    made.ip = reader.root().optional_object("status").text_or("podIP", "");
    made.host = reader.root().optional_object("spec").text_or("hostname", "");
    for (const auto& owner : metadata.optional_items("ownerReferences"))
        if (owner.text_or("kind", "") == "StatefulSet")
            made.stateful_set = owner.text_or("name", "");
    made.is_primary = metadata.optional_object("labels").text_or(role_label, "") == "primary";
    return made;
}

std::vector<std::string> groups_of(const nlohmann::json& pod) {
    json::reader reader(pod);
    auto prefix = group_role_label("");
    std::vector<std::string> found;
    for (const auto& [label, words] : reader.root().optional_object("metadata").texts("labels"))
        if (label.starts_with(prefix)) found.push_back(label.substr(prefix.size()));
    return found;
}

std::string in_seconds(duration span) {
    auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(span).count();
    char text[32];
    std::snprintf(text, sizeof text, "%.1f s", static_cast<double>(ms) / 1000);
    return text;
}

}  // namespace

failover_job::failover_job(clock_source& clock, k8s::client& api, failover_order order, teller tell)
    : clock_(clock), api_(api), order_(std::move(order)), tell_(std::move(tell)) {}

asio::awaitable<int> failover_job::run() {
    auto group = co_await find_group();
    if (!group) {
        tell_("refused: " + group.error().message);
        co_return failover_refused;
    }
    auto found = co_await look();
    if (!found) {
        tell_("cannot look at the group: " + found.error().message);
        co_return failover_unanswered;
    }
    tell_primary(found->primary());
    auto made = choose(order_, *found);
    for (const auto& why : made.refusals) tell_("refused: " + why);
    if (!made.refusals.empty()) co_return failover_refused;
    if (made.is_done) {
        tell_("done: nothing to do");
        co_return failover_done;
    }
    nlohmann::json wish{{"id", order_.id}, {"by", "Job failover"}};
    if (!made.target.empty()) wish["target"] = made.target;
    auto words = wish.dump();
    auto written = co_await write(words);
    if (!written) {
        tell_("cannot ask: " + written.error().message);
        co_return failover_unanswered;
    }
    tell_("asked for " + (made.target.empty() ? "the best of the others" : made.target) +
          " (request " + order_.id + ")");
    auto before = found->primary();
    co_return co_await wait_for_answer(std::move(made.target), std::move(before));
}

// By the labels that supervisors give their pods.
asio::awaitable<result<void>> failover_job::find_group() {
    if (!order_.group.empty()) co_return result<void>{};
    k8s::selection what{k8s::pods, order_.space};
    auto came = co_await api_.list(what, call_limit);
    if (!came) co_return cannot("the pods", came.error());
    std::set<std::string> found;
    for (const auto& item : came->object->at("items"))
        for (const auto& one : groups_of(item)) found.insert(one);
    if (found.size() == 1) order_.group = *found.begin();
    if (found.size() == 1) co_return result<void>{};
    std::string words = "MSSQL_K8S_AG_NAME is not set, and the namespace has";
    for (const auto& one : found) words += " " + one;
    co_return failure(errc::refused, words + (found.empty() ? " no group." : "."));
}

asio::awaitable<result<group_situation>> failover_job::look() {
    group_situation now;
    k8s::object_name what{k8s::config_maps, order_.space, order_.group};
    auto came = co_await api_.get(what, call_limit);
    if (!came) co_return cannot("ConfigMap " + order_.group, came.error());
    auto requests = read_requests(*came->object, order_.group);
    if (!requests) co_return tl::unexpected(requests.error());
    now.requests = std::move(*requests);
    auto pods = co_await look_at_pods(now);
    if (!pods) co_return tl::unexpected(pods.error());
    auto state = co_await look_at_state(now);
    if (!state) co_return tl::unexpected(state.error());
    co_return now;
}

asio::awaitable<result<void>> failover_job::look_at_pods(group_situation& into) {
    k8s::selection what{k8s::pods, order_.space};
    auto came = co_await api_.list(what, call_limit);
    if (!came) co_return cannot("the pods", came.error());
    into.pods.clear();
    for (const auto& item : came->object->at("items")) {
        auto one = read_named(item);
        const auto& spec = into.requests.spec;
        if (spec && spec->find(one.name)) into.pods.push_back(std::move(one));
    }
    co_return result<void>{};
}

// The preview's Role gives its Job no right to this ConfigMap: then the pods' labels tell.
asio::awaitable<result<void>> failover_job::look_at_state(group_situation& into) {
    into.state.reset();
    k8s::object_name what{k8s::config_maps, order_.space, order_.group + "-state"};
    auto came = co_await api_.get(what, call_limit);
    if (!came && came.error().code == 403) {
        if (!std::exchange(told_state_, true))
            tell_("may not read the ConfigMap " + order_.group +
                  "-state, where answers stand: goes by the pods' labels, and cannot tell why a "
                  "request is refused");
        co_return result<void>{};
    }
    if (!came) co_return cannot("ConfigMap " + order_.group + "-state", came.error());
    auto state = read_group_state(*came->object);
    if (!state) co_return tl::unexpected(state.error());
    into.state = std::move(*state);
    co_return result<void>{};
}

// Empty: the request is taken back, if it is still ours.
asio::awaitable<result<void>> failover_job::write(std::string request) {
    result<void> last;
    for (int i = 0; i < attempts; ++i) {
        k8s::object_name what{k8s::config_maps, order_.space, order_.group};
        auto came = co_await api_.get(what, call_limit);
        if (!came) co_return cannot("ConfigMap " + order_.group, came.error());
        auto object = *came->object;
        auto stands = object["data"].value("switchover", "");
        bool ours = stands.find("\"" + order_.id + "\"") != std::string::npos;
        if (request.empty() && !ours) co_return result<void>{};
        object["data"]["switchover"] = request;
        if (request.empty()) object["data"].erase("switchover");
        auto put = co_await api_.update(std::move(what), std::move(object), call_limit);
        if (put) co_return result<void>{};
        last = cannot("ConfigMap " + order_.group, put.error());
        if (put.error().code != 409) break;
    }
    co_return last;
}

void failover_job::tell_primary(const std::string& now) {
    if (now == told_primary_) return;
    told_primary_ = now;
    tell_(now.empty() ? "there is no primary" : "primary: " + now);
}

asio::awaitable<int> failover_job::wait_for_answer(std::string target, std::string before) {
    auto begun = clock_.now();
    while (clock_.now() - begun < order_.limit) {
        co_await clock_.sleep_for(look_period);
        auto now = co_await look();
        if (!now) continue;
        auto primary = now->primary();
        if (!primary.empty()) tell_primary(primary);
        bool moved = !primary.empty() && (target.empty() ? primary != before : primary == target);
        bool done = moved && !now->state;
        if (now->state) {
            const auto& all = now->state->answers;
            auto answer = std::ranges::find(all, order_.id, &answer_report::id);
            bool answered = answer != all.end();
            for (const auto& code : answered ? answer->reasons : std::vector<std::string>{})
                tell_("refused: " + std::string(reason::sentence(code)));
            if (answered && !answer->done) co_return failover_refused;
            done = answered;
        }
        if (!done) continue;
        tell_("done in " + in_seconds(clock_.now() - begun));
        co_return failover_done;
    }
    co_return co_await withdraw();
}

asio::awaitable<int> failover_job::withdraw() {
    std::string none;
    auto gone = co_await write(none);
    tell_("nobody answered in " + in_seconds(order_.limit) + ": " +
          (gone ? "the request is withdrawn. /explain of the pods says why nobody leads"
                : "and the request cannot be withdrawn: " + gone.error().message));
    co_return failover_unanswered;
}

}  // namespace ha::agent
