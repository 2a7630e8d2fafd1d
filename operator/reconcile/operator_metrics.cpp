// SPDX-License-Identifier: MIT
#include "operator/reconcile/operator_metrics.hpp"

namespace ha::op {
namespace {

using metrics::family;
using enum metrics::kind;

constexpr family table[] = {
    {"mssql_operator_leads",
     gauge,
     "1 when this process holds the operators' Lease and works, 0 while it waits for it.",
     "",
     "",
     "The sum over all pods is 1. 0 for longer than a minute: nobody works; groups go on all the "
     "same, only changes of the custom resources wait."},
    {"mssql_operator_in_step",
     gauge,
     "1 when every watch runs.",
     "",
     "",
     "0 for minutes: operator_watch_failed in the log says why."},
    {"mssql_operator_groups", gauge, "Availability groups that are looked after."},
    {"mssql_operator_groups_waiting",
     gauge,
     "Groups that are to be looked at, those that wait for another try included.",
     "",
     "",
     "Stays above 0: see the conditions of the groups, and operator_pass_failed in the log."},
    {"mssql_operator_passes_total",
     counter,
     "Looks at a group, by how they ended: done, or again when something is left to do.",
     "outcome"},
    {"mssql_operator_writes_total",
     counter,
     "Writes that the API server took, by verb: apply, create, delete, evict, patch, status.",
     "verb",
     "",
     "Grows without a change of the custom resources: somebody undoes what the operator does."},
    {"mssql_operator_events_dropped_total",
     counter,
     "Events that the API server did not take, or that were too many."},
};

}  // namespace

std::span<const family> operator_families() {
    return table;
}

void show(metrics::registry& into, const reconciler::numbers& now, bool leads) {
    auto number = [](auto count) { return static_cast<double>(count); };
    into.set("mssql_operator_leads", leads ? 1 : 0);
    into.set("mssql_operator_in_step", now.in_step ? 1 : 0);
    into.set("mssql_operator_groups", number(now.groups));
    into.set("mssql_operator_groups_waiting", number(now.waiting));
    into.raise("mssql_operator_passes_total", number(now.passes_done), {"done"});
    into.raise("mssql_operator_passes_total", number(now.passes_again), {"again"});
    for (const auto& [verb, count] : now.writes)
        into.raise("mssql_operator_writes_total", number(count), {verb});
    into.raise("mssql_operator_events_dropped_total", number(now.events_dropped));
}

}  // namespace ha::op
