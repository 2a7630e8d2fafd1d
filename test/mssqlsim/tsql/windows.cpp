// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/windows.hpp"

#include "test/mssqlsim/tsql/tally.hpp"

#include <algorithm>
#include <array>

namespace ha::mssqlsim {

namespace {

using trouble = std::optional<sql_error>;
using bound = window_definition::bound;

std::int64_t whole(const value& from, std::int64_t otherwise) {
    const auto* number = std::get_if<std::int64_t>(&from);
    return number == nullptr ? otherwise : *number;
}

// One function, over all rows.
class window_run {
public:
    window_run(const expression& what, std::size_t rows, const row_visit& visit, environment& world)
        : what_(what), over_(*what.window), rows_(rows), visit_(visit), world_(world) {}

    trouble run(std::vector<value>& into) {
        made_.resize(rows_);
        if (auto bad = look()) return bad;
        sort();
        for (std::size_t begin = 0; begin < rows_;) {
            std::size_t end = begin + 1;
            while (end < rows_ && is_same_partition(begin, end)) ++end;
            if (auto bad = partition(begin, end)) return bad;
            begin = end;
        }
        into = std::move(made_);
        return {};
    }

private:
    // Keys and arguments of each row.
    trouble look() {
        for (std::size_t i = 0; i < rows_; ++i) {
            const scope& here = visit_(i);
            row keys;
            for (const auto& one : over_.partition_by)
                if (auto bad = add(one, here, keys)) return bad;
            for (const auto& one : over_.order_by)
                if (auto bad = add(one.what, here, keys)) return bad;
            keys_.push_back(std::move(keys));
            row arguments;
            for (const auto& one : what_.arguments)
                if (auto bad = add(one, here, arguments)) return bad;
            arguments_.push_back(std::move(arguments));
        }
        return {};
    }

    trouble add(const expression& one, const scope& here, row& into) {
        auto v = evaluate(one, here, world_);
        if (!v) return v.error();
        into.push_back(std::move(*v));
        return {};
    }

    int compare_keys(std::size_t a, std::size_t b, std::size_t from, std::size_t to) const {
        for (std::size_t i = from; i < to; ++i) {
            const int order = order_of(keys_[a][i], keys_[b][i]);
            if (order == 0) continue;
            const std::size_t parts = over_.partition_by.size();
            return i >= parts && over_.order_by[i - parts].descending ? -order : order;
        }
        return 0;
    }

    std::size_t all_keys() const { return over_.partition_by.size() + over_.order_by.size(); }

    void sort() {
        places_.resize(rows_);
        for (std::size_t i = 0; i < rows_; ++i) places_[i] = i;
        const std::size_t keys = all_keys();
        std::sort(places_.begin(), places_.end(), [&](std::size_t a, std::size_t b) {
            const int order = compare_keys(a, b, 0, keys);
            return order != 0 ? order < 0 : a < b;
        });
    }

    bool is_same_partition(std::size_t a, std::size_t b) const {
        return compare_keys(places_[a], places_[b], 0, over_.partition_by.size()) == 0;
    }
    bool is_peer(std::size_t a, std::size_t b) const {
        return compare_keys(places_[a], places_[b], over_.partition_by.size(), all_keys()) == 0;
    }

    value& result(std::size_t at) { return made_[places_[at]]; }
    const row& arguments(std::size_t at) const { return arguments_[places_[at]]; }

    trouble partition(std::size_t begin, std::size_t end) {
        begin_ = begin;
        end_ = end;
        note_peers();
        const std::string& function = what_.text;
        if (function == "LAG" || function == "LEAD") return shift(function == "LAG");
        if (function == "NTILE") return tiles();
        if (function == "FIRST_VALUE" || function == "LAST_VALUE")
            return ends(function == "FIRST_VALUE");
        if (type_of_ranking(function)) {
            rank(function);
            return {};
        }
        return aggregate();
    }

    // Where those of the same order begin and end.
    void note_peers() {
        const std::size_t count = end_ - begin_;
        peers_begin_.assign(count, begin_);
        peers_end_.assign(count, end_);
        for (std::size_t i = 1; i < count; ++i)
            peers_begin_[i] =
                is_peer(begin_ + i - 1, begin_ + i) ? peers_begin_[i - 1] : begin_ + i;
        for (std::size_t i = count; i-- > 1;)
            peers_end_[i - 1] = peers_begin_[i] == begin_ + i ? begin_ + i : peers_end_[i];
    }

