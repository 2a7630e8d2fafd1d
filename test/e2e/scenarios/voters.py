"""Two synchronous replicas and an asynchronous one, as the sample has them: the Lease is their witness
(docs/two-replicas.md)."""
from . import orders

DRAINED = 5.0  # seconds
LOST = 17.0  # seconds: engines notice after ten that the other one's machine is gone
BACK = 60.0  # seconds from when its machine is up, as when everything lost power
HELD = 20  # longer than a Lease stands


def two_voters(group):
    """The primary's node is lost, then the secondary's is drained, then both are lost, one after the other."""
    both_are_named(group)
    gap = primary_lost(group)
    secondary_drained(group)
    last_one_waited_for(group)
    # The sample has it as no readable secondary, and both are to be read back.
    first = group.voters()[0]
    if group.primary() != first:
        orders.annotate(group, f"switchover={first}")
        group.until(f"{first} leads", lambda: group.labelled() == first, 60)
    group.whole_again()
    return gap


def primary_lost(group):
    """The other one takes over by itself and writes alone."""
    victim, heir = voters(group)
    node = group.node_of(victim)
    group.mark(f"{node}, where the primary {victim} is, loses power")
    group.cluster("crash", node)
    writes_alone(group, heir)
    group.cluster("boot", node)
    gap = group.healed(180)
    both_are_named(group)
    return gap


def secondary_drained(group):
    leader, victim = voters(group)
    node = group.node_of(victim)
    group.mark(f"{node}, where the secondary {victim} is, is drained")
    group.kubectl("drain", node, "--ignore-daemonsets", "--delete-emptydir-data", "--timeout=180s", limit=200)
    writes_alone(group, leader)
    group.kubectl("uncordon", node)
    within(group, group.healed(180), DRAINED)
    both_are_named(group)


def last_one_waited_for(group):
    """The secondary that lacks writes is there alone: nobody takes over, and what is waited for is said. Counted are the
    loss of the secondary, and the primary's return."""
    leader, victim = voters(group)
    node, node_of_leader = group.node_of(victim), group.node_of(leader)
    group.mark(f"{node}, where the secondary {victim} is, loses power")
    group.cluster("crash", node)
    writes_alone(group, leader)
    within(group, group.gap(), LOST)

    group.mark(f"{node_of_leader}, where the primary {leader} is, loses power; {node} comes back")
    group.cluster("crash", node_of_leader)
    group.cluster("boot", node)
    words = group.until(f"{victim} says whom it waits for",
                        lambda: group.told_by(victim, "LostPrimaryIsWaitedFor"), 120)
    group.say(f"LostPrimaryIsWaitedFor: {words}")
    says(group, "Available", f"False: PrimaryNotReady: {leader}")
    before = group.acknowledged(), orders.promotions_of(group, victim)
    group.pause(HELD)
    if (now := (group.acknowledged(), orders.promotions_of(group, victim))) != before:
        group.fail(f"writes and promotions were {before} and are {now}, and {victim} lacks writes")
    group.say(f"{HELD} s later nobody was promoted, and nothing is written")

    group.mark(f"{node_of_leader} comes back")
    group.cluster("boot", node_of_leader)
    group.until(f"{leader} leads", lambda: group.labelled() == leader, 120)
    within(group, group.healed(180), BACK)
    both_are_named(group)


def voters(group):
    """The primary and the other one."""
    leader = group.primary()
    return leader, next(pod for pod in group.voters() if pod != leader)


def writes_alone(group, leader):
    """The resource tells what that means."""
    group.until(f"the Lease names {leader} alone", lambda: named(group) == [leader], 60)
    group.writes_again()
    if group.primary() != leader:
        group.fail(f"{group.primary()} leads")
    says(group, "WritesUnprotected", f"{leader} takes writes alone")
    says(group, "LeaseIsWitness", f"It names {leader} alone")
    group.pause(10)
    group.writes_again()


def both_are_named(group):
    group.until("the Lease names both", lambda: sorted(named(group)) == group.voters(), 60)
    says(group, "LeaseIsWitness", "It names both")
    group.until("nobody says WritesUnprotected", lambda: not group.condition("WritesUnprotected"), 30)


def named(group):
    """Those that have every acknowledged write, by the Lease."""
    annotations = group.get("lease", "mssql-ag")["metadata"].get("annotations", {})
    return annotations.get("ha.mssql/synchronized", "").split(",")


def says(group, name, words):
    """Some seconds after it is so: a primary writes the group's state, and an operator the resource."""
    group.until(f"the resource says {name}: {words}", lambda: words in group.condition(name), 30)
    group.say(f"{name}: {group.condition(name)}")


def within(group, gap, limit):
    if gap > limit:
        group.fail(f"the longest gap is {gap:.2f} s, allowed is {limit} s")
