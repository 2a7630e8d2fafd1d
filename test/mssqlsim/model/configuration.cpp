// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/configuration.hpp"

#include "test/mssqlsim/tsql/value.hpp"

#include <algorithm>

namespace ha::mssqlsim {

namespace {

template <class List>
auto* found(List& list, std::string_view id_or_name) {
    const auto at = std::find_if(list.begin(), list.end(), [&](const auto& one) {
        return one.id == id_or_name || same_name(one.name, id_or_name);
    });
    return at == list.end() ? nullptr : &*at;
}

}  // namespace

bool group_database::holds(std::string_view replica_id) const {
    return std::find(synchronized.begin(), synchronized.end(), replica_id) != synchronized.end();
}

const group_replica* group_configuration::replica(std::string_view id_or_name) const {
    return found(replicas, id_or_name);
}
const group_database* group_configuration::database(std::string_view id_or_name) const {
    return found(databases, id_or_name);
}
group_replica* group_configuration::replica(std::string_view id_or_name) {
    return found(replicas, id_or_name);
}
group_database* group_configuration::database(std::string_view id_or_name) {
    return found(databases, id_or_name);
}

std::size_t group_configuration::voters() const {
    return static_cast<std::size_t>(std::count_if(
        replicas.begin(), replicas.end(), [](const auto& one) { return one.votes(); }));
}

std::size_t group_configuration::quorum() const {
    // assumption: nobody is elected in a group without a cluster, so its primary alone commits.
    if (type == cluster_type::none) return 1;
    // assumption: of two voters the primary alone commits, as the documentation's table for two
    // synchronous replicas says (a lost secondary leaves the primary writable with REQUIRED = 0).
    const std::size_t count = voters();
    return count == 2 ? 1 : count / 2 + 1;
}

}  // namespace ha::mssqlsim
