"""The list of replicas of a group that an operator made grows and shrinks under the client."""
import json

from checks import is_settled, settled

STEPS = ("Scaling",)


def scaled(group):
    """Three, five, three; a primary that is to go; two, and three again on the volume that was kept; four, and three
    again without the fourth's volume. The limit is that of each step."""
    gaps = [resized(group, 5), resized(group, 3), refused(group), led_by_the_last(group)]
    claim = group.get("pvc", "mssql-data-mssql-ag-2")["metadata"]["uid"]
    gaps += [resized(group, 2), resized(group, 3)]
    if group.get("pvc", "mssql-data-mssql-ag-2")["metadata"]["uid"] != claim:
        group.fail("the volume of mssql-ag-2 was not kept")
    gaps += let_go_of_volume(group)
    for event in group.get("events")["items"]:
        if event.get("reason") in ("Scaling", "Scaled", "ScalingStopped", "ChangeRefused"):
            group.say(f"{event['reason']}: {event.get('note') or event.get('message')}")
    group.healed()
    return max(gaps)


def let_go_of_volume(group):
    patch = '{"spec": {"storage": {"whenScaled": "Delete"}}}'
    group.kubectl("patch", "sqlag", "mssql-ag", "--type=merge", "-p", patch)
    gaps = [resized(group, 4)]
    before = {one["metadata"]["name"]: one["spec"]["volumeName"] for one in group.get("pvc")["items"]}
    left = before.pop("mssql-data-mssql-ag-3")
    gaps.append(resized(group, 3))
    group.until("the claim of mssql-ag-3 and its volume are gone", lambda: is_gone(group, left), 60)
    after = {one["metadata"]["name"]: one["spec"]["volumeName"] for one in group.get("pvc")["items"]}
    kept = {name: after.get(name) for name in before}
    # The fifth of the first step left its own, too, which nobody had asked to let go of then.
    if kept != before:
        group.fail(f"volumes were {before} and are {after}")
    group.say(f"whenScaled: Delete: {left} of mssql-ag-3 is gone, kept are {' '.join(sorted(kept))}")
    return gaps


def is_gone(group, volume):
    claims = [one["metadata"]["name"] for one in group.get("pvc")["items"]]
    volumes = [one["metadata"]["name"] for one in group.get("pv")["items"]]
    return "mssql-data-mssql-ag-3" not in claims and volume not in volumes


def listed(group):
    return group.get("sqlag", "mssql-ag")["spec"]["replicas"]


def write(group, replicas):
    patch = json.dumps({"spec": {"replicas": replicas}})
    group.kubectl("patch", "sqlag", "mssql-ag", "--type=merge", "-p", patch)


def resized(group, count):
    """As a person would: the last entries off, or the last one once more by another name."""
    replicas = listed(group)[:count]
    while len(replicas) < count:
        replicas.append({**replicas[-1], "name": f"secondary-{len(replicas)}"})
    group.mark(f"spec.replicas is to have {count}; {group.primary()} leads")
    write(group, replicas)
    return settled(group, count, STEPS)


def refused(group):
    """The second of three is taken off, and put back when it was refused."""
    before = listed(group)
    group.mark("the second replica is taken off the list")
    write(group, [before[0], before[2]])
    group.until("it is refused", lambda: "only its end can change" in group.condition("ChangeRefused"), 30)
    group.say(group.condition("ChangeRefused"))
    write(group, before)
    group.until("nothing is refused", lambda: not group.condition("ChangeRefused"), 30)
    if not is_settled(group, 3, STEPS):
        group.fail("the refused list changed the group")
    return group.gap()


def led_by_the_last(group):
    group.mark("mssql-ag-2 is to lead")
    group.kubectl("annotate", "sqlag", "mssql-ag", "--overwrite", "ha.mssql/switchover=mssql-ag-2")
    group.until("mssql-ag-2 leads", lambda: group.ask("state")["primaries"] == ["mssql-ag-2"], 60)
    group.until("all are in step", lambda: is_settled(group, 3, STEPS), 60)
    return group.gap()
