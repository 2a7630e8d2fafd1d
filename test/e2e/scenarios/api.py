"""The API server is away, or the Lease is."""

AFTER_RETURN = 8.0
# After an outage the cluster's own clients ask again up to a minute later (client-go's reflectors: 0.8 s, doubled up to
# 30 s, and of that once to twice), and may be told then that their watch is too old, which is another such wait.
# kube-controller-manager watches pods in order to write EndpointSlices, kube-proxy watches those: for so long a
# Service may lead to where the primary was. Nothing of it can be set.
ROUTING = 120


def away(group):
    """Without the API server the primary lives on no promises yet, and writes end with its Lease; counted is from its
    return. The supervisors answer for the instances themselves; the Service has the cluster's own delay besides."""
    group.mark("the API server ends, for two minutes")
    group.cluster("stop", "kube-apiserver", "KILL")
    group.pause(120)
    group.cluster("start", "kube-apiserver")
    group.mark(f"the API server is back; longest gap until now {group.gap():.2f} s")
    by_service = group.healed(AFTER_RETURN + ROUTING)
    if by_service > AFTER_RETURN + ROUTING:
        group.fail(f"no write came through the Service for {by_service:.2f} s after the return")
    return group.gap("longest_direct_gap_ms")


def lease_deleted(group):
    """A missing Lease ends nobody's authority; the holder writes itself into the one that is made anew."""
    before = group.primary()
    group.mark("the Lease is deleted, and made again after five seconds")
    group.kubectl("delete", "lease", "mssql-ag")
    group.pause(5)
    group.make_again("Lease")
    group.pause(15)
    gap = group.healed()
    if group.primary() != before:
        group.fail(f"{group.primary()} leads instead of {before}")
    return gap
