"""The preview's instances form a group one after another, under the client, and one leaves it."""
import json

from checks import settled

STEPS = ("Scaling", "Rolling")


def one_after_another(group):
    """One alone, a second, a third; all three changed at once, and rolled one at a time; the primary's deleted. The limit is
    that of each step."""
    gaps = [applied(group, "mssql2"), applied(group, "mssql3"), rolled(group), deleted(group)]
    return max(gaps)


def applied(group, name):
    group.mark(f"{name} is applied; {group.primary()} leads")
    group.add(name)
    return settled(group, len(group.instances), STEPS)


def rolled(group):
    before = uids(group)
    group.mark(f"all {len(before)} are changed at once; {group.primary()} leads")
    patch = json.dumps({"spec": {"sqlServerContainer": {"env": [{"name": "TZ", "value": "Europe/Berlin"}]}}})
    for name in group.instances:
        group.kubectl("patch", "sqlserver", name, "--type=merge", "-p", patch)
    group.until("every pod is another", lambda: all(before[pod] != uid for pod, uid in uids(group).items()), 240)
    return settled(group, len(group.instances), STEPS)


def deleted(group):
    leader = group.primary()
    group.mark(f"{leader.removesuffix('-0')} is deleted, which leads")
    group.remove(leader.removesuffix("-0"))
    group.until(f"{leader} is gone", lambda: leader not in uids(group, every=True), 120)
    return settled(group, len(group.instances), STEPS)


def uids(group, every=False):
    """Of our pods; of every pod there is, so that one that is gone is missed."""
    found = {one["metadata"]["name"]: one["metadata"]["uid"] for one in group.get("pods")["items"]}
    return found if every else {pod: found.get(pod) for pod in group.members()}
