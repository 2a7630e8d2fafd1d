// SPDX-License-Identifier: MIT
#include "agent/core/status.hpp"

#include "agent/core/read_scale.hpp"

namespace ha::agent {

namespace {

// "Knows none" is said only when nothing of ours or of a predecessor may still be creating one
// (rule 28), and no authority with which to begin is held or may be on its way.
bool knows_none(const observation& seen) {
    bool quiet = !seen.hands.role && !seen.hands.sessions_to_end && !seen.held && !seen.lease.put &&
                 seen.lease.possible.empty();
    return engine_role(seen) == role::absent && seen.record.loaded &&
           seen.record.value.group_id.empty() && seen.record.trouble.empty() &&
           !seen.record.value.promoting && quiet;
}

}  // namespace

peer_status own_status(const observation& seen) {
    peer_status told;
    told.group = seen.spec.name;
    told.replica = seen.self.name;
    told.pod_uid = seen.self.uid;
    told.incarnation = seen.incarnation;
    told.engine_known = engine_answers(seen);
    const auto* group = group_of(seen);
    if (group) told.group_id = group->group_id;
    if (group) told.cluster = group->cluster;
    if (group) told.required = group->required;
    told.bootstrap_clear = knows_none(seen);
    told.ready = seen.instance_ready;
    told.local_role = engine_role(seen).value_or(role::absent);
    told.authority =
        has_right_to_primary(seen) && !seen.leaving && seen.record.value.line == seen.held->of;
    told.authority_term = told.authority ? seen.held->of : 0;
    bool follows = group && group->local_role == role::secondary && group->connected;
    told.working = follows || (told.authority && told.local_role == role::primary);
    const auto* me = own_spec(seen);
    if (me) {
        told.mode = me->mode;
        told.priority = me->priority;
        told.may_lead = me->may_lead;
    }
    told.numbered = own_configuration(seen);
    told.record_intact = seen.record.intact || !group || group->sequence_number == 0;
    told.line = seen.record.value.line;
    told.voted = seen.record.value.voted;
    told.strange = seen.record.value.strange;
    told.databases = own_positions(seen);
    if (const auto& record = seen.lease.record) {
        auto age = seen.lease.changed_at ? seen.now - *seen.lease.changed_at : duration{};
        told.lease =
            lease_sighting{record->holder, record->transitions, record->resource_version, age};
    }
    told.api_answers =
        seen.lease.read_at && seen.now - *seen.lease.read_at < seen.chosen.times.lease;
    if (seen.engine.last) told.endpoint_url = seen.engine.last->endpoint_url;
    told.label_role = seen.label_role;
    bool knows_members = told.authority || is_read_scale_primary(seen);
    if (knows_members && group && !group->commit_pending)
        for (const auto& one : group->replicas) told.members.push_back({one.name, one.id});
    return told;
}

}  // namespace ha::agent
