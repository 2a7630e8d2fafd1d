// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/query_sources.hpp"

#include "test/mssqlsim/tsql/string_tables.hpp"

namespace ha::mssqlsim {

query_sources::query_sources(const select_query& query, const scope* outer, environment& world)
    : query_(query), world_(world) {
    here_.outer = outer;
}

std::optional<sql_error> query_sources::open() {
    for (const auto& source : query_.sources) {
        if (source.derived) {
            // Applied: its columns are known by asking it beside no row.
            auto rows = run_query(*source.derived, source.applied ? &here_ : here_.outer, world_);
            if (!rows) return rows.error();
            sets_.push_back(std::make_shared<const row_set>(std::move(*rows)));
        } else if (!source.arguments.empty()) {
            scope around;
            around.outer = here_.outer;
            auto rows = source.applied ? columns_of_split(source, here_, world_)
                                       : split_text(source, around, world_);
            if (!rows) return rows.error();
            sets_.push_back(std::make_shared<const row_set>(std::move(*rows)));
        } else {
            auto rows = world_.table(source.name);
            if (!rows) return rows.error();
            sets_.push_back(std::move(*rows));
        }
        here_.sources.push_back(bound_source{source.alias, sets_.back().get(), nullptr});
    }
    note_missing();
    return {};
}

// An outer join makes up rows of the one side, of the other, or of both.
void query_sources::note_missing() {
    using join = table_source::join;
    bool later = false;
    for (std::size_t i = query_.sources.size(); i > 0; --i) {
        const auto how = query_.sources[i - 1].how;
        here_.sources[i - 1].may_be_missing = later || how == join::left || how == join::full;
        later = later || how == join::right || how == join::full;
    }
}

std::optional<sql_error> query_sources::join() {
    joined_.push_back(joined_row(sets_.size(), nullptr));
    for (std::size_t i = 0; i < sets_.size(); ++i) {
        const auto how = query_.sources[i].how;
        const bool keeps_right =
            how == table_source::join::right || how == table_source::join::full;
        std::vector<joined_row> next;
        std::vector<bool> met(keeps_right ? sets_[i]->rows.size() : 0);
        for (const auto& left : joined_)
            if (auto bad = join_one(left, i, next, met)) return bad;
        for (std::size_t at = 0; at < met.size(); ++at) {
            if (met[at]) continue;
            next.emplace_back(sets_.size(), nullptr);
            next.back()[i] = &sets_[i]->rows[at];
        }
        joined_ = std::move(next);
    }
    return {};
}

std::optional<sql_error> query_sources::join_one(const joined_row& left,
                                                 std::size_t i,
                                                 std::vector<joined_row>& next,
                                                 std::vector<bool>& met) {
    const table_source& source = query_.sources[i];
    bool matched = false;
    look_at(left);
    const row_set* candidates = sets_[i].get();
    if (source.applied && (source.derived || !source.arguments.empty())) {
        auto rows = source.derived ? run_query(*source.derived, &here_, world_)
                                   : split_text(source, here_, world_);
        if (!rows) return rows.error();
        candidates = &applied_.emplace_back(std::move(*rows));
    }
    for (std::size_t at = 0; at < candidates->rows.size(); ++at) {
        const row& candidate = candidates->rows[at];
        if (source.on) {
            here_.sources[i].current = &candidate;
            const auto yes = holds(*source.on, here_, world_);
            if (!yes) return yes.error();
            if (!*yes) continue;
        }
        matched = true;
        if (!met.empty()) met[at] = true;
        next.push_back(left);
        next.back()[i] = &candidate;
    }
    const bool keeps_left =
        source.how == table_source::join::left || source.how == table_source::join::full;
    if (!matched && keeps_left) next.push_back(left);
    return {};
}

void query_sources::look_at(const joined_row& whole) {
    for (std::size_t i = 0; i < whole.size(); ++i) here_.sources[i].current = whole[i];
}

std::optional<sql_error> query_sources::filter() {
    if (!query_.where) return {};
    std::vector<joined_row> kept;
    std::optional<sql_error> bad;
    for (auto& whole : joined_) {
        look_at(whole);
        const auto yes = holds(*query_.where, here_, world_);
        if (!yes) {
            bad = yes.error();
            break;
        }
        if (*yes) kept.push_back(std::move(whole));
    }
    joined_ = std::move(kept);
    return bad;
}

void query_sources::look_at_first_of(const std::vector<joined_row>& group) {
    look_at(group.empty() ? joined_row(sets_.size(), nullptr) : group.front());
}

}  // namespace ha::mssqlsim
