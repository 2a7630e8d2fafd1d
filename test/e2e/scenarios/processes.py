"""Processes of the primary's pod end or hang."""
import time


def nothing(group):
    group.mark("nothing happens for five seconds")
    time.sleep(5)
    return group.healed()


def engine_killed(group):
    victim = group.primary()
    group.mark(f"SIGKILL to the engine of {victim}")
    group.signal(victim, "sqlservr", "KILL")
    return group.healed()


def engine_frozen(group):
    victim = group.primary()
    group.mark(f"SIGSTOP to the engine of {victim}")
    group.signal(victim, "sqlservr", "STOP")
    return group.healed()


def supervisor_killed(group):
    """It starts again beside its engine: nobody else leads afterwards."""
    victim = group.primary()
    group.mark(f"SIGKILL to the supervisor of {victim}")
    group.signal(victim, "mssql-ha-supervisor", "KILL")
    time.sleep(20)
    gap = group.healed()
    if group.primary() != victim:
        group.fail(f"{group.primary()} leads instead of {victim}")
    return gap
