"""The engine of the primary ends or hangs."""


def killed(group):
    victim = group.primary()
    group.mark(f"SIGKILL to the engine of {victim}")
    group.signal_engine(victim, "KILL")
    return group.healed()
