// SPDX-License-Identifier: MIT
#pragma once

#include "test/kubesim/api/shape.hpp"
#include "test/kubesim/store/store.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>

// The kinds that the server knows and the rules in which they differ; a table, not code.

namespace ha::kubesim {

struct kind_info {
    std::string group;
    std::string version;
    std::string plural;
    std::string kind;
    bool namespaced = true;
    bool has_status = false;            // a status subresource
    bool has_generation = false;        // metadata.generation counts changes of what is wanted
    bool unconditional_update = false;  // PUT without resourceVersion replaces
    bool create_on_update = false;      // PUT of a missing object creates it
    bool returns_deleted = false;       // DELETE answers with the object
    bool groupless_errors = false;      // refusals name the kind without its group
    bool checks_metadata_twice = true;  // and so complain twice
    std::string propagation = "Background";
    std::shared_ptr<const shape> apply_shape;
    nlohmann::json schema;  // of a custom resource; null otherwise

    bool custom() const { return !schema.is_null(); }
    table where() const { return {group, plural}; }
    std::string api_version() const { return group.empty() ? version : group + "/" + version; }
    // "leases.coordination.k8s.io", "pods".
    std::string qualified() const { return group.empty() ? plural : plural + "." + group; }
    // "Lease.coordination.k8s.io", "Pod".
    std::string qualified_kind() const {
        return group.empty() || groupless_errors ? kind : kind + "." + group;
    }
};

class kinds {
public:
    kinds();

    // Null when nobody serves it.
    const kind_info* find(const std::string& group,
                          const std::string& version,
                          const std::string& plural) const;
    const kind_info* find(const table& where) const;
    const kind_info* of_kind(const std::string& api_version, const std::string& kind) const;
    // Whether a kind of the server's own lives there.
    bool serves(const std::string& group, const std::string& version) const;

    // What a CustomResourceDefinition adds, and takes away.
    void define(const nlohmann::json& definition);
    void forget(const nlohmann::json& definition);

private:
    std::map<table, kind_info> kinds_;
};

}  // namespace ha::kubesim
