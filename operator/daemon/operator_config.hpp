// SPDX-License-Identifier: MIT
#pragma once

#include "common/config/config.hpp"
#include "operator/reconcile/reconciler.hpp"

#include <cstdint>
#include <span>
#include <string>

// All that the operator is told from outside: by flags, environment, a YAML file, in this order,
// and by defaults where none of them speaks.

namespace ha::op {

struct operator_config {
    reconciler_settings work;
    std::string pod;
    std::string pod_uid;
    bool leader_elect = true;
    std::string lease_space;  // empty: as the service account says
    std::string lease_name;
    std::string kubeconfig;  // empty: the service account
    std::string kubernetes_folder;
    std::string listen_address;
    std::uint16_t http_port = 0;
    std::string log_level;
};

// The one table that flags, environment, file, --help and the page of documentation come from.
std::span<const config::setting> operator_settings();

// Everything that is wrong, each with its place.
tl::expected<operator_config, std::vector<config::complaint>> read_operator_config(
    const config::values& given);

}  // namespace ha::op
