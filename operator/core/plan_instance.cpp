// SPDX-License-Identifier: MIT
#include "operator/core/instance.hpp"
#include "operator/core/parts.hpp"

namespace ha::op {

// No Lease, no ConfigMaps of a group, no rights: the supervisor of an instance in no group asks the
// API server for nothing.
plan plan_instance(const instance& wanted, const existing& found, const plan_settings& settings) {
    plan result;
    result.objects.push_back({service_account(wanted)});
    result.objects.push_back({mssql_conf_map(wanted)});
    result.objects.push_back({settings_map(wanted)});
    result.objects.push_back({headless_service(wanted)});
    result.objects.push_back({instance_service(wanted)});
    add_pods(wanted, found, settings, result);
    return result;
}

}  // namespace ha::op