    void rank(const std::string& function) {
        std::int64_t dense = 0;
        const auto count = static_cast<double>(end_ - begin_);
        for (std::size_t at = begin_; at < end_; ++at) {
            const std::size_t first = peers_begin_[at - begin_];
            const std::size_t behind = peers_end_[at - begin_];
            const auto before = static_cast<std::int64_t>(first - begin_);
            if (first == at) ++dense;
            if (function == "ROW_NUMBER")
                result(at) = static_cast<std::int64_t>(at - begin_) + 1;
            else if (function == "RANK")
                result(at) = before + 1;
            else if (function == "DENSE_RANK")
                result(at) = dense;
            else if (function == "CUME_DIST")
                result(at) = static_cast<double>(behind - begin_) / count;
            else
                result(at) = count > 1 ? static_cast<double>(before) / (count - 1) : 0.0;
        }
    }

    // The first are larger by one when there is a rest.
    trouble tiles() {
        const std::int64_t wanted = whole(arguments(begin_).front(), 0);
        if (wanted < 1)
            return sql_error{4116,
                             "The function 'ntile' takes only a positive int or bigint expression "
                             "as its input.",
                             15,
                             1,
                             sql_error::reach::scope,
                             0,
                             {}};
        const auto rows = static_cast<std::int64_t>(end_ - begin_);
        const std::int64_t size = rows / wanted;
        const std::int64_t larger = rows % wanted;
        for (std::int64_t i = 0; i < rows; ++i) {
            const std::int64_t in_larger = larger * (size + 1);
            const std::int64_t tile =
                i < in_larger ? i / (size + 1)
                              : larger + (i - in_larger) / std::max<std::int64_t>(size, 1);
            result(begin_ + static_cast<std::size_t>(i)) = tile + 1;
        }
        return {};
    }

    trouble shift(bool back) {
        const auto rows = static_cast<std::int64_t>(end_ - begin_);
        for (std::int64_t i = 0; i < rows; ++i) {
            const std::size_t at = begin_ + static_cast<std::size_t>(i);
            const row& said = arguments(at);
            const std::int64_t offset = said.size() > 1 ? whole(said[1], 1) : 1;
            if (offset < 0)
                return sql_error{
                    8730,
                    "Offset parameter for Lag and Lead functions cannot be a negative value.",
                    16,
                    1,
                    sql_error::reach::statement,
                    0,
                    {}};
            const std::int64_t steps = std::min(offset, rows);
            const std::int64_t from = back ? i - steps : i + steps;
            if (from >= 0 && from < rows)
                result(at) = arguments(begin_ + static_cast<std::size_t>(from)).front();
            else if (said.size() > 2)
                result(at) = said[2];
        }
        return {};
    }

    std::size_t clamped(std::int64_t place) const {
        const auto first = static_cast<std::int64_t>(begin_);
        const auto behind = static_cast<std::int64_t>(end_);
        return static_cast<std::size_t>(std::clamp(place, first, behind));
    }

    std::size_t steps_from(std::size_t at, const bound& where, std::int64_t more) const {
        const auto rows = static_cast<std::int64_t>(end_ - begin_);
        const std::int64_t steps = std::min(where.rows, rows);
        const bool back = where.what == bound::kind::preceding;
        return clamped(static_cast<std::int64_t>(at) + (back ? -steps : steps) + more);
    }

    std::size_t frame_begin(std::size_t at) const {
        switch (over_.begin.what) {
            case bound::kind::first: return begin_;
            case bound::kind::current: return over_.by_rows ? at : peers_begin_[at - begin_];
            case bound::kind::last: return end_;
            default: return steps_from(at, over_.begin, 0);
        }
    }

    // Behind the last row of the frame.
    std::size_t frame_end(std::size_t at) const {
        switch (over_.end.what) {
            case bound::kind::last: return end_;
            case bound::kind::current: return over_.by_rows ? at + 1 : peers_end_[at - begin_];
            case bound::kind::first: return begin_;
            default: return steps_from(at, over_.end, 1);
        }
    }

    trouble ends(bool first) {
        for (std::size_t at = begin_; at < end_; ++at) {
            const std::size_t from = frame_begin(at);
            const std::size_t to = frame_end(at);
            if (from < to) result(at) = arguments(first ? from : to - 1).front();
        }
        return {};
    }

