"""What is done to a group, by name. Each is a function over a formed Slice that returns the longest time without an
acknowledged write; the number beside it is what that may be, in seconds (L is 15, the detection limit 10)."""
from . import (alone, api, databases, engines, nodes, orders, pods, preview, processes, quick_start, read_scale, release,
               rolls, scales, voters)

ALL = {
    "bootstrap": (processes.nothing, 5.0),
    "engine-killed": (processes.engine_killed, 5.0),
    "engine-frozen": (processes.engine_frozen, 17.0),
    "secondary-frozen": (processes.secondary_frozen, 17.0),
    "supervisor-killed": (processes.supervisor_killed, 5.0),
    "pod-deleted": (pods.deleted, 5.0),
    "pod-force-deleted": (pods.force_deleted, 23.0),
    "pods-all-deleted": (pods.all_deleted, 120.0),
    "rolling-restart": (pods.rolling_restart, 5.0),
    "node-cut": (nodes.cut_from_all, 23.0),
    "node-cut-from-api": (nodes.cut_from_api, 23.0),
    "node-frozen": (nodes.frozen, 23.0),
    "node-crashed": (nodes.crashed, 23.0),
    "node-crashed-shared": (nodes.crashed_with_shared_volumes, 23.0),
    "power-lost": (nodes.all_lost, 60.0),
    "node-drained": (nodes.drained, 5.0),
    "api-away": (api.away, api.AFTER_RETURN),
    "failover-by-hand": (processes.failover_by_hand, 8.0),
    "quick-start": (quick_start.quick_start, 8.0),
    "lease-deleted": (api.lease_deleted, 5.0),
    "tokens-replaced": (api.tokens_replaced, 8.0),
    "primary-crash-loops": (engines.primary_crash_loops, 5.0),
    "secondary-crash-loops": (engines.secondary_crash_loops, 5.0),
    "long-recovery": (engines.long_recovery, 5.0),
    "installed-by-helm": (release.installed_by_helm, 5.0),
    "deleted-and-applied-again": (release.deleted_and_applied_again, 120.0),
    "paused-and-fenced": (orders.paused_and_fenced, 8.0),
    "switched-over": (orders.switched_over, 5.0),
    "rolled-by-role": (rolls.rolled_by_role, 5.0),
    "upgraded": (release.upgraded, 5.0),
    "scaled": (scales.scaled, 5.0),
    "databases-named": (databases.named_and_added, 5.0),
    "preview": (preview.one_after_another, 5.0),
    "two-voters": (voters.two_voters, 23.0),
    "read-scale": (read_scale.rolled_and_killed, 60.0),
    "standalone": (alone.engine_and_pod, 60.0),
    "standalone-node-lost": (alone.node_lost, 120.0),
}

# What follows on the judgement.
AFTERWARDS = {"deleted-and-applied-again": release.deleted_with_its_volumes}
# Those whose volumes can be reached from every node.
SHARED = ("node-crashed-shared", "standalone", "standalone-node-lost")
# Those that are about the operator, or about what only it makes.
INSTALLED = ("installed-by-helm", "deleted-and-applied-again", "paused-and-fenced", "switched-over",
             "rolled-by-role", "scaled", "databases-named", "preview", "two-voters", "read-scale")
# Those of an instance in no group.
STANDALONE = ("standalone", "standalone-node-lost")
# Those that begin with an earlier commit's chart and image, and so are never drawn: test/e2e/run builds them on demand.
EARLIER = ("upgraded",)
# Those whose client has to come back by itself.
RESTARTING = ("power-lost",)
# Two to four minutes each.
LONG = ("api-away", "primary-crash-loops", "secondary-crash-loops", "long-recovery", *INSTALLED, *STANDALONE)
# What of the objects is otherwise than a group has it.
CHANGED = {"api-away": api.PATIENT, "long-recovery": engines.HASTY_LIVENESS}
# The same as fields of the resource; an operator cannot be asked for another liveness probe.
FIELDS = {"api-away": api.PATIENCE}
# Those whose group is made of static objects, as manifests/static has it; all others' is made by the operator, which helm
# installed. One of each run's eight is among them.
STATIC = ("bootstrap", "pod-deleted", *(name for name in CHANGED if name not in FIELDS))
# Played in every run; four of the others are drawn by the commit.
FIXED = ("engine-killed", "engine-frozen", "supervisor-killed", "pod-deleted", "pod-force-deleted", "node-cut",
         "node-crashed", "node-drained")
