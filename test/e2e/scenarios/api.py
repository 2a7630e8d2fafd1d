"""The API server is away, or the Lease is."""


def away(group):
    """A gap is allowed until the primary can live on promises: until eight seconds after the return."""
    group.mark("the API server ends, for two minutes")
    group.cluster("stop", "kube-apiserver", "KILL")
    group.pause(120)
    group.cluster("start", "kube-apiserver")
    return group.healed()


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
