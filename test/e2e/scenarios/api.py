"""The API server is away."""


def away(group):
    """A gap is allowed until the primary can live on promises: until eight seconds after the return."""
    group.mark("the API server ends, for two minutes")
    group.cluster("stop", "kube-apiserver", "KILL")
    group.pause(120)
    group.cluster("start", "kube-apiserver")
    return group.healed()
