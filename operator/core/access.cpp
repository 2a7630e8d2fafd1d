// SPDX-License-Identifier: MIT
#include "operator/core/names.hpp"
#include "operator/core/parts.hpp"

// What supervisors may do at the API server: named objects only, and `update` but never `create` on
// the Lease, because a PUT to a missing one would make it (protocol.md, rule 2). A watch begins
// with a list of that one name, which shows no more than `get`. Of pods they may patch labels of
// ours alone: RBAC cannot say so, the chart's ValidatingAdmissionPolicy does. A test compares what
// is granted here with what is asked for.

namespace ha::op {
namespace {

value rule(const char* group, const char* resource, list names, list verbs) {
    object made{{"apiGroups", list{group}}, {"resources", list{resource}}};
    if (!names.empty()) made.push_back({"resourceNames", std::move(names)});
    made.push_back({"verbs", std::move(verbs)});
    return made;
}

}  // namespace

value service_account(const workload& of) {
    auto made = object_of(of, "v1", "ServiceAccount", names{of}.service_account);
    made.set("automountServiceAccountToken", false);
    return made;
}

value role(const workload& of, const std::vector<std::string>& pods) {
    names called{of};
    list watched(pods.begin(), pods.end());

    auto made = object_of(of, "rbac.authorization.k8s.io/v1", "Role", called.service_account);
    made.set("rules",
             list{rule("coordination.k8s.io",
                       "leases",
                       list{called.lease},
                       list{"get", "list", "watch", "update"}),
                  rule("", "configmaps", list{called.requests}, list{"get", "list", "watch"}),
                  rule("", "configmaps", list{called.state}, list{"get", "update"}),
                  rule("", "pods", std::move(watched), list{"get", "list", "watch", "patch"}),
                  rule("events.k8s.io", "events", {}, list{"create"})});
    return made;
}

value role_binding(const workload& of) {
    names called{of};
    auto made =
        object_of(of, "rbac.authorization.k8s.io/v1", "RoleBinding", called.service_account);
    made.set("roleRef",
             object{{"apiGroup", "rbac.authorization.k8s.io"},
                    {"kind", "Role"},
                    {"name", called.service_account}});
    made.set("subjects",
             list{object{{"kind", "ServiceAccount"},
                         {"name", called.service_account},
                         {"namespace", of.space}}});
    return made;
}

}  // namespace ha::op
