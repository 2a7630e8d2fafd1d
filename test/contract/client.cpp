// SPDX-License-Identifier: MIT
#include "common/async/system_clock.hpp"
#include "common/k8s/credentials.hpp"
#include "common/k8s/informer.hpp"
#include "common/k8s/resources.hpp"
#include "test/contract/samples.hpp"
#include "test/contract/visit.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

// The product's own client and informer at work: what they make of the server's answers must be the
// same with both servers. Raw requests judge the servers; here it is the client that is judged.

namespace ha::contract {
namespace {

using json = nlohmann::json;
using namespace std::chrono_literals;

constexpr auto limit = 20s;
const k8s::resource widgets{"contract.example.com", "v1", "widgets", "Widget"};

class workbench {
public:
    explicit workbench(visit& at) : at_(at) {
        const auto& server = at.server().address();
        k8s::access how;
        how.where = {server.host, server.port, ""};
        how.credentials = transport::credential_files({server.ca_file, "", ""});
        how.tokens = k8s::fixed_token(server.tokens.at("admin"));
        connected_ = k8s::connect(clock, how, "mssql-ha-supervisor/contract");
    }

    k8s::client& api() { return connected_->api(); }

    template <class T>
    T run(boost::asio::awaitable<T> work) {
        std::optional<T> came;
        boost::asio::co_spawn(io, keep(std::move(work), came), boost::asio::detached);
        if (!wait_until([&] { return came.has_value(); }))
            throw std::runtime_error{"the client does not come back"};
        return std::move(*came);
    }

    bool wait_until(const std::function<bool()>& done) {
        auto end = clock.now() + 2 * limit;
        io.restart();
        while (!done() && clock.now() < end) io.run_one_for(20ms);
        return done();
    }

    // A call's end into the transcript: the object, or the failure in its own words.
    k8s::outcome<k8s::reply> tell(const std::string& what, k8s::client::answer call) {
        auto came = run(std::move(call));
        if (came) at_.note(what, *came->object);
        if (!came) tell_failure(what, came.error());
        return came;
    }

    void tell_failure(const std::string& what, const k8s::failure& why) {
        at_.note(what,
                 json{{"kind", static_cast<int>(why.what)},
                      {"code", why.code},
                      {"reason", why.reason},
                      {"words", why.words()}});
    }

    k8s::object_name named(const k8s::resource& kind, std::string name, std::string sub = {}) {
        return {kind, at_.space(), std::move(name), std::move(sub)};
    }

    boost::asio::io_context io{1};
    system_clock clock;

private:
    template <class T>
    static boost::asio::awaitable<void> keep(boost::asio::awaitable<T> work,
                                             std::optional<T>& into) {
        into = co_await std::move(work);
    }

