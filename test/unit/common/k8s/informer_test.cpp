// SPDX-License-Identifier: MIT
#include "common/k8s/informer.hpp"

#include "common/k8s/resources.hpp"
#include "test/unit/common/k8s/stage.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

using namespace ha;
using namespace std::chrono_literals;

namespace {

using roles_of_servers = k8s::informer<std::string>;

std::string server(const std::string& name, const std::string& version, const std::string& role) {
    return R"({"metadata":{"namespace":"d","name":")" + name + R"(","uid":"u-)" + name +
           R"(","resourceVersion":")" + version + R"(","labels":{"role":")" + role + R"("}}})";
}

std::string list_of(const std::string& version, const std::string& items) {
    return R"({"metadata":{"resourceVersion":")" + version + R"("},"items":[)" + items + "]}";
}

std::string event(const std::string& type, const std::string& object) {
    return R"({"type":")" + type + R"(","object":)" + object + "}\n";
}

const std::string expired =
    R"({"kind":"Status","code":410,"reason":"Expired","message":"too old"})";

struct stage : test::api_stage {
    std::vector<std::string> diary;
    roles_of_servers servers{clock, *api, k8s::selection{k8s::sql_servers, "d"}, project, tell()};
    boost::asio::cancellation_signal stop;

    ~stage() { stop.emit(boost::asio::cancellation_type::terminal); }

    static std::string project(const nlohmann::json& object) {
        return object["metadata"]["labels"]["role"].get<std::string>();
    }

    roles_of_servers::callbacks tell() {
        roles_of_servers::callbacks all;
        all.changed = [this](const k8s::object_key& key, const roles_of_servers::entry& is) {
            diary.push_back(key.name + " is " + is.value);
        };
        all.deleted = [this](const k8s::object_key& key, const roles_of_servers::entry&) {
            diary.push_back(key.name + " is gone");
        };
        all.in_step = [this](bool now) { diary.emplace_back(now ? "in step" : "out of step"); };
        all.trouble = [this](const k8s::failure& why) { diary.push_back(why.message); };
        return all;
    }

    // The watch stays open and says no more.
    void then_silence() {
        scripts.push_back([this](http::incoming one, http::body_writer& out) {
            test::record_api_use(one.request, 200);
            return hang(&out);
        });
    }

    reply hang(http::body_writer* out) {
        http::response head;
        co_await out->begin(head);
        auto long_time = 10h;
        co_await clock.sleep_for(long_time);
        co_return std::nullopt;
    }

    // Runs for a while; what was asked, shortened.
    std::vector<std::string> run_for(duration span) {
        auto until = clock.now() + span;
        if (!begun_) {
            auto ended = [](std::exception_ptr) {};
            boost::asio::co_spawn(
                io, servers.run(), boost::asio::bind_cancellation_slot(stop.slot(), ended));
        }
        begun_ = true;
        while (clock.advance_to(until)) {}
        std::vector<std::string> targets;
        for (auto& one : asked) {
            auto text = one.target.substr(one.target.find("sqlservers") + 10);
            targets.push_back(text.substr(0, text.find("&allow")));
        }
        return targets;
    }

private:
    bool begun_ = false;
};

using lines = std::vector<std::string>;

}  // namespace

TEST_CASE("an informer lists, watches from there on, and keeps what it was asked to keep") {
    stage set;
    set.then(200, list_of("10", server("a", "8", "primary") + "," + server("b", "9", "none")));
    set.then_stream({event("MODIFIED", server("a", "11", "primary")),  // nothing that we look at
                     event("MODIFIED", server("b", "12", "secondary")),
                     event("BOOKMARK", R"({"metadata":{"resourceVersion":"15"}})"),
                     event("DELETED", server("a", "16", "primary"))});
    set.then_silence();
    CHECK_FALSE(set.servers.listed());
    auto asked = set.run_for(10s);
    CHECK(asked == lines{"?resourceVersion=0&limit=500",
                         "?resourceVersion=10&watch=true",
                         "?resourceVersion=16&watch=true"});
    CHECK(set.diary ==
          lines{"a is primary", "b is none", "in step", "b is secondary", "a is gone"});
    CHECK(set.servers.in_step_now());
    REQUIRE(set.servers.all().size() == 1);
    CHECK(set.servers.find({"d", "b"})->resource_version == "12");
    CHECK(set.servers.find({"d", "a"}) == nullptr);
}

