"""What people ask of a group that an operator made: pause, fence, switchover, the failover Job (docs/requests.md)."""
import json

from slice import PLAN_OBJECTS, TOP, run
from witness import restricted

JOB = TOP / "manifests/samples/failover-job.yaml"
HELD = 20  # seconds of a pause: longer than L, so that the Lease of whoever is lost has run out


def paused_and_fenced(group):
    """While it is paused nobody takes over, and the resource says so; counted is from the end of each pause."""
    victim = group.primary()
    kill = group.aim(victim, "sqlservr", "KILL")
    annotate(group, "pause=anna: storage is being moved")
    told(group, "Paused", "by anna: storage is being moved")
    nobody_leads_after(group, victim, f"paused by annotation; SIGKILL to the engine of {victim}", kill)
    annotate(group, "pause-")
    killed = goes_on(group, "the annotation is taken away")

    victim = group.primary()
    group.kubectl("patch", "sqlag", "mssql-ag", "--type=merge", "-p", '{"spec": {"ha": {"pause": true}}}')
    told(group, "Paused", "by kubectl-patch")
    nobody_leads_after(group, victim, f"paused by spec.ha; {victim} is deleted",
                       lambda: group.kubectl("delete", "pod", victim, "--wait=false"))
    group.kubectl("patch", "sqlag", "mssql-ag", "--type=merge", "-p", '{"spec": {"ha": {"pause": false}}}')
    deleted = goes_on(group, "spec.ha.pause is false")
    return max(killed, deleted, fenced(group))


def nobody_leads_after(group, victim, words, action):
    group.mark(words)
    action()
    group.until("no pod is labelled primary", lambda: not group.labelled(), 30)
    before = promotions(group)
    group.pause(HELD)
    if found := group.labelled() or group.ask("state")["primaries"]:
        group.fail(f"{found} leads in a pause")
    if any(count > before.get(pod, 0) for pod, count in promotions(group).items()):
        group.fail("somebody was promoted in a pause")
    words = group.told_by(another(group, victim), "NoPrimary")
    if "paused" not in words:
        group.fail(f"a supervisor does not say that a pause is why nobody leads: {words}")
    group.say(f"{HELD} s later: {words}")
    told(group, "Paused", "nobody takes over")
    told(group, "Available", "False: NoPrimary")


def promotions(group):
    """How many promotions supervisors that run now have logged."""
    return {pod: promotions_of(group, pod) for pod in group.members() if group.address_of(pod)}


def promotions_of(group, pod):
    return group.kubectl("logs", pod, "-c", "mssql-ha-supervisor").count('"row":"promote"')


def goes_on(group, words):
    group.mark(words)
    gap = group.healed()
    group.until("nobody says Paused", lambda: not group.condition("Paused"), 30)
    return gap


def fenced(group):
    """It hands over, and does not take over while the fence stands."""
    victim = group.primary()
    group.mark(f"{victim} is fenced")
    annotate(group, f"fence={victim}")
    told(group, "PodFenced", victim)
    group.until("another one leads", lambda: group.labelled() not in (None, victim), 60)
    gap = group.healed()

    leader = group.primary()
    kill = group.aim(leader, "sqlservr", "KILL")
    group.mark(f"SIGKILL to the engine of {leader}")
    kill()
    group.pause(3)
    gap = max(gap, group.healed())
    if group.primary() in (leader, victim):
        group.fail(f"{group.primary()} leads; {leader} was killed, {victim} is fenced")
    annotate(group, "fence-")
    group.until("nobody says PodFenced", lambda: not group.condition("PodFenced"), 30)
    return gap


def switched_over(group):
    """By annotation, and by the Job of the preview's manifest."""
    return max(by_annotation(group), by_job(group))


def by_annotation(group):
    target = another(group, group.primary())
    group.mark(f"kubectl annotate sqlag mssql-ag ha.mssql/switchover={target}")
    annotate(group, f"switchover={target}")
    group.until(f"{target} leads", lambda: group.labelled() == target, 60)
    gap = group.healed()
    answer = group.until("the request is answered", lambda: group.get("sqlag", "mssql-ag")["status"]["requests"], 30)
    group.say(f"status.requests: {json.dumps(answer)}")
    if [one["outcome"] for one in answer] != ["Done"]:
        group.fail("the request is not Done")
    return gap


def by_job(group):
    target = another(group, group.primary())
    group.mark(f"the Job failover asks for {target}")
    code, lines = job(group, {"MSSQL_K8S_NEW_PRIMARY": target})
    if code or group.labelled() != target:
        group.fail(f"the Job ended with {code}, {group.labelled()} leads")
    gap = group.healed()
    if not lines[-1].startswith("done in "):
        group.fail(f"the Job's last line is: {lines[-1]}")

    group.mark("the Job asks for a replica that is not there, and for what may lose data")
    annotate(group, "pause=anna")
    told(group, "Paused", "by anna")
    code, lines = job(group, {"MSSQL_K8S_NEW_PRIMARY": "db-9", "FORCE_FAILOVER_ALLOW_DATA_LOSS": "true"})
    annotate(group, "pause-")
    wanted = ("'db-9' is no replica of this group", "A forced failover gives up data", "The group is paused")
    if code != 1 or [words for words in wanted if not any(words in line for line in lines)]:
        group.fail(f"the Job ended with {code}")
    group.healed()
    if group.primary() != target:
        group.fail(f"{group.primary()} leads after a refusal")
    return gap


def job(group, settings):
    """Runs the preview's Job, changed as its user changes it; returns its exit code and what it printed."""
    objects = [json.loads(line) for line in run(PLAN_OBJECTS, "--as-it-is", JOB).splitlines()]
    words = json.dumps({"apiVersion": "v1", "kind": "List", "items": [for_here(one, settings) for one in objects]})
    group.kubectl("delete", "job", "manual-failover", "--ignore-not-found", "--cascade=foreground")
    group.apply(words.replace("ag1", "mssql-ag").replace("mssql-ha:latest", group.product))
    pod = group.until("the Job's pod has ended", lambda: ended(group), 120)
    lines = group.kubectl("logs", pod["metadata"]["name"]).splitlines()
    for line in lines:
        group.say(f"  {line}")
    code = pod["status"]["containerStatuses"][0]["state"]["terminated"]["exitCode"]
    group.say(f"the Job's exit code is {code}")
    return code, lines


def for_here(one, settings):
    """The preview knew no pod security `restricted`."""
    if one["kind"] == "Job":
        pod = one["spec"]["template"]["spec"]
        pod["securityContext"] = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
        container = pod["containers"][0]
        container["securityContext"] = restricted()
        kept = [entry for entry in container["env"] if entry["name"] not in settings]
        container["env"] = kept + [{"name": name, "value": words} for name, words in settings.items()]
    return one


def ended(group):
    for pod in group.get("pods", "-l", "job-name=manual-failover")["items"]:
        if pod["status"]["phase"] in ("Succeeded", "Failed"):
            return pod
    return None


def another(group, leader):
    return next(pod for pod in group.members() if pod != leader)


def annotate(group, words):
    group.kubectl("annotate", "--overwrite", "sqlag", "mssql-ag", f"ha.mssql/{words}")


def told(group, name, words):
    """The resource's condition of that name, with these words in it."""
    found = group.until(f"the resource says {name}", lambda: group.condition(name), 30)
    group.say(f"{name}: {found}")
    if words not in found:
        group.fail(f"{name} does not say: {words}")
