"""Databases that spec.databases names come into a running group, under the client."""
import json

from .quick_start import STATES, rows, typed

BACKUP = "BACKUP DATABASE [ledger] TO DISK = N'/var/opt/mssql/data/ledger.bak' WITH INIT, FORMAT;"


def named_and_added(group):
    """Named before it is there, made, backed up: each time the status says what is to be done next, and nobody types
    ADD DATABASE. Then the primary's engine is lost, and the database goes with the group."""
    leader = group.primary()
    group.mark(f"spec.databases names ledger, which nobody has made; {leader} leads")
    patch = json.dumps({"spec": {"databases": ["ledger"]}})
    group.kubectl("patch", "sqlag", "mssql-ag", "--type=merge", "-p", patch)
    told(group, "Refused", "none is made")
    group.say(f"DatabaseWaits: {group.condition('DatabaseWaits')}")

    typed(group, leader, "-No", "-b", "-Q", "CREATE DATABASE [ledger];")
    told(group, "Refused", "no full backup")
    typed(group, leader, "-No", "-b", "-Q", BACKUP)
    told(group, "InGroup", "")
    healthy = lambda: rows(group, leader, STATES, "ledger").count("SYNCHRONIZED,HEALTHY") == 3
    group.until("ledger is synchronized at all three", healthy, 60)
    group.until("nothing waits", lambda: not group.condition("DatabaseWaits"), 30)
    gap = group.gap()

    typed(group, leader, "-No", "-b", "-d", "ledger", "-Q",
          "CREATE TABLE entries (amount int); INSERT INTO entries VALUES (4711);")
    kill = group.aim(leader, "sqlservr", "KILL")
    group.mark(f"SIGKILL to the engine of {leader}")
    kill()
    gap = max(gap, group.healed())
    heir = group.primary()
    if heir == leader:
        group.fail(f"{leader} was lost and leads again")
    question = "SET NOCOUNT ON; SELECT amount FROM entries;"
    found = typed(group, heir, "-No", "-h-1", "-W", "-d", "ledger", "-Q", question).strip()
    group.say(f"ledger at {heir}: {found}")
    if found != "4711":
        group.fail("what was written to ledger is not there")
    told(group, "InGroup", "")
    return gap


def told(group, state, words):
    """Waits until the status says so of ledger, and prints what it says."""
    def entry():
        listed = group.get("sqlag", "mssql-ag")["status"].get("databases", [])
        found = [one for one in listed if one["name"] == "ledger"]
        return found[0] if found and found[0]["state"] == state and words in found[0].get("message", "") else None

    said = group.until(f"status.databases says {state} {words}", entry, 60)
    group.say(f"status.databases: {json.dumps(said)}")