TEST_CASE("a history that is gone is listed anew, first from where we were, then from anywhere") {
    stage set;
    set.then(200, list_of("10", server("a", "8", "x") + "," + server("b", "9", "y")));
    set.then_stream({event("ERROR", expired)});
    set.then(410, expired);
    set.then(200, list_of("30", server("b", "9", "y") + "," + server("c", "25", "z")));
    set.made_up(410, expired);  // the real server says it in an event, as above
    set.then(200, list_of("40", server("b", "9", "y")));
    set.then_silence();
    auto asked = set.run_for(1min);
    CHECK(asked == lines{"?resourceVersion=0&limit=500",
                         "?resourceVersion=10&watch=true",
                         "?resourceVersion=10&limit=500",
                         "?limit=500",
                         "?resourceVersion=30&watch=true",
                         "?resourceVersion=30&limit=500",
                         "?resourceVersion=40&watch=true"});
    CHECK(set.diary == lines{"a is x",
                             "b is y",
                             "in step",
                             "out of step",
                             "too old",
                             "too old",
                             "c is z",
                             "a is gone",
                             "too old",
                             "c is gone",
                             "in step"});
}

TEST_CASE("an object made anew under the same name is a deletion and a change") {
    stage set;
    auto again = server("a", "11", "x");
    again.replace(again.find("u-a"), 3, "new");
    set.then(200, list_of("10", server("a", "8", "x")));
    set.then_stream({event("MODIFIED", again)});
    set.then_silence();
    set.run_for(1s);
    CHECK(set.diary == lines{"a is x", "in step", "a is gone", "a is x"});
    CHECK(set.servers.find({"d", "a"})->uid == "new");
}

TEST_CASE(
    "a server that is away is asked less and less often, and the watch goes on where it was") {
    stage set;
    set.then(200, list_of("10", ""));
    set.then_silence();
    set.run_for(1s);
    set.net.reset("api", "pod");
    set.door->close();  // the port refuses
    auto before = set.clock.now();
    set.run_for(3min);
    auto refusals = std::count_if(set.diary.begin(), set.diary.end(), [](const std::string& line) {
        return line.find("nobody listens") != std::string::npos;
    });
    CHECK(set.clock.now() - before == 3min);
    CHECK(refusals >= 6);  // 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30 ... and up to twice of it
    CHECK(refusals <= 10);
    CHECK(set.diary[0] == "in step");
    CHECK(set.diary[1] == "out of step");
    CHECK_FALSE(set.servers.in_step_now());

    set.door = set.net.listen("api", 443);
    set.serve_again();
    auto asked = set.run_for(2min);
    CHECK(asked.back() == "?resourceVersion=10&watch=true");
    CHECK(set.diary.back() == "in step");
}

TEST_CASE("a watch that ends at once without an event is a failure, one that ends later is not") {
    stage set;
    set.then(200, list_of("10", ""));
    set.then_stream({});
    auto begun = set.clock.now();
    set.run_for(30s);
    CHECK(set.clock.now() - begun == 30s);
    CHECK(set.asked.size() >= 4);
    CHECK(set.asked.size() <= 7);
    CHECK(set.diary.at(2) == "the server ended it at once, without an event");
}

TEST_CASE("a server that asks for patience gets it") {
    stage set;
    set.made_up(429, "busy", {{"retry-after", "20"}});
    set.then(200, list_of("10", ""));
    set.then_silence();
    set.run_for(19s);
    CHECK(set.asked.size() == 1);
    set.run_for(2s);
    CHECK(set.asked.size() == 3);
}
