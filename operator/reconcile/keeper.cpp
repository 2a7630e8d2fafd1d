// SPDX-License-Identifier: MIT
#include "operator/reconcile/keeper.hpp"

#include "common/k8s/address.hpp"
#include "common/k8s/resources.hpp"
#include "common/transport/certificates.hpp"
#include "operator/codec/json.hpp"
#include "operator/core/parts.hpp"
#include "operator/reconcile/kinds.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace ha::op {

namespace asio = boost::asio;

namespace {

constexpr duration call_limit = std::chrono::seconds{10};
constexpr auto authority_life = std::chrono::hours{24 * 3650};

// What uid_of() says of an object that is not there.
constexpr const char* nobody = "";
constexpr const char* taken_reason = "NameTaken";

std::string people_words(const k8s::object_name& what) {
    return what.kind.kind + " " + (what.space.empty() ? "" : what.space + "/") + what.name;
}

// Whether one of the owners that are planned for it owns what there is.
bool is_ours(const owned_object& there, const value& planned) {
    const auto* owners = planned.find({"metadata", "ownerReferences"});
    if (owners == nullptr) return false;
    return std::ranges::any_of(*owners->items(), [&](const value& one) {
        return is_owned_by(there, *one.find({"uid"})->text());
    });
}

obstacle name_taken(const k8s::object_name& what) {
    return {obstacle::kind::name_taken,
            people_words(what) +
                " is there already and was not made for this resource: it is left as it is. Rename "
                "the resource, or delete that object if nobody needs it"};
}

bool is_lasting(const k8s::failure& why) {
    bool for_now = why.code == 401 || why.code == 408 || why.code == 409 || why.code == 429;
    return why.code >= 400 && why.code < 500 && !for_now;
}

// Whether a refusal is something that a person must mend.
keeper::kept judged(const k8s::object_name& what, const k8s::failure& why) {
    bool disputed = why.code == 409 && why.message.starts_with("Apply failed");
    if (disputed)
        return obstacle{obstacle::kind::field_conflict,
                        people_words(what) + ": " + why.message +
                            ". That manager keeps the field until it gives it up (kubectl apply "
                            "--server-side without the field), or the resource asks for the same"};
    if (is_lasting(why))
        return obstacle{obstacle::kind::refused,
                        people_words(what) + ": " + why.reason + ": " + why.message};
    return tl::unexpected(why);
}

}  // namespace

void keeper::forget(const k8s::object_name& what) {
    known_.erase(k8s::words(what));
}

void keeper::remember(const k8s::object_name& what, std::uint64_t planned, const k8s::reply& came) {
    known_[k8s::words(what)] = {planned, project_owned(what.kind, *came.object).our_fields};
}

bool keeper::is_kept(const k8s::object_name& what,
                     const desired& one,
                     std::uint64_t planned) const {
    const auto* seen = inventory_.find(what);
    auto known = known_.find(k8s::words(what));
    if (one.how == upkeep::create_once) return seen != nullptr || known != known_.end();
    if (known == known_.end() || known->second.planned != planned) return false;
    // What was just applied may not have come back by the watch yet.
    return seen == nullptr || seen->value.our_fields == known->second.our_fields;
}

asio::awaitable<keeper::kept> keeper::keep(desired one) {
    auto what = name_of(one.what);
    auto planned = digest_of(to_json(one.what));
    const auto* seen = inventory_.find(what);
    if (seen != nullptr && !is_ours(seen->value, one.what)) co_return name_taken(what);
    if (is_kept(what, one, planned)) co_return std::nullopt;
    if (one.how == upkeep::create_once) {
        co_return co_await create(std::move(what), std::move(one.what));
    }
    auto uid = seen != nullptr ? seen->uid : std::string{};
    if (seen == nullptr && !known_.contains(k8s::words(what))) {
        auto found = co_await uid_of(what, one.what);
        if (!found && found.error().reason == taken_reason) co_return name_taken(what);
        if (!found) co_return judged(what, found.error());
        uid = *found;
    }
    co_return co_await apply(std::move(what), std::move(one.what), std::move(uid));
}

// The uid of an object that is ours; nobody's when there is none. The watches show only what bears
// our labels, so that whoever has the name must be asked for.
asio::awaitable<k8s::outcome<std::string>> keeper::uid_of(k8s::object_name what, value wanted) {
    auto came = co_await api_.get(what, call_limit);
    if (!came && came.error().code == 404) co_return nobody;
    if (!came) co_return tl::unexpected(came.error());
    if (!is_ours(project_owned(what.kind, *came->object), wanted)) {
        k8s::failure taken;
        taken.reason = taken_reason;
        co_return tl::unexpected(std::move(taken));
    }
    co_return came->object->at("metadata").at("uid").get<std::string>();
}

