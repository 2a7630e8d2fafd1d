"""A release of the chart, and what stays of a group when operator and release go."""
import json
import time

from . import orders

DELETION = 60.0


def installed_by_helm(group):
    """The operator takes no part in a failover, and a group goes on without the release."""
    group.until("the resource is Ready", lambda: group.condition("Ready").startswith("True"), 60)
    group.say(f"Ready: {group.condition('Ready')}")
    gap = without_operator(group)
    tested(group)
    uninstalled(group)
    return gap


def without_operator(group):
    group.of_operators("scale", "deployment/mssql-ha", "--replicas=0")
    group.until("no operator is there", lambda: not group.of_operators("get", "pods", "-o", "name").strip(), 60)
    victim = group.primary()
    kill = group.aim(victim, "sqlservr", "KILL")
    group.mark(f"no operator; SIGKILL to the engine of {victim}")
    kill()
    group.pause(3)
    gap = group.healed()
    if group.primary() == victim:
        group.fail(f"{victim} still leads")
    return gap


def tested(group):
    group.of_operators("scale", "deployment/mssql-ha", "--replicas=2")
    group.of_operators("rollout", "status", "deployment/mssql-ha", "--timeout=60s")
    said = group.helm("test", "mssql-ha")
    phases = [line.split()[-1] for line in said.splitlines() if line.startswith("Phase:")]
    if phases != ["Succeeded"] * len(phases) or not phases:
        group.fail(said)
    group.say("helm test: Succeeded")
    leader = group.primary()
    group.until("the resource names the new primary", lambda: group.get(
        "sqlag", "mssql-ag")["status"].get("primaryReplica") == leader, 30)


def uninstalled(group):
    """The definitions stay, and with them the resource; what goes on by itself, goes on."""
    group.helm("uninstall", "mssql-ha", "--wait")
    group.mark("the release is uninstalled")
    group.until("the operators' Lease went with its holder", lambda: not group.of_operators(
        "get", "leases", "-o", "name").strip(), 10)
    group.pause(5)
    group.whole_again()
    group.kubectl("get", "sqlag", "mssql-ag")
    group.say("the resource is still there, and writes are acknowledged")


def deleted_and_applied_again(group):
    """Volumes are kept, and what is on them is believed: nobody makes a group where there is one. Counted is from the
    second application."""
    before = group.group_id()
    kept = volumes(group)
    group.mark("the resource is deleted")
    began = time.monotonic()
    group.kubectl("delete", "sqlag", "mssql-ag", f"--timeout={DELETION:.0f}s")
    group.until("nothing is left but volumes", lambda: all(
        one.startswith("persistentvolumeclaim/") for one in group.objects_left()), DELETION)
    took = time.monotonic() - began
    left = group.objects_left()
    group.say(f"gone after {took:.1f} s; left: {' '.join(left)}")
    if took > DELETION or len(left) != 3:
        group.fail(f"deletion took {took:.1f} s, allowed are {DELETION}; left: {left}")
    if volumes(group) != kept or policies(group, kept) != ["Bound Retain"] * 3:
        group.fail(f"volumes were {kept} and are {volumes(group)}: {policies(group, kept)}")
    group.say("their volumes are Bound, and Retain")

    group.mark("the same resource is applied again")
    group.apply_group()
    gap = group.healed(180)
    if group.group_id() != before:
        group.fail(f"the group was {before} and is {group.group_id()}")
    for pod in group.members():
        if "create_group" in group.kubectl("logs", pod, "-c", "mssql-ha-supervisor"):
            group.fail(f"{pod} made a group")
    group.say(f"the same group, {before}; nobody made one")
    return gap


def deleted_with_its_volumes(group):
    """After the judgement: nothing can be read back any more."""
    names = volumes(group)
    group.say("storage.reclaimPolicy is to be Delete")
    group.kubectl("patch", "sqlag", "mssql-ag", "--type=merge", "-p", '{"spec": {"storage": {"reclaimPolicy": "Delete"}}}')
    group.until("claims and volumes are to go", lambda: policies(group, names) == ["Bound Delete"] * 3 and group.get(
        "statefulset", "mssql-ag")["spec"]["persistentVolumeClaimRetentionPolicy"]["whenDeleted"] == "Delete", 30)
    began = time.monotonic()
    group.kubectl("delete", "sqlag", "mssql-ag", f"--timeout={DELETION:.0f}s")
    group.until("nothing is left", lambda: not group.objects_left() and not policies(group, names), DELETION)
    group.say(f"gone after {time.monotonic() - began:.1f} s, and with it {' '.join(sorted(names.values()))}")


def volumes(group):
    """Claim by claim: the volume's name."""
    return {one["metadata"]["name"]: one["spec"]["volumeName"] for one in group.get("pvc")["items"]}


def policies(group, names):
    """What is there of these volumes, each as "Bound Retain"."""
    found = group.get("pv")["items"]
    return [f"{one['status']['phase']} {one['spec']['persistentVolumeReclaimPolicy']}" for one in found
            if one["metadata"]["name"] in names.values()]


def upgraded(group):
    """From an earlier commit's chart to this one's, back, and up again; then the supervisors', which are asked for."""
    chart, product = group.now
    gaps = [another_release(group, "upgrade", lambda: group.release("upgrade", chart, product)),
            another_release(group, "rollback", lambda: group.helm("rollback", "mssql-ha", "--wait")),
            another_release(group, "upgrade", lambda: group.release("upgrade", chart, product))]
    if supervisors(group) != {group.product}:
        group.fail(f"supervisors' images are {supervisors(group)}")

    group.mark(f"spec.ha.supervisorImage: {product}")
    group.kubectl("patch", "sqlag", "mssql-ag", "--type=merge", "-p",
                  f'{{"spec": {{"ha": {{"supervisorImage": "{product}"}}}}}}')
    group.until("all supervisors are new", lambda: supervisors(group) == {product}, 180)
    return max(*gaps, group.healed(180))


def another_release(group, verb, action):
    """Engines and supervisors go on as they are, and the operator that comes works: it passes a pause on, and its end."""
    before = containers(group)
    group.mark(f"helm {verb}")
    action()
    version = json.loads(group.helm("list", "-o", "json"))[0]["app_version"]
    group.until(f"operators say {version}", lambda: versions(group) == {version}, 60)
    group.say(f"operators are {version}")
    orders.annotate(group, f"pause=operator {version}")
    orders.told(group, "Paused", f"by operator {version}")
    orders.annotate(group, "pause-")
    group.until("nobody says Paused", lambda: not group.condition("Paused"), 30)
    gap = group.healed()
    if containers(group) != before:
        group.fail(f"containers were {before} and are {containers(group)}")
    return gap


def versions(group):
    pods = group.of_operators("get", "pods", "-o", "name").split()
    logs = "".join(group.of_operators("logs", pod) for pod in pods)
    return {line["version"] for line in map(json.loads, logs.splitlines()) if line["event"] == "process_started"}


def containers(group):
    """Pod by pod: which one it is, and of its containers how often they were started."""
    return {pod: (seen["metadata"]["uid"], [(one["name"], one["restartCount"], one["image"]) for one in statuses(seen)])
            for pod in group.members() for seen in [group.get("pod", pod)]}


def supervisors(group):
    return {one["image"] for pod in group.members() for one in statuses(group.get("pod", pod))
            if one["name"] == "mssql-ha-supervisor"}


def statuses(pod):
    return pod["status"]["initContainerStatuses"] + pod["status"]["containerStatuses"]
