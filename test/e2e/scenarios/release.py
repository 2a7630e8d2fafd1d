"""A release of the chart, and what stays of a group when operator and release go."""
import time

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
    group.pause(5)
    group.whole_again()
    group.kubectl("get", "sqlag", "mssql-ag")
    group.say("the resource is still there, and writes are acknowledged")


def deleted_and_applied_again(group):
    """Volumes are kept, and what is on them is believed: nobody makes a group where there is one. Counted is from the
    second application."""
    before = group.group_id()
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
