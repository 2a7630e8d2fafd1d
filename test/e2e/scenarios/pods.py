"""Pods are deleted, one or all."""


def deleted(group):
    victim = group.primary()
    group.mark(f"{victim} is deleted")
    group.kubectl("delete", "pod", victim, "--wait=false")
    group.pause(5)
    return group.healed()


def force_deleted(group):
    victim = group.primary()
    group.mark(f"{victim} is deleted by force")
    group.kubectl("delete", "pod", victim, "--force", "--grace-period=0", "--wait=false")
    group.pause(5)
    return group.healed()


def all_deleted(group):
    group.mark("all three pods are deleted")
    group.kubectl("delete", "pods", "-l", "app=mssql-ag", "--wait=false")
    group.pause(5)
    return group.healed(180)


def rolling_restart(group):
    before = {pod: group.get("pod", pod)["metadata"]["uid"] for pod in group.members()}
    group.mark("the StatefulSet restarts its pods one by one")
    group.kubectl("rollout", "restart", "statefulset/mssql-ag")
    for pod in reversed(group.members()):
        group.until(f"{pod} is back", lambda: group.is_back(pod, before[pod]), 120)
        group.say(f"{pod} is back, {group.primary()} leads, longest gap until now {group.gap():.2f} s")
    return group.healed()
