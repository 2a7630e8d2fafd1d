"""A release of the chart, and what stays of a group when operator and release go."""


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
