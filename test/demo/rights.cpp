// SPDX-License-Identifier: MIT
#include "common/k8s/resources.hpp"
#include "operator/core/names.hpp"
#include "test/demo/story.hpp"

#include <fstream>
#include <iterator>
#include <set>

// What the cluster's accounts were granted, held against what they asked the API server for.

namespace ha::test::demo {
namespace {

namespace asio = boost::asio;
using node::json;
using words = std::set<std::string>;

constexpr duration call_limit = std::chrono::seconds{5};

// As kubesim counts requests: "get leases".
words granted_by(const json& role) {
    words all;
    for (const auto& rule : role["rules"])
        for (const std::string resource : rule["resources"])
            for (const std::string verb : rule["verbs"]) all.insert(verb + " " + resource);
    return all;
}

words counted(const json& by_user, const std::string& user) {
    words all;
    if (by_user.contains(user))
        for (const auto& [what, times] : by_user[user].items()) all.insert(what);
    return all;
}

std::string listed(const words& all) {
    std::string text;
    for (const auto& one : all) text += (text.empty() ? "" : ", ") + one;
    return text;
}

// The words of a file of /proc, which end with a zero byte each.
std::vector<std::string> words_of(const std::string& file) {
    std::ifstream in{file, std::ios::binary};
    std::vector<std::string> all;
    for (std::string one; std::getline(in, one, '\0');) all.push_back(one);
    return all;
}

}  // namespace

// As `kubectl exec` would run it: beside a supervisor, as that one was started.
asio::awaitable<bool> story::preflight() {
    auto process = "/proc/" + std::to_string(supervisor_of(primary())->pid());
    node::command_line command;
    command.arguments = words_of(process + "/cmdline");
    command.arguments.emplace_back("--preflight");
    for (const auto& one : words_of(process + "/environ")) {
        auto sign = one.find('=');
        command.variables[one.substr(0, sign)] = one.substr(sign + 1);
    }
    auto log = (cluster_.folder() / "preflight.log").string();
    auto running = node::process::start(executor_, command, log);
    if (!running) co_return fail(running.error().message);
    auto ended = co_await (*running)->wait();
    if (ended.code == 0) co_return true;
    std::ifstream said{log};
    co_return fail("--preflight: " + std::string{std::istreambuf_iterator<char>{said}, {}});
}

asio::awaitable<bool> story::check_rights() {
    bool tried = co_await preflight();
    if (!tried) co_return false;
    std::string get = "GET", asked_path = "/requests", refused_path = "/refusals";
    json nothing;
    auto asked = co_await cluster_.access().admin(get, asked_path, nothing);
    if (!asked) co_return fail(asked.error().message);
    auto refused = co_await cluster_.access().admin(get, refused_path, nothing);
    if (!refused) co_return fail(refused.error().message);
    auto account = op::names{*group_}.service_account;
    k8s::object_name role_name{k8s::roles, group_->space, account};
    auto role = co_await cluster_.api().get(role_name, call_limit);
    if (!role) co_return fail(role.error().words());

    auto supervisors = "system:serviceaccount:" + group_->space + ":" + account;
    auto granted = granted_by(*role->object);
    auto used = counted(*asked, supervisors);
    words idle;
    std::ranges::set_difference(granted, used, std::inserter(idle, idle.end()));
    events_.say("rights: supervisors were granted " + std::to_string(granted.size()) +
                " and used " + std::to_string(granted.size() - idle.size()));
    bool well = idle.empty() || fail("granted to supervisors and never used: " + listed(idle));
    for (const auto& user : {supervisors, std::string{cluster::operator_user}}) {
        auto beyond = counted(*refused, user);
        if (beyond.empty()) continue;
        well = fail(user + " has no right to what it asked for: " + listed(beyond));
    }
    co_return well;
}

}  // namespace ha::test::demo
