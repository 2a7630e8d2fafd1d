#!/usr/bin/env python3
"""What the operator sends to a real kube-apiserver while nothing changes, by that server's own audit log.

quiet.py OPERATOR MINUTES

There is a resource of each kind; their objects are made, and a supervisor renews its group's Lease, as one does all the
time. From then on there may be nothing of the operator's in the log but watches and renewals of its own Lease.
"""
import collections
import json
import pathlib
import sys
import time

import on_kube

TOP = on_kube.TOP
LEASE = "/apis/coordination.k8s.io/v1/namespaces/default/leases/mssql-ag"
SQL, PREVIEW = ("/apis/sql.mssql.microsoft.com/v1alpha1/namespaces/default/",
                "/apis/mssql.microsoft.com/v1/namespaces/default/")
KINDS = {"SQLServerAvailabilityGroup": SQL + "sqlserveravailabilitygroups",
         "SQLServerInstance": SQL + "sqlserverinstances", "SqlServer": PREVIEW + "sqlservers"}
RENEWAL = "update leases/mssql-operator"


def make_resources(server):
    made = []
    for file in ("ag-sample", "instance", "preview"):
        for text in (TOP / f"manifests/samples/{file}.yaml").read_text().split("\n---\n"):
            fields = dict(line.strip().split(": ", 1) for line in text.splitlines() if ": " in line)
            if path := KINDS.get(fields.get("kind")):
                name = text.split("\n  name: ", 1)[1].split("\n", 1)[0]
                server.apply(f"{path}/{name}", text)
                made.append(f"{path}/{name}")
    return made


def asked(server):
    """How often the operator asked for what, as "verb resource/name"; a watch is one when it ends as when it begins."""
    found = collections.Counter()
    for line in pathlib.Path(server.audit).read_text().splitlines():
        one = json.loads(line)
        what = one.get("objectRef", {})
        found[f"{one['verb']} {what.get('resource', one['requestURI'])}/{what.get('name', '')}"] += 1
    return found


def others(server):
    return {what: times for what, times in asked(server).items() if what != RENEWAL and not what.startswith("watch ")}


def renew(server):
    """As a supervisor does. Only the time changes."""
    now = time.time()
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + f".{int(now % 1 * 1e6):06}Z"
    server.ask("PATCH", LEASE, {"spec": {"holderIdentity": "mssql-ag-0_uid", "leaseDurationSeconds": 15,
                                         "renewTime": stamp}}, "application/merge-patch+json")


def stay_quiet(server, seconds):
    """What was asked for in that time."""
    before, end = asked(server), time.monotonic() + seconds
    while time.monotonic() < end:
        renew(server)
        time.sleep(3)
    return asked(server) - before


def main(operator, minutes):
    with on_kube.operated(operator, ("warning", "error")) as server:
        resources = make_resources(server)
        on_kube.wait("each has a status", lambda: all("status" in server.ask("GET", one) for one in resources))
        renew(server)
        known = {}

        def settled():
            before = dict(known)
            known.clear()
            known.update(others(server))
            time.sleep(5)
            return known == before
        on_kube.wait("the operator has nothing left to do", settled, 120)
        print(f"made {len(resources)} resources, with {sum(known.values())} requests that were no watches")
        found = stay_quiet(server, float(minutes) * 60)
    for what, times in sorted(found.items()):
        print(f"{times:6} {what}")
    loud = [what for what in found if what != RENEWAL and not what.startswith("watch ")]
    if loud or not found[RENEWAL]:
        sys.exit(f"quiet: {loud or 'it did not renew its Lease'}")
    print(f"quiet: {minutes} minutes, nothing but watches and {found[RENEWAL]} renewals of its own Lease")


if __name__ == "__main__":
    main(*sys.argv[1:])
