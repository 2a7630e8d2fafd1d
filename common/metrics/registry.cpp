// SPDX-License-Identifier: MIT
#include "common/metrics/metrics.hpp"
#include "common/metrics/table.hpp"

#include <cstdio>
#include <cstdlib>
#include <locale>
#include <map>
#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <sstream>

namespace ha::metrics {

namespace {

[[noreturn]] void mistaken(std::string_view name, const char* how) {
    std::fprintf(stderr, "metric '%s' %s\n", std::string{name}.c_str(), how);
    std::abort();
}

struct row {
    const family* of = nullptr;
    std::vector<std::string> names;
    prometheus::Family<prometheus::Counter>* counters = nullptr;
    prometheus::Family<prometheus::Gauge>* gauges = nullptr;
    prometheus::Family<prometheus::Histogram>* histograms = nullptr;
};

prometheus::Labels named(const row& which, labels values) {
    if (values.size() != which.names.size()) mistaken(which.of->name, "has other labels");
    prometheus::Labels all;
    auto name = which.names.begin();
    for (auto value : values) all.emplace(*name++, value);
    return all;
}

}  // namespace

struct registry::parts {
    prometheus::Registry all;
    std::map<std::string, row, std::less<>> rows;

    row& find(std::string_view name, kind wanted) {
        auto found = rows.find(name);
        if (found == rows.end()) mistaken(name, "is not in the table");
        if (found->second.of->type != wanted) mistaken(name, "is of another kind");
        return found->second;
    }

    prometheus::Counter& counter(std::string_view name, labels of) {
        auto& which = find(name, kind::counter);
        return which.counters->Add(named(which, of));
    }
    prometheus::Gauge& gauge(std::string_view name, labels of) {
        auto& which = find(name, kind::gauge);
        return which.gauges->Add(named(which, of));
    }
    prometheus::Histogram& histogram(std::string_view name, labels of) {
        auto& which = find(name, kind::histogram);
        return which.histograms->Add(named(which, of), bounds(which.of->buckets));
    }

    template <class Builder>
    auto* made(Builder builder, const family& one) {
        return &builder.Name(std::string{one.name}).Help(std::string{one.help}).Register(all);
    }

    void enter(const family& one) {
        auto& which = rows[std::string{one.name}];
        which.of = &one;
        which.names = split(one.labels);
        if (one.type == kind::counter) which.counters = made(prometheus::BuildCounter(), one);
        if (one.type == kind::gauge) which.gauges = made(prometheus::BuildGauge(), one);
        if (one.type == kind::histogram) which.histograms = made(prometheus::BuildHistogram(), one);
        if (!which.names.empty()) return;
        if (one.type == kind::counter) counter(one.name, {});
        if (one.type == kind::gauge) gauge(one.name, {});
        if (one.type == kind::histogram) histogram(one.name, {});
    }
};

registry::registry(std::span<const family> table) : parts_(std::make_unique<parts>()) {
    for (const auto& one : table) parts_->enter(one);
}

registry::~registry() = default;

void registry::add(std::string_view counter, labels of, double amount) {
    parts_->counter(counter, of).Increment(amount);
}

void registry::raise(std::string_view counter, double total, labels of) {
    auto& held = parts_->counter(counter, of);
    if (total > held.Value()) held.Increment(total - held.Value());
}

void registry::set(std::string_view gauge, double number, labels of) {
    parts_->gauge(gauge, of).Set(number);
}

void registry::observe(std::string_view histogram, double number, labels of) {
    parts_->histogram(histogram, of).Observe(number);
}

void registry::forget(std::string_view gauge, labels of) {
    auto& which = parts_->find(gauge, kind::gauge);
    which.gauges->Remove(&parts_->gauge(gauge, of));
}

std::string registry::text() const {
    std::ostringstream out;
    out.imbue(std::locale::classic());
    prometheus::TextSerializer{}.Serialize(out, parts_->all.Collect());
    return out.str();
}

}  // namespace ha::metrics
