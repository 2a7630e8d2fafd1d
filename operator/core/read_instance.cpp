// SPDX-License-Identifier: MIT
#include "operator/core/instance.hpp"
#include "operator/core/read_common.hpp"

namespace ha::op {
namespace {

void read_spec(field_reader& spec, instance& into) {
    read_community_fields(spec, into);
    spec.port("port", into.engine_port);
    spec.one_of("serviceType", into.service_type, {"ClusterIP", "NodePort", "LoadBalancer"});
    into.service_annotations = spec.as_it_is("serviceAnnotations");
    for (const auto& [name, content] : into.mssql_conf)
        if (name == "network.tcpport" && content != std::to_string(into.engine_port))
            spec.complain("mssqlConf." + name,
                          "is '" + content + "' and spec.port is " +
                              std::to_string(into.engine_port) +
                              ": leave it out, the port is set by spec.port");
    // The community operator's order: its engine reads the last of two variables of one name.
    into.more_env.push_back(
        object{{"name", "MSSQL_TCP_PORT"}, {"value", std::to_string(into.engine_port)}});
    std::string zone;
    spec.text("timezone", zone);
    if (!zone.empty()) into.more_env.push_back(object{{"name", "TZ"}, {"value", zone}});
    for (const auto& one : spec.items("additionalEnvVars")) into.more_env.push_back(one);
    if (auto ha = spec.inside("ha")) {
        ha->text("supervisorImage", into.supervisor_image);
        ha->truth("neighbourFencing", into.neighbour_fencing);
        read_network(*ha, into);
        read_placement(*ha, into);
    }
}

}  // namespace

tl::expected<instance, std::vector<std::string>> read_instance(const value& resource) {
    std::vector<std::string> complaints;
    instance found;
    found.kind = resource_kind::instance;
    field_reader top{resource, "", complaints};
    if (auto spec = read_head(top, found)) read_spec(*spec, found);
    if (!complaints.empty()) return tl::unexpected(std::move(complaints));
    return found;
}

}  // namespace ha::op
