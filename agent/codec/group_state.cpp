// SPDX-License-Identifier: MIT
#include "agent/codec/group_state.hpp"

#include "agent/codec/values.hpp"
#include "common/json/checked.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace ha::agent {

namespace {

nlohmann::json write(const replica_report& one) {
    return {{"name", one.name},
            {"role", one.role},
            {"mode", one.mode},
            {"synchronization", one.synchronization},
            {"connected", one.connected}};
}

nlohmann::json write(const database_line& one) {
    return {{"name", one.name}, {"state", one.state}, {"reason", one.reason}, {"words", one.words}};
}

nlohmann::json write(const condition_report& one) {
    return {{"type", one.type}, {"holds", one.holds}, {"reason", one.reason}, {"words", one.words}};
}

nlohmann::json write(const answer_report& one) {
    return {{"id", one.id},
            {"done", one.done},
            {"reasons", one.reasons},
            {"words", one.words},
            {"at", one.at}};
}

nlohmann::json write(const transition_report& one) {
    auto phases = nlohmann::json::array();
    for (const auto& [name, after] : one.phases)
        phases.push_back({{"name", name}, {"afterMs", after}});
    return {{"at", one.at},
            {"from", one.from},
            {"to", one.to},
            {"term", one.of},
            {"reason", one.reason},
            {"phases", std::move(phases)}};
}

template <class T>
nlohmann::json write_all(const std::vector<T>& all) {
    auto list = nlohmann::json::array();
    for (const auto& one : all) list.push_back(write(one));
    return list;
}

void read(const json::view& from, replica_report& one) {
    one.name = from.text("name");
    one.role = from.text("role");
    one.mode = from.text_or("mode", "");
    one.synchronization = from.text_or("synchronization", "");
    one.connected = from.optional_boolean("connected").value_or(false);
}

void read(const json::view& from, database_line& one) {
    one.name = from.text("name");
    one.state = from.text("state");
    one.reason = from.text_or("reason", "");
    one.words = from.text_or("words", "");
}

void read(const json::view& from, condition_report& one) {
    one.type = from.text("type");
    one.holds = from.optional_boolean("holds").value_or(false);
    one.reason = from.text_or("reason", "");
    one.words = from.text_or("words", "");
}

void read(const json::view& from, answer_report& one) {
    one.id = from.text("id");
    one.done = from.optional_boolean("done").value_or(false);
    for (const auto& reason : from.optional_items("reasons"))
        one.reasons.push_back(reason.as_text());
    one.words = from.text_or("words", "");
    one.at = from.text_or("at", "");
}

void read(const json::view& from, transition_report& one) {
    one.at = from.text("at");
    one.from = from.text_or("from", "");
    one.to = from.text_or("to", "");
    one.of = from.optional_integer("term").value_or(0);
    one.reason = from.text_or("reason", "");
    for (const auto& phase : from.optional_items("phases"))
        one.phases.emplace_back(phase.text("name"), phase.integer("afterMs"));
}

template <class T>
std::vector<T> read_all(const json::view& from, std::string_view key) {
    std::vector<T> all;
    for (const auto& item : from.optional_items(key)) read(item, all.emplace_back());
    return all;
}

template <class T>
void keep_newest(std::vector<T>& all, std::size_t most) {
    if (all.size() > most) all.erase(all.begin(), all.end() - static_cast<std::ptrdiff_t>(most));
}

}  // namespace

nlohmann::json write_group_state(const group_state& state) {
    nlohmann::json document{{"group", state.group},
                            {"groupId", state.group_id},
                            {"primary", state.primary},
                            {"term", state.of},
                            {"sequenceNumber", state.sequence_number},
                            {"commitPending", state.commit_pending},
                            {"required", state.required},
                            {"replicas", write_all(state.replicas)},
                            {"databases", write_all(state.databases)},
                            {"conditions", write_all(state.conditions)},
                            {"answers", write_all(state.answers)},
                            {"transitions", write_all(state.transitions)}};
    return {{"format", std::to_string(format_version)}, {"state", json::dump(document)}};
}

result<group_state> read_group_state(const nlohmann::json& config_map) {
    json::reader outer(config_map);
    auto data = outer.root().texts("data");
    if (auto wrong = outer.failure("the ConfigMap of state")) return tl::unexpected(*wrong);
    if (data.empty()) return group_state{};
    if (data["format"] != std::to_string(format_version))
        return failure(errc::refused,
                       "the ConfigMap of state has format '" + data["format"] +
                           "', this version reads " + std::to_string(format_version));
    auto document = json::parse(data["state"], "the key state");
    if (!document) return tl::unexpected(document.error());
    json::reader reader(*document);
    auto root = reader.root();
    group_state found;
    found.group = root.text_or("group", "");
    found.group_id = root.text_or("groupId", "");
    found.primary = root.text_or("primary", "");
    found.of = root.optional_integer("term").value_or(0);
    found.sequence_number = root.optional_integer("sequenceNumber").value_or(0);
    found.commit_pending = root.optional_boolean("commitPending").value_or(false);
    found.required = static_cast<int>(root.optional_integer("required", 0, 100).value_or(0));
    found.replicas = read_all<replica_report>(root, "replicas");
    found.databases = read_all<database_line>(root, "databases");
    found.conditions = read_all<condition_report>(root, "conditions");
    found.answers = read_all<answer_report>(root, "answers");
    found.transitions = read_all<transition_report>(root, "transitions");
    if (auto wrong = reader.failure("the key state")) return tl::unexpected(*wrong);
    return found;
}

// An answer of now replaces an earlier one to the same request; a transition is the same when term
// and target are.
group_state merged(const group_state& before, group_state now) {
    auto answers = before.answers;
    for (const auto& one : now.answers) {
        auto same = [&](const answer_report& other) { return other.id == one.id; };
        answers.erase(std::remove_if(answers.begin(), answers.end(), same), answers.end());
        answers.push_back(one);
    }
    auto transitions = before.transitions;
    for (const auto& one : now.transitions) {
        auto same = [&](const transition_report& other) {
            return other.of == one.of && other.to == one.to;
        };
        auto found = std::find_if(transitions.begin(), transitions.end(), same);
        if (found == transitions.end()) {
            transitions.push_back(one);
        } else {
            *found = one;
        }
    }
    keep_newest(answers, answers_kept);
    keep_newest(transitions, transitions_kept);
    now.answers = std::move(answers);
    now.transitions = std::move(transitions);
    return now;
}

}  // namespace ha::agent
