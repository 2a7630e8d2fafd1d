"""The API server is away, or the Lease is, or the tokens that it believed."""
import textwrap

from checks import believed
from cluster.settings import NODES

AFTER_RETURN = 8.0
# After an outage the cluster's own clients ask again up to a minute later (client-go's reflectors: 0.8 s, doubled up to
# 30 s, and of that once to twice), and may be told then that their watch is too old, which is another such wait.
# kube-controller-manager watches pods in order to write EndpointSlices, kube-proxy watches those, and one may wait after
# the other (once the slice was right after 49 s and the node's proxy after 130): for so long a Service may lead to where
# the primary was. Nothing of it can be set.
ROUTING = 240
# The node controller is one of those clients: for so long it does not hear of nodes that live, and taints them. That
# nobody is evicted for it is what Kubernetes' own 300 s are for; this cluster's five are for scenarios that lose nodes.
PATIENCE = """\
  tolerations:
    - {key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: 300}
    - {key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 300}
"""
PATIENT = {"      affinity:\n": textwrap.indent(PATIENCE, "    ") + "      affinity:\n"}


def away(group):
    """Without the API server the primary lives on no promises yet, and writes end with its Lease; counted is from its
    return. The supervisors answer for the instances themselves; the Service has the cluster's own delay besides."""
    group.mark("the API server ends, for two minutes")
    group.cluster("stop", "kube-apiserver", "KILL")
    group.pause(120)
    group.cluster("start", "kube-apiserver")
    group.mark(f"the API server is back; no write for {group.gap():.2f} s of its absence")
    group.whole_again(AFTER_RETURN + ROUTING)
    by_service, at_instances = group.gap(), group.gap("longest_direct_gap_ms")
    group.say(f"longest gap since: {at_instances:.2f} s at the instances, {by_service:.2f} s through the Service")
    if by_service > AFTER_RETURN + ROUTING:
        group.fail(f"no write came through the Service for {by_service:.2f} s after the return")
    return at_instances


def lease_deleted(group):
    """A missing Lease ends nobody's authority; the holder writes itself into the one that is made anew."""
    before = group.primary()
    group.mark("the Lease is deleted, and made again after five seconds")
    group.kubectl("delete", "lease", "mssql-ag")
    group.pause(5)
    group.make_again("Lease")
    group.until(f"the Lease names {before}", lambda: group.get(
        "lease", "mssql-ag")["spec"].get("holderIdentity", "").startswith(f"{before}_"), 30)
    group.say(f"the Lease names {before} again")
    group.pause(15)
    gap = group.healed()
    if group.primary() != before:
        group.fail(f"{group.primary()} leads instead of {before}")
    return gap


def tokens_replaced(group):
    """As an administrator replaces the key that signs tokens: the kubelets write new ones, then the old ones are not
    believed any more. Whoever had not read the new one by then is told 401, and reads it."""
    before = group.primary()
    pods = [*group.members(), "e2e-client"]
    old = {pod: token(group, pod) for pod in pods}
    group.mark("tokens are signed with another key; the kubelets begin anew and ask for new ones")
    group.cluster("account-key", "new")
    for node in NODES:
        group.cluster("stop", f"{node}/kubelet")
        group.cluster("start", f"{node}/kubelet")
    group.until("every pod has a new token",
                lambda: all(token(group, pod) != old[pod] for pod in pods), 180)
    group.say("every pod has a new token")
    group.cluster("account-key", "retire")
    for pod in group.members():
        if believed(old[pod]) or not believed(token(group, pod)):
            group.fail(f"of {pod}'s tokens the new one should be believed alone")
    group.say("the old tokens are refused, the new ones are not")
    last = renewed(group)
    group.pause(20)
    if renewed(group) == last:
        group.fail("the Lease was not renewed with the new token")
    group.say(f"the Lease was renewed at {last} and at {renewed(group)}")
    gap = group.healed()
    if group.primary() != before:
        group.fail(f"{group.primary()} leads instead of {before}")
    return gap


def token(group, pod):
    return group.on_disk(pod, "projected", "cat token")


def renewed(group):
    return group.get("lease", "mssql-ag")["spec"]["renewTime"]