    visit& at_;
    std::unique_ptr<k8s::connection> connected_;
};

json map_of(const std::string& name, const json& data) {
    return {{"apiVersion", "v1"},
            {"kind", "ConfigMap"},
            {"metadata", {{"name", name}}},
            {"data", data}};
}

void verbs(visit& at) {
    workbench on{at};
    auto one = on.named(k8s::config_maps, "one");
    auto all = on.named(k8s::config_maps, "");
    auto made = on.tell("create", on.api().create(all, map_of("one", {{"a", "1"}}), limit));
    on.tell("create twice", on.api().create(all, map_of("one", {{"a", "1"}}), limit));
    on.tell("get", on.api().get(one, limit));
    auto next = *made->object;
    next["data"]["a"] = "2";
    on.tell("update", on.api().update(one, next, limit));
    on.tell("update of what was read before", on.api().update(one, next, limit));
    on.tell("merge patch", on.api().merge_patch(one, {{"data", {{"b", "3"}}}}, limit));
    on.tell("apply", on.api().apply(one, map_of("one", {{"c", "4"}}), "contract", false, limit));
    on.tell("apply against another",
            on.api().apply(one, map_of("one", {{"a", "5"}}), "contract", false, limit));
    on.tell("apply by force",
            on.api().apply(one, map_of("one", {{"a", "5"}}), "contract", true, limit));
    auto old = made->object->at("metadata");
    k8s::delete_preconditions stale{"", old.at("resourceVersion"), "", {}};
    on.tell("delete of another version", on.api().remove(one, stale, limit));
    k8s::delete_preconditions other{"00000000-1111-2222-3333-444444444444", "", "", {}};
    on.tell("delete of another uid", on.api().remove(one, other, limit));
    k8s::delete_preconditions right{old.at("uid"), "", "Background", {}};
    on.tell("delete", on.api().remove(one, right, limit));
    on.tell("get what is gone", on.api().get(one, limit));
}

void status(visit& at) {
    workbench on{at};
    const auto& kind = sample_of("Pod");
    auto all = on.named(k8s::pods, "");
    on.tell("create", on.api().create(all, kind.named("x"), limit));
    auto one = on.named(k8s::pods, "x", "status");
    auto now = on.tell("merge patch", on.api().merge_patch(one, kind.status, limit));
    auto next = *now->object;
    next["status"]["message"] = "by an update";
    on.tell("update", on.api().update(one, next, limit));
    json said = {{"apiVersion", "v1"},
                 {"kind", "Pod"},
                 {"metadata", {{"name", "x"}}},
                 {"status", {{"reason", "ByApply"}}}};
    on.tell("apply", on.api().apply(one, said, "contract", true, limit));
}

void pages(visit& at) {
    workbench on{at};
    auto all = on.named(k8s::config_maps, "");
    for (const auto* name : {"a", "b", "c", "d", "e"})
        on.run(on.api().create(all, map_of(name, {{"letter", name}}), limit));
    k8s::selection what{k8s::config_maps, at.space()};
    what.page_size = 2;
    on.tell("list, two to a page", on.api().list(what, limit));
    what.name = "c";
    on.tell("list of one name", on.api().list(what, limit));
}

void watching(visit& at) {
    workbench on{at};
    auto all = on.named(k8s::config_maps, "");
    on.run(on.api().create(all, map_of("a", {{"n", "1"}}), limit));
    k8s::selection what{k8s::config_maps, at.space()};
    auto list = on.run(on.api().list(what, limit));
    on.run(on.api().create(all, map_of("b", {{"n", "1"}}), limit));
    auto a = on.named(k8s::config_maps, "a");
    on.run(on.api().merge_patch(a, {{"data", {{"n", "2"}}}}, limit));
    on.run(on.api().remove(a, {}, limit));
    what.resource_version = list->resource_version();
    what.watch_time = 4s;
    bool opened = false;
    // Without news since it began the real server sends no bookmark.
    auto c = on.api().create(all, map_of("c", {{"n", "1"}}), limit);
    what.on_open = [&] {
        opened = true;
        boost::asio::co_spawn(on.io, std::move(c), boost::asio::detached);
    };
    std::vector<std::string> seen;
    auto each = [&](const k8s::watch_event& one) {
        auto name = one.object->at("metadata").value("name", "");
        auto line = std::to_string(static_cast<int>(one.what)) + " " + name;
        // How many bookmarks there are is chance.
        if (seen.empty() || seen.back() != line) seen.push_back(line);
        return true;
    };
    auto ended = on.run(on.api().watch(what, limit, each));
    at.expect(ended.has_value() && opened, "it begins, and ends in good order");
    at.note("events", seen);
    auto mark = std::to_string(static_cast<int>(k8s::watch_event::kind::bookmark)) + " ";
    at.expect(!seen.empty() && seen.back() == mark, "a bookmark comes before the end");
}

// Its first watch asks from a version that the server has forgotten.
class latecomer final : public k8s::client {
public:
    explicit latecomer(k8s::client& real) : real_(real) {}
    answer get(k8s::object_name what, duration most) override {
        return real_.get(std::move(what), most);
    }
    answer list(k8s::selection what, duration most) override {
        ++lists;
        return real_.list(std::move(what), most);
    }
    answer create(k8s::object_name what, json object, duration most) override {
        return real_.create(std::move(what), std::move(object), most);
    }
    answer update(k8s::object_name what, json object, duration most) override {
        return real_.update(std::move(what), std::move(object), most);
    }
    answer merge_patch(k8s::object_name what, json patch, duration most) override {
        return real_.merge_patch(std::move(what), std::move(patch), most);
    }
    answer apply(k8s::object_name what,
                 json object,
                 std::string manager,
                 bool force,
                 duration most) override {
        return real_.apply(std::move(what), std::move(object), std::move(manager), force, most);
    }
    answer remove(k8s::object_name what, k8s::delete_preconditions if_so, duration most) override {
        return real_.remove(std::move(what), std::move(if_so), most);
    }
    boost::asio::awaitable<k8s::outcome<std::size_t>> watch(
        k8s::selection what,
        duration silence,
        std::function<bool(const k8s::watch_event&)> on_event) override {
        if (watches++ == 0) what.resource_version = "1";
        return real_.watch(std::move(what), silence, std::move(on_event));
    }

