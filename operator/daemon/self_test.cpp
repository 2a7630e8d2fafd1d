// SPDX-License-Identifier: MIT
#include "operator/daemon/self_test.hpp"

#include "common/async/supervise.hpp"
#include "common/async/system_clock.hpp"
#include "common/k8s/lease_codec.hpp"
#include "common/k8s/resources.hpp"
#include "common/version.hpp"
#include "operator/daemon/api_access.hpp"

#include <boost/asio/io_context.hpp>
#include <nlohmann/json.hpp>

#include <cstdio>

namespace ha::op {

namespace asio = boost::asio;

namespace {

constexpr duration patience = std::chrono::seconds{5};
constexpr duration between_looks = std::chrono::seconds{1};
// A fresh operator takes the Lease over when the one before has let it run out.
constexpr duration lease_limit = std::chrono::seconds{40};

class self_test {
public:
    explicit self_test(const operator_config& how) : how_(how) {}

    int run() {
        supervise(io_.get_executor(), "self-test", all(), [this](auto, auto why) {
            if (!done_) tell("self-test", std::string(why), false);
            io_.stop();
        });
        io_.run();
        return bad_;
    }

private:
    void tell(const char* what, const std::string& words, bool good) {
        std::printf("%s %s: %s\n", good ? "[+]" : "[-]", what, words.c_str());
        std::fflush(stdout);
        if (!good) ++bad_;
    }

    asio::awaitable<void> all() {
        auto access = kubernetes_access(clock_, how_);
        if (access) {
            space_ = how_.lease_space.empty() ? access->space : how_.lease_space;
            api_ = k8s::connect(clock_, *access, std::string("mssql-operator/") + version_text);
            co_await look_at_definitions();
            co_await look_at_lease();
            co_await try_forbidden();
        } else {
            tell("kubernetes", access.error().message, false);
        }
        done_ = true;
    }

    asio::awaitable<void> look_at_definitions() {
        for (const auto& kind :
             {k8s::sql_server_groups, k8s::sql_server_instances, k8s::sql_servers}) {
            auto name = kind.plural + "." + kind.group + "/" + kind.version;
            k8s::selection what{kind, space_};
            what.page_size = 1;
            auto came = co_await api_->api().list(std::move(what), patience);
            tell("definitions",
                 came ? name + " is served" : name + ": " + came.error().words(),
                 came.has_value());
        }
    }

    // Renewed while we look: a Lease outlives its operator.
    asio::awaitable<void> look_at_lease() {
        auto end = clock_.now() + lease_limit;
        auto words = how_.lease_name + " is not renewed by anybody";
        std::optional<k8s::lease> first;
        while (clock_.now() < end) {
            k8s::object_name what{k8s::leases, space_, how_.lease_name};
            auto came = co_await api_->api().get(std::move(what), patience);
            if (!came) words = came.error().words();
            auto now = came ? k8s::read_lease(*came->object).value_or(k8s::lease{}) : k8s::lease{};
            if (first && !now.holder.empty() && now.renewed != first->renewed) {
                tell("lease", how_.lease_name + " is held by " + now.holder, true);
                co_return;
            }
            if (came && !first) first = now;
            co_await clock_.sleep_for(between_looks);
        }
        tell("lease", words, false);
    }

    // Our own pod's annotation, which no supervisor may touch.
    asio::awaitable<void> try_forbidden() {
        nlohmann::json patch{{"metadata", {{"annotations", {{"mssql-ha/self-test", "touched"}}}}}};
        k8s::object_name what{k8s::pods, space_, how_.pod};
        auto came = co_await api_->api().merge_patch(std::move(what), std::move(patch), patience);
        constexpr int forbidden = 403;
        bool refused = !came && came.error().code == forbidden;
        tell("rights",
             came ? "an annotation of a pod could be changed with a supervisor's rights"
                  : (refused ? "refused as it should be: " : "") + came.error().words(),
             refused);
    }

    operator_config how_;
    asio::io_context io_{1};
    system_clock clock_;
    std::unique_ptr<k8s::connection> api_;
    std::string space_;
    int bad_ = 0;
    bool done_ = false;
};

}  // namespace

int run_self_test(const operator_config& how) {
    return self_test(how).run();
}

}  // namespace ha::op
