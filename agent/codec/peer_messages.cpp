// SPDX-License-Identifier: MIT
#include "agent/codec/peer_messages.hpp"

#include "agent/codec/values.hpp"
#include "agent/codec/words.hpp"
#include "common/json/checked.hpp"

#include <nlohmann/json.hpp>

namespace ha::agent {

namespace {

using ha::json::view;
using nlohmann::json;

json body_of(const status_question&) {
    return json::object();
}

json body_of(const prevote_question& what) {
    return {{"candidate", what.candidate},
            {"candidateUid", what.candidate_uid},
            {"numbered", write_configuration(what.numbered)},
            {"line", what.line},
            {"databases", write_positions(what.databases)},
            {"member", what.member}};
}

json body_of(const vote_question& what) {
    return {{"candidate", what.candidate},
            {"candidateUid", what.candidate_uid},
            {"term", what.wanted},
            {"timeLeftMs", milliseconds(what.time_left)},
            {"numbered", write_configuration(what.numbered)},
            {"line", what.line},
            {"databases", write_positions(what.databases)},
            {"named", what.named},
            {"member", what.member}};
}

json body_of(const primary_notice& what) {
    return {{"replica", what.replica},
            {"podUid", what.pod_uid},
            {"term", what.of},
            {"numbered", write_configuration(what.numbered)},
            {"endpointUrl", what.endpoint_url}};
}

json body_of(const restart_endpoint_question& what) {
    return {{"replica", what.replica}};
}

peer_question read_prevote(const view& from) {
    prevote_question what;
    what.candidate = from.text("candidate");
    what.candidate_uid = from.text("candidateUid");
    what.numbered = read_configuration(from.object("numbered"));
    what.line = from.integer("line", 0);
    what.databases = read_positions(from, "databases");
    what.member = from.optional_boolean("member").value_or(false);
    return what;
}

peer_question read_vote(const view& from) {
    vote_question what;
    what.candidate = from.text("candidate");
    what.candidate_uid = from.text("candidateUid");
    what.wanted = from.integer("term", 0);
    what.time_left = read_milliseconds(from, "timeLeftMs");
    what.numbered = read_configuration(from.object("numbered"));
    what.line = from.integer("line", 0);
    what.databases = read_positions(from, "databases");
    what.named = from.boolean("named");
    what.member = from.optional_boolean("member").value_or(false);
    return what;
}

peer_question read_primary(const view& from) {
    primary_notice what;
    what.replica = from.text("replica");
    what.pod_uid = from.text("podUid");
    what.of = from.integer("term", 0);
    what.numbered = read_configuration(from.object("numbered"));
    what.endpoint_url = from.text_or("endpointUrl", "");
    return what;
}

json write_sighting(const lease_sighting& seen) {
    return {{"holder", seen.holder},
            {"transitions", seen.transitions},
            {"resourceVersion", seen.resource_version},
            {"ageMs", milliseconds(seen.age)}};
}

lease_sighting read_sighting(const view& from) {
    lease_sighting seen;
    seen.holder = from.text("holder");
    seen.transitions = from.integer("transitions", 0);
    seen.resource_version = from.text("resourceVersion");
    seen.age = read_milliseconds(from, "ageMs");
    return seen;
}

// Field by field: nested braces would copy every value twice.
json write_status(const peer_status& status) {
    json out;
    out["replica"] = status.replica;
    out["podUid"] = status.pod_uid;
    out["incarnation"] = status.incarnation;
    out["groupId"] = status.group_id;
    if (status.cluster == cluster_type::none) out["clusterType"] = "NONE";
    out["engineKnown"] = status.engine_known;
    out["bootstrapClear"] = status.bootstrap_clear;
    out["ready"] = status.ready;
    out["role"] = word_of(status.local_role);
    out["authority"] = status.authority;
    out["authorityTerm"] = status.authority_term;
    out["working"] = status.working;
    out["mode"] = word_of(status.mode);
    out["numbered"] = write_configuration(status.numbered);
    out["recordIntact"] = status.record_intact;
    out["line"] = status.line;
    out["voted"] = status.voted;
    if (status.strange) out["strange"] = *status.strange;
    out["databases"] = write_positions(status.databases);
    if (status.required) out["required"] = *status.required;
    out["priority"] = status.priority;
    out["mayLead"] = status.may_lead;
    out["apiAnswers"] = status.api_answers;
    out["endpointUrl"] = status.endpoint_url;
    out["certificate"] = status.certificate_hex;
    out["certificateName"] = status.certificate_name;
    out["labelRole"] = status.label_role;
    for (const auto& one : status.members)
        out["members"].push_back({{"name", one.name}, {"id", one.id}});
    if (status.lease) out["lease"] = write_sighting(*status.lease);
    return out;
}

void read_standing(const view& from, peer_status& status) {
    status.cluster =
        from.optional_choice("clusterType", cluster_words).value_or(cluster_type::external);
    status.engine_known = from.boolean("engineKnown");
    status.bootstrap_clear = from.boolean("bootstrapClear");
    status.ready = from.optional_boolean("ready").value_or(false);
    status.local_role = from.choice("role", role_words);
    status.authority = from.boolean("authority");
    status.authority_term = from.integer("authorityTerm", 0);
    status.working = from.boolean("working");
    status.mode = from.choice("mode", mode_words);
    status.numbered = read_configuration(from.object("numbered"));
    status.record_intact = from.boolean("recordIntact");
    status.line = from.integer("line", 0);
    status.voted = from.integer("voted", 0);
    if (auto strange = from.optional_integer("strange", 0)) status.strange = *strange;
    status.databases = read_positions(from, "databases");
    if (auto required = from.optional_integer("required", 0))
        status.required = static_cast<int>(*required);
}

peer_status read_status(const view& from) {
    peer_status status;
    status.replica = from.text("replica");
    status.pod_uid = from.text("podUid");
    status.incarnation = from.text("incarnation");
    status.group_id = from.text("groupId");
    read_standing(from, status);
    status.priority = static_cast<int>(from.integer("priority", -1000, 1000));
    status.may_lead = from.boolean("mayLead");
    if (from.has("lease")) status.lease = read_sighting(from.object("lease"));
    status.api_answers = from.boolean("apiAnswers");
    status.endpoint_url = from.text("endpointUrl");
    status.certificate_hex = from.text("certificate");
    status.certificate_name = from.text("certificateName");
    status.label_role = from.text("labelRole");
    for (const auto& one : from.optional_items("members"))
        status.members.push_back({one.text("name"), one.text("id")});
    return status;
}

std::optional<peer_question> read_body(std::string_view kind, const view& from) {
    if (kind == "status") return status_question{};
    if (kind == "prevote") return read_prevote(from);
    if (kind == "vote") return read_vote(from);
    if (kind == "primary") return read_primary(from);
    if (kind == "restart-endpoint") return restart_endpoint_question{from.text("replica")};
    return std::nullopt;
}

}  // namespace

std::string_view kind_of(const peer_question& question) {
    constexpr std::string_view kinds[] = {
        "status", "prevote", "vote", "primary", "restart-endpoint"};
    static_assert(std::size(kinds) == std::variant_size_v<peer_question>);
    return kinds[question.index()];
}

std::string write_question(const peer_envelope& envelope) {
    json out{
        {"format", format_version},
        {"group", envelope.group},
        {"from", {{"name", envelope.from.name}, {"uid", envelope.from.uid}}},
        {"question", std::visit([](const auto& one) { return body_of(one); }, envelope.question)}};
    return ha::json::dump(out);
}

std::string write_answer(const peer_answer& answer) {
    json out;
    out["format"] = format_version;
    out["group"] = answer.status.group;
    out["status"] = write_status(answer.status);
    out["reasons"] = answer.reasons;
    if (answer.yes) out["yes"] = *answer.yes;
    return ha::json::dump(out);
}

// What else a newer version of the same format may have added is not looked at.
result<peer_envelope> read_question(std::string_view kind, std::string_view body) {
    auto document = ha::json::parse(body, "a peer's question");
    if (!document) return tl::unexpected(document.error());
    ha::json::reader reader(*document);
    auto root = reader.root();
    if (auto newer = newer_format(root, "a peer's question")) return tl::unexpected(*newer);
    peer_envelope found;
    found.group = root.text("group");
    auto from = root.object("from");
    found.from = pod_identity{from.text("name"), from.text("uid")};
    auto question = read_body(kind, root.object("question"));
    if (!question)
        return failure(errc::not_found,
                       "this version does not know questions of kind " + std::string(kind));
    if (auto wrong = reader.failure("a peer's question")) return tl::unexpected(*wrong);
    found.question = std::move(*question);
    return found;
}

result<peer_answer> read_answer(std::string_view body) {
    auto document = ha::json::parse(body, "a peer's answer");
    if (!document) return tl::unexpected(document.error());
    ha::json::reader reader(*document);
    auto root = reader.root();
    if (auto newer = newer_format(root, "a peer's answer")) return tl::unexpected(*newer);
    peer_answer found;
    found.status = read_status(root.object("status"));
    found.status.group = root.text("group");
    if (auto yes = root.optional_boolean("yes")) found.yes = *yes;
    for (const auto& reason : root.optional_items("reasons"))
        found.reasons.push_back(reason.as_text());
    if (auto wrong = reader.failure("a peer's answer")) return tl::unexpected(*wrong);
    return found;
}

}  // namespace ha::agent
