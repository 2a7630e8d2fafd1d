// SPDX-License-Identifier: MIT
#include "operator/daemon/api_access.hpp"

namespace ha::op {

result<k8s::access> kubernetes_access(clock_source& clock, const operator_config& how) {
    if (!how.kubeconfig.empty()) return k8s::read_kubeconfig_file(clock, how.kubeconfig);
    return k8s::in_cluster(clock, k8s::environment_of_process(how.kubernetes_folder));
}

}  // namespace ha::op
