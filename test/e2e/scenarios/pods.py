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
    group.mark("the StatefulSet restarts its pods one by one")
    group.kubectl("rollout", "restart", "statefulset/mssql-ag")
    group.kubectl("rollout", "status", "statefulset/mssql-ag", "--timeout=300s", limit=320)
    return group.healed()
