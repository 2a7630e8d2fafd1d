"""The pods of a group that an operator made are replaced because something else is asked for."""
CHANGE = '{"spec": {"mssqlConf": {"memory.memorylimitmb": "1536"}}}'


def rolled_by_role(group):
    """Secondaries first, then the primary hands over, then its pod; the limit is that of each step."""
    leader = rolled(group)
    gap = group.healed()
    if group.primary() == leader:
        group.fail(f"{leader} leads again: more was handed over than the roll needed")
    return gap


def rolled(group):
    """Returns who led before, whose pod must be the last."""
    leader = group.primary()
    left = {pod: group.get("pod", pod)["metadata"]["uid"] for pod in group.members()}
    order = []
    group.mark(f"spec.mssqlConf is changed; {leader} leads")
    group.kubectl("patch", "sqlag", "mssql-ag", "--type=merge", "-p", CHANGE)
    while left:
        back = group.until("a pod is replaced", lambda: next(
            (pod for pod, uid in left.items() if group.is_back(pod, uid)), None), 180)
        del left[back]
        order.append(back)
        group.say(f"{back} is back, {group.labelled()} leads, longest gap until now {group.gap():.2f} s; "
                  f"{group.condition('Rolling')}")
    if order[-1] != leader:
        group.fail(f"{leader} led, and the order was {' '.join(order)}")
    group.until("the resource says no more of a roll", lambda: not group.condition("Rolling"), 60)
    for event in group.get("events")["items"]:
        if event.get("reason") in ("Rolling", "Rolled", "RollStopped"):
            group.say(f"{event['reason']}: {event.get('note') or event.get('message')}")
    return leader
