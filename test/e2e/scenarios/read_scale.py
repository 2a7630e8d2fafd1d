"""A group with clusterType NONE, which an operator made: writes wait for its one primary, and nobody takes its place."""
import json

from . import rolls


def rolled_and_killed(group):
    """The limit is that of each step: what a restart of the primary's pod, or of its engine, takes."""
    leader = rolls.rolled(group)
    gaps = [stays(group, leader)]

    kill = group.aim(leader, "sqlservr", "KILL")
    group.mark(f"SIGKILL to the engine of {leader}")
    kill()
    group.until("its engine is started again", lambda: group.restarts(leader) == 1, 60)
    gaps.append(stays(group, leader))

    target = next(pod for pod in group.members() if pod != leader)
    group.mark(f"kubectl annotate sqlag mssql-ag ha.mssql/switchover={target}")
    group.kubectl("annotate", "sqlag", "mssql-ag", "--overwrite", f"ha.mssql/switchover={target}")
    answers = group.until("the request is answered", lambda: group.get("sqlag", "mssql-ag")["status"].get("requests"), 30)
    group.say(f"status.requests: {json.dumps(answers)}")
    if answers[-1]["outcome"] != "Refused" or "cluster type is NONE" not in answers[-1]["message"]:
        group.fail("it was to be refused, because the cluster type is NONE")
    gaps.append(stays(group, leader))
    if holder := group.get("lease", "mssql-ag")["spec"].get("holderIdentity"):
        group.fail(f"{holder} holds the Lease, which nobody is to read")
    return max(gaps)


def stays(group, leader):
    gap = group.healed()
    if group.primary() != leader:
        group.fail(f"{leader} led, and {group.primary()} leads now")
    return gap
