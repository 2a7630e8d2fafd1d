// SPDX-License-Identifier: MIT
#include "test/kubesim/store/store.hpp"

#include "common/json/checked.hpp"

#include <algorithm>

namespace ha::kubesim {

std::string text_of(const nlohmann::json& object) {
    return json::dump(object);
}

shared_object store::find(const table& where, const key& which) const {
    const auto& rows = all(where);
    auto found = rows.find(which);
    return found == rows.end() ? nullptr : found->second;
}

const std::map<key, shared_object>& store::all(const table& where) const {
    static const std::map<key, shared_object> none;
    auto found = tables_.find(where);
    return found == tables_.end() ? none : found->second;
}

std::vector<table> store::tables() const {
    std::vector<table> names;
    for (const auto& [name, rows] : tables_) names.push_back(name);
    return names;
}

shared_object store::put(const table& where, const key& which, nlohmann::json value) {
    value["metadata"]["resourceVersion"] = std::to_string(++now_);
    auto written = std::make_shared<const nlohmann::json>(std::move(value));
    auto& slot = tables_[where][which];
    auto what = slot ? change::kind::modified : change::kind::added;
    auto before = std::exchange(slot, written);
    record({what, now_, where, which, written, before});
    return written;
}

shared_object store::erase(const table& where, const key& which, nlohmann::json last) {
    last["metadata"]["resourceVersion"] = std::to_string(++now_);
    auto gone = std::make_shared<const nlohmann::json>(std::move(last));
    auto& rows = tables_.at(where);
    auto found = rows.find(which);
    auto before = found->second;
    rows.erase(found);
    record({change::kind::deleted, now_, where, which, gone, before});
    return gone;
}

void store::compact() {
    history_.clear();
    compacted_ = now_;
}

std::optional<store::news> store::changes(revision since) const {
    if (since < compacted_) return std::nullopt;
    auto first = std::upper_bound(
        history_.begin(), history_.end(), since, [](revision then, const change& entry) {
            return then < entry.at;
        });
    return news{first, history_.end()};
}

std::optional<std::map<key, shared_object>> store::at(const table& where, revision then) const {
    if (then < compacted_) return std::nullopt;
    auto rows = all(where);
    for (auto entry = history_.rbegin(); entry != history_.rend() && entry->at > then; ++entry) {
        if (entry->table != where) continue;
        if (entry->before) {
            rows[entry->key] = entry->before;
        } else {
            rows.erase(entry->key);
        }
    }
    return rows;
}

void store::record(change what) {
    what.text = std::make_shared<const std::string>(text_of(*what.now));
    history_.push_back(what);
    if (history_.size() > history_max_) {
        compacted_ = history_.front().at;
        history_.pop_front();
    }
    for (const auto& tell : listeners_) tell(what);
}

}  // namespace ha::kubesim