    int lists = 0;
    int watches = 0;

private:
    k8s::client& real_;
};

json widget(const std::string& name, int size) {
    return {{"apiVersion", "contract.example.com/v1"},
            {"kind", "Widget"},
            {"metadata", {{"name", name}}},
            {"spec", {{"size", size}}}};
}

// What an informer tells, line by line.
struct diary {
    using informer = k8s::informer<int>;
    std::vector<std::string> lines;

    informer::callbacks tell() {
        informer::callbacks all;
        all.changed = [this](const k8s::object_key& key, const informer::entry& is) {
            lines.push_back(key.name + " is " + std::to_string(is.value));
        };
        all.deleted = [this](const k8s::object_key& key, const informer::entry&) {
            lines.push_back(key.name + " is gone");
        };
        all.in_step = [this](bool now) { lines.emplace_back(now ? "in step" : "out of step"); };
        all.trouble = [this](const k8s::failure& why) {
            lines.push_back(std::to_string(why.code) + " " + why.reason);
        };
        return all;
    }

    bool ends_with(const std::string& line) const { return !lines.empty() && lines.back() == line; }
};

void informed(visit& at) {
    workbench on{at};
    auto all = on.named(widgets, "");
    on.run(on.api().create(all, widget("a", 1), limit));
    auto newest = on.run(on.api().list(k8s::selection{widgets, at.space()}, limit));
    at.server().forget_before(newest->resource_version());
    latecomer api{on.api()};
    diary told;
    auto size = [](const json& object) { return object.at("spec").at("size").get<int>(); };
    diary::informer informer{on.clock, api, k8s::selection{widgets, at.space()}, size, told.tell()};
    boost::asio::cancellation_signal stop;
    bool over = false;
    auto ended = [&](std::exception_ptr) { over = true; };
    boost::asio::co_spawn(
        on.io, informer.run(), boost::asio::bind_cancellation_slot(stop.slot(), ended));
    auto wait_for = [&](const std::string& line) {
        at.expect(on.wait_until([&] { return told.ends_with(line); }), "told: " + line);
    };
    // Refused as too old, listed anew, and watched from there.
    at.expect(on.wait_until([&] { return informer.in_step_now() && api.watches == 2; }),
              "in step after the history was gone");
    at.expect(api.lists == 2, "listed anew");
    on.run(on.api().create(all, widget("b", 2), limit));
    wait_for("b is 2");
    auto b = on.named(widgets, "b");
    on.run(on.api().merge_patch(b, {{"spec", {{"size", 3}}}}, limit));
    wait_for("b is 3");
    on.run(on.api().remove(b, {}, limit));
    wait_for("b is gone");
    stop.emit(boost::asio::cancellation_type::terminal);
    at.expect(on.wait_until([&] { return over; }), "it ends when it is told to");
    at.note("told", told.lines);
}

void refused(visit& at) {
    workbench on{at};
    k8s::selection what{widgets, at.space()};
    auto newest = on.run(on.api().list(what, limit));
    at.server().forget_before(newest->resource_version());
    what.resource_version = "1";
    auto each = [](const k8s::watch_event&) { return true; };
    auto ended = on.run(on.api().watch(what, limit, each));
    at.expect(!ended.has_value(), "a history that is gone is refused");
    if (!ended) on.tell_failure("watch", ended.error());
    what.page_size = 500;
    on.tell("list", on.api().list(what, limit));
}

}  // namespace

std::vector<check> checks_of_the_client() {
    return {
        {"client.verbs", "ConfigMap", "update", "every verb of the product's client", verbs},
        {"client.status", "Pod", "patch", "the status subresource", status},
        {"client.pages", "ConfigMap", "list", "a list is put together from pages", pages},
        {"client.watch", "ConfigMap", "watch", "events, and a bookmark before the end", watching},
        {"client.refused", "Widget", "watch", "410 Expired, as a refusal", refused},
        {"client.informer",
         "Widget",
         "watch",
         "an informer comes back from a history that is gone",
         informed},
    };
}

}  // namespace ha::contract
