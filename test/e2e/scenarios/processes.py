"""Processes of the primary's pod end or hang."""


def nothing(group):
    group.mark("nothing happens for five seconds")
    group.pause(5)
    return group.healed()


def engine_killed(group):
    victim = group.primary()
    kill = group.aim(victim, "sqlservr", "KILL")
    group.mark(f"SIGKILL to the engine of {victim}")
    kill()
    group.pause(3)
    return group.healed()


def engine_frozen(group):
    """The detection limit is ten seconds; the supervisor ends it two seconds later."""
    victim = group.primary()
    stop = group.aim(victim, "sqlservr", "STOP")
    group.mark(f"SIGSTOP to the engine of {victim}")
    stop()
    group.pause(20)
    return group.healed()


def secondary_frozen(group):
    """Its supervisor ends it, half a minute later: no probe does that as quickly."""
    victim = next(pod for pod in group.members() if pod != group.primary())
    stop = group.aim(victim, "sqlservr", "STOP")
    group.mark(f"SIGSTOP to the engine of {victim}, a secondary")
    stop()
    group.until("the engine's container was restarted", lambda: group.restarts(victim), 60)
    group.say(f"the engine of {victim} was restarted")
    return group.healed()


def failover_by_hand(group):
    """Of a secondary, by somebody with a prompt: one primary is left, and the other one follows (rule 32)."""
    victim = next(pod for pod in group.members() if pod != group.primary())
    group.mark(f"FAILOVER is typed at {victim}")
    group.type(victim, "EXEC sp_set_session_context @key = N'external_cluster', @value = N'yes'; "
                       "ALTER AVAILABILITY GROUP [AG1] FAILOVER")
    group.pause(5)
    gap = group.healed()
    log = group.kubectl("logs", victim, "-c", "mssql-ha-supervisor")
    if missing := [row for row in ("mark_strange_primary", "clear_strange") if row not in log]:
        group.fail(f"{victim} did not {' and '.join(missing)}")
    return gap


def supervisor_killed(group):
    """It starts again beside its engine: nobody else leads afterwards."""
    victim = group.primary()
    kill = group.aim(victim, "mssql-ha-supervisor", "KILL")
    group.mark(f"SIGKILL to the supervisor of {victim}")
    kill()
    group.pause(20)
    gap = group.healed()
    if group.primary() != victim:
        group.fail(f"{group.primary()} leads instead of {victim}")
    return gap
