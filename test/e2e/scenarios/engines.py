"""The engine of one replica does not start, or takes very long to."""

LOG = "data/master.log"
# /livez fails for seven minutes before the kubelet ends an engine. Here it is ten seconds, so that 86 s of recovery are
# to it what an hour is to those seven minutes.
HASTY_LIVENESS = {"""\
            periodSeconds: 10
            timeoutSeconds: 5
            failureThreshold: 42
""": """\
            periodSeconds: 1
            timeoutSeconds: 5
            failureThreshold: 10
"""}
RECOVERY = 90


def primary_crash_loops(group):
    return crash_loops(group, group.primary())


def secondary_crash_loops(group):
    return crash_loops(group, next(pod for pod in group.members() if pod != group.primary()))


def crash_loops(group, victim):
    """The others go on, say what is wrong, and take it back once its engine starts."""
    kill = group.aim(victim, "sqlservr", "KILL")
    group.on_disk(victim, "local-volume", f"chmod 0 {LOG}")
    group.mark(f"the engine of {victim} is killed, and may not read its log when it starts")
    kill()
    group.until("the kubelet waits longer and longer between starts",
                lambda: group.restarts(victim) >= 3 and group.backs_off(victim), 120)
    group.say(f"started {group.restarts(victim)} times in vain, CrashLoopBackOff")
    group.writes_again()
    group.until("its own supervisor says that its engine does not run",
                lambda: "does not run" in group.told_by(victim, "EngineDown"), 30)
    group.until("the group says whose engine is down",
                lambda: victim in group.told_by_group("EngineDown"), 30)
    group.say(f"the group's state: {group.told_by_group('EngineDown')}")
    group.on_disk(victim, "local-volume", f"chmod 600 {LOG}")
    group.say("its log may be read again; the kubelet's next start is up to 80 s away")
    gap = group.healed(180)
    group.until("nobody says that an engine is down",
                lambda: not group.told_by_group("EngineDown"), 30)
    return gap


def long_recovery(group):
    """No probe ends an engine that has not answered yet, however long it takes."""
    victim = group.primary()
    kill = group.aim(victim, "sqlservr", "KILL")
    group.on_disk(victim, "local-volume",
                  f"printf '[double]\\nrecoveryseconds = {RECOVERY}\\n' >double.conf")
    group.mark(f"the engine of {victim} is killed; its recovery takes {RECOVERY} s, nine times what /livez may fail")
    kill()
    group.until("its supervisor says that it recovers",
                lambda: "recovers" in group.told_by(victim, "EngineDown"), 30)
    group.writes_again()
    group.until("the engine has recovered", lambda: not group.told_by(victim, "EngineDown"),
                RECOVERY + 30)
    group.say(f"the engine of {victim} answers")
    gap = group.healed()
    if group.restarts(victim) != 1:
        group.fail(f"the engine was started {group.restarts(victim)} times instead of once")
    supervisor = group.get("pod", victim)["status"]["initContainerStatuses"][0]
    if supervisor["restartCount"]:
        group.fail("the supervisor was started again")
    return gap
