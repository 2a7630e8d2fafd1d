// SPDX-License-Identifier: MIT
#pragma once

#include "test/unit/operator/reconcile/stage.hpp"

#include <set>

// A group in a cluster with a StatefulSet controller, kubelets and supervisors that do what they
// are asked, one thing in five seconds.

namespace ha::test {

using lines = std::vector<std::string>;

inline const std::string pods_path = "/api/v1/namespaces/default/pods/";
inline const std::string maps = "/api/v1/namespaces/default/configmaps/";
inline const std::string sample_path = groups_path + "/mssql-ag";

struct living_group : cluster_stage {
    // Formed by these pods and led by the first, once the operator has made the objects.
    living_group(std::string group, lines pods);
    // Of the sample, formed and led by mssql-ag-0.
    living_group();

    const std::string name;
    lines members;               // of the group
    std::set<std::string> sick;  // pods that do not become ready
    std::string refusal;         // of a switchover
    bool fallen_behind = false;  // nobody is synchronized
    bool obstinate = false;      // no member is added or removed
    lines happened;

    // Five seconds in which everybody does what there is to do.
    void tick();
    void pass_minutes(int minutes);
    // What supervisors tell of themselves now.
    void lead();
    void hand_over(const std::string& to);

    // Null when it does not hold.
    nlohmann::json condition(const std::string& type, const std::string& of = sample_path);
    void change_image(const std::string& image);
    // The list of replicas, by their names; all are synchronous.
    void list_replicas(const lines& names);
    lines events();

private:
    lines pods();
    nlohmann::json requests();
    void obey();
    void regroup();

    std::string primary_ = members.front();
    int term_ = 1;
    lines there_;  // pods, at the end of the last tick
    nlohmann::json answers_ = nlohmann::json::array();
};

}  // namespace ha::test