    trouble count_row(tally& so_far, std::size_t at) {
        const row& said = arguments(at);
        auto counted =
            count_in(so_far, what_.text, said.empty() ? value{std::int64_t{1}} : said.front());
        if (!counted) return counted.error();
        return {};
    }

    // A frame that begins (or ends) where the one before it did is only added to.
    trouble aggregate() {
        const bool backwards =
            over_.begin.what != bound::kind::first && over_.end.what == bound::kind::last;
        tally so_far;
        std::size_t from = begin_;
        std::size_t to = begin_;
        for (std::size_t i = begin_; i < end_; ++i) {
            const std::size_t at = backwards ? end_ - 1 - (i - begin_) : i;
            const std::size_t next_from = frame_begin(at);
            const std::size_t next_to = std::max(frame_end(at), next_from);
            const bool grows = i > begin_ && (backwards ? next_to == to && next_from <= from
                                                        : next_from == from && next_to >= to);
            if (!grows) {
                so_far = {};
                from = backwards ? next_to : next_from;
                to = from;
            }
            for (std::size_t one = next_from; one < from; ++one)
                if (auto bad = count_row(so_far, one)) return bad;
            for (std::size_t one = std::max(to, from); one < next_to; ++one)
                if (auto bad = count_row(so_far, one)) return bad;
            from = next_from;
            to = next_to;
            auto made = result_of(so_far, what_.text);
            if (!made) return made.error();
            result(at) = std::move(*made);
        }
        return {};
    }

    const expression& what_;
    const window_definition& over_;
    std::size_t rows_;
    const row_visit& visit_;
    environment& world_;
    std::vector<row> keys_;
    std::vector<row> arguments_;
    std::vector<std::size_t> places_;  // in the order of the partitions and in them
    std::vector<value> made_;
    std::size_t begin_ = 0;  // of the present partition, among the places
    std::size_t end_ = 0;
    std::vector<std::size_t> peers_begin_;
    std::vector<std::size_t> peers_end_;
};

void collect(const expression& what, std::vector<const expression*>& into) {
    if (what.what == expression::kind::window) into.push_back(&what);
    for (const auto& one : what.arguments) collect(one, into);
}

constexpr column_type big{column_kind::bigint, 8, 25, 0};
constexpr column_type real{column_kind::floating, 8, 25, 0};

struct ranking {
    std::string_view name;
    column_type type;
};
constexpr std::array<ranking, 6> rankings{{{"ROW_NUMBER", big},
                                           {"RANK", big},
                                           {"DENSE_RANK", big},
                                           {"NTILE", big},
                                           {"PERCENT_RANK", real},
                                           {"CUME_DIST", real}}};

}  // namespace

int order_of(const value& a, const value& b) {
    if (is_null(a) || is_null(b)) return int{is_null(b)} - int{is_null(a)};
    return compare(a, b).value_or(0);
}

std::optional<sql_error> look_through_windows(const select_query& query,
                                              std::size_t rows,
                                              const row_visit& visit,
                                              environment& world,
                                              window_values& into) {
    std::vector<const expression*> found;
    for (const auto& item : query.items) collect(item.what, found);
    for (const auto& order : query.order_by) collect(order.what, found);
    for (const auto* one : found)
        if (auto bad = window_run{*one, rows, visit, world}.run(into.of[one])) return bad;
    return {};
}

sql_error misplaced_window() {
    return {4108,
            "Windowed functions can only appear in the SELECT or ORDER BY clauses.",
            15,
            1,
            sql_error::reach::scope,
            0,
            {}};
}

sql_result<value> value_over_window(const expression& what, const scope& here) {
    if (here.windows == nullptr) return tl::unexpected(misplaced_window());
    const auto at = here.windows->of.find(&what);
    if (at == here.windows->of.end()) return tl::unexpected(misplaced_window());
    return at->second[here.windows->row];
}

std::optional<column_type> type_of_ranking(const std::string& function) {
    for (const auto& one : rankings)
        if (one.name == function) return one.type;
    return {};
}

bool is_window_function(std::string_view name) {
    constexpr std::array<std::string_view, 4> of_rows{"LAG", "LEAD", "FIRST_VALUE", "LAST_VALUE"};
    return type_of_ranking(std::string{name}).has_value() ||
           std::find(of_rows.begin(), of_rows.end(), name) != of_rows.end();
}

}  // namespace ha::mssqlsim