asio::awaitable<keeper::kept> keeper::create(k8s::object_name what, value wanted) {
    auto body = to_json(wanted);
    auto planned = digest_of(body);
    k8s::object_name collection{what.kind, what.space};
    auto came = co_await api_.create(std::move(collection), std::move(body), call_limit);
    if (came) {
        ++writes_["create"];
        remember(what, planned, *came);
        co_return std::nullopt;
    }
    if (came.error().reason != "AlreadyExists") co_return judged(what, came.error());
    auto found = co_await uid_of(what, std::move(wanted));
    if (!found && found.error().reason == taken_reason) co_return name_taken(what);
    if (!found) co_return judged(what, found.error());
    known_[k8s::words(what)] = {};
    co_return std::nullopt;
}

asio::awaitable<keeper::kept> keeper::apply(k8s::object_name what, value wanted, std::string uid) {
    auto body = to_json(wanted);
    auto planned = digest_of(body);
    // Another object that took the name meanwhile is not the one that was looked at.
    if (!uid.empty()) body["metadata"]["uid"] = uid;
    std::string manager = field_manager;
    auto came = co_await api_.apply(what, std::move(body), std::move(manager), false, call_limit);
    if (!came) co_return judged(what, came.error());
    ++writes_["apply"];
    remember(what, planned, *came);
    co_return std::nullopt;
}

asio::awaitable<keeper::kept> keeper::make_authority(workload of, secret_need need) {
    k8s::object_name what{k8s::secrets, of.space, need.name};
    auto secret = to_json(object_of(of, "v1", "Secret", need.name));
    auto place = k8s::words(what) + " " + of.uid;
    if (!need.keeper.empty()) {
        const auto* map = inventory_.find({k8s::config_maps, of.space, need.keeper});
        if (map == nullptr) co_return std::nullopt;
        place = k8s::words(what) + " " + map->uid;
        secret["metadata"]["ownerReferences"] = {{{"apiVersion", "v1"},
                                                  {"kind", "ConfigMap"},
                                                  {"name", need.keeper},
                                                  {"uid", map->uid}}};
    }
    if (authorities_.contains(place)) co_return std::nullopt;
    auto now = clock_.wall_time();
    transport::validity valid{now - std::chrono::hours{1}, now + authority_life};
    auto made = transport::make_authority("group " + of.space + "/" + of.name, valid);
    if (!made) co_return obstacle{obstacle::kind::refused, made.error().message};
    secret["stringData"] = {{"ca.crt", made->certificate}, {"ca.key", made->key}};
    k8s::object_name collection{what.kind, what.space};
    auto came = co_await api_.create(std::move(collection), std::move(secret), call_limit);
    if (!came && came.error().reason != "AlreadyExists") co_return judged(what, came.error());
    if (came) ++writes_["create"];
    authorities_.insert(place);
    co_return std::nullopt;
}

asio::awaitable<keeper::kept> keeper::remove(k8s::object_name what) {
    const auto* seen = inventory_.find(what);
    if (seen == nullptr) co_return std::nullopt;
    k8s::delete_preconditions only_if;
    only_if.uid = seen->uid;
    only_if.propagation = "Background";
    auto came = co_await api_.remove(what, std::move(only_if), call_limit);
    if (came) ++writes_["delete"];
    if (came || came.error().code == 404) co_return std::nullopt;
    co_return judged(what, came.error());
}

asio::awaitable<keeper::kept> keeper::evict(k8s::object_name pod) {
    const auto* seen = inventory_.find(pod);
    if (seen == nullptr) co_return std::nullopt;
    nlohmann::json body{{"apiVersion", "policy/v1"},
                        {"kind", "Eviction"},
                        {"metadata", {{"name", pod.name}, {"namespace", pod.space}}},
                        {"deleteOptions", {{"preconditions", {{"uid", seen->uid}}}}}};
    auto what = pod;
    what.subresource = "eviction";
    auto came = co_await api_.create(std::move(what), std::move(body), call_limit);
    if (came) ++writes_["evict"];
    if (came || came.error().code == 404) co_return std::nullopt;
    co_return judged(pod, came.error());
}

asio::awaitable<keeper::kept> keeper::set_policy(k8s::object_name volume,
                                                 std::string uid,
                                                 std::string policy) {
    nlohmann::json patch{{"metadata", {{"uid", uid}}},
                         {"spec", {{"persistentVolumeReclaimPolicy", policy}}}};
    auto came = co_await api_.merge_patch(volume, std::move(patch), call_limit);
    if (came) ++writes_["patch"];
    if (came || came.error().code == 404) co_return std::nullopt;
    co_return judged(volume, came.error());
}

}  // namespace ha::op
