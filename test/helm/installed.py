#!/usr/bin/env python3
"""The chart installed on a real API server: installed.py OPERATOR. Definitions from elsewhere are taken over by the command
that is printed; they outlive the release and are upgraded with it; the operator works with the release's rights in the
whole cluster and in one namespace; `helm test` finds what it must, and finds it missing."""
import shutil
import subprocess
import sys

from desk import CHART, IMAGE, TESTS, TOP, Wrong, desk, run, until

SAMPLE = (TOP / "manifests/samples/ag-sample.yaml").read_text()
DEFINITION = "sqlserveravailabilitygroups.sql.mssql.microsoft.com"


def definitions_from_elsewhere(at):
    """A group that is there already stays through all that follows."""
    at.kubectl("create", "namespace", "ops")
    at.kubectl("apply", "-f", CHART / "files/crds")
    at.kubectl("wait", "--for=condition=Established", f"crd/{DEFINITION}")
    at.kubectl("apply", "-f", "-", given=SAMPLE)
    said = at.helm("install", "mssql-ha", CHART, "-n", "ops", *IMAGE, fails=True)
    print(said)
    command = said.partition("as they are: ")[2].partition(". To leave")[0]
    if not command.startswith("kubectl annotate"):
        raise Wrong(f"no command to take the definitions over:\n{said}")
    run("bash", "-ec", command, **at.shell)
    said = at.helm("install", "mssql-ha", CHART, "-n", "ops", *IMAGE)
    print(said)
    if "helm test mssql-ha" not in said or "Without the pod policy" in said:
        raise Wrong("NOTES do not say what is next, or miss a policy that is there")
    said = at.helm("upgrade", "mssql-ha", CHART, "-n", "ops", *IMAGE, "--dry-run", "--set", "podPolicy.install=false")
    if "Without the pod policy (podPolicy.install is false) a supervisor's token may patch" not in said:
        raise Wrong(f"NOTES do not say what a missing policy costs:\n{said}")


def outlived_and_upgraded(at):
    at.helm("uninstall", "mssql-ha", "-n", "ops")
    at.kubectl("get", "sqlag", "mssql-ag")
    if left := at.kubectl("get", "all,roles,serviceaccounts", "-n", "ops", "-l", "app.kubernetes.io/instance=mssql-ha",
                          "-o", "name").strip():
        raise Wrong(f"uninstall leaves {left}")
    said = at.helm("install", "another", CHART, "-n", "ops", *IMAGE, fails=True)
    if "meta.helm.sh/release-name=another" not in said:
        raise Wrong(said)
    at.helm("install", "mssql-ha", CHART, "-n", "ops", *IMAGE)
    newer = at.folder / "newer"
    shutil.copytree(CHART, newer)
    for file in (newer / "files/crds").iterdir():
        file.write_text(file.read_text().replace("- name: Age\n", "- name: Older\n"))
    at.helm("upgrade", "mssql-ha", newer, "-n", "ops", *IMAGE)
    until("the new column", lambda: "OLDER" in at.kubectl("get", "sqlag"))
    at.helm("rollback", "mssql-ha", "1", "-n", "ops")
    until("the old column", lambda: "AGE" in at.kubectl("get", "sqlag"))
    print("uninstalled: definition and group are kept; installed again, upgraded, rolled back")


def taken(at):
    """By the server's own strict validation, under namespaces' `restricted`."""
    at.kubectl("label", "namespace", "ops", "pod-security.kubernetes.io/enforce=restricted")
    for more in ("replicas=1", "namespaced=true", "priorityClassName=high,podLabels.a=b,labels.c=d,annotations.e=f,"
                 "imagePullSecrets[0].name=pull,networkPolicy.enabled=true,image.digest=sha256:" + "0" * 64):
        objects = at.helm("template", "mssql-ha", CHART, "-n", "ops", *IMAGE, "--set", more)
        said = at.kubectl("apply", "--server-side", "--force-conflicts", "--dry-run=server", "--validate=strict", "-f", "-",
                          given=objects)
        if "Warning" in said.replace("Warning: resource", ""):
            raise Wrong(said)
        print(f"with {more}: strict dry run, {len(said.splitlines())} objects accepted")


def tested(at, program):
    """What the test's pod would run, with its service account's token."""
    hooks = at.helm("get", "hooks", "mssql-ha", "-n", "ops")
    at.kubectl("apply", "-f", "-", given=hooks)
    folder, environment = at.account("ops", "mssql-ha-test", TESTS)
    command = [program, "--self-test", "--kubernetes-folder", folder, "--pod-name", "mssql-ha-test"]

    def test(fails=False):
        return run(*command, env=environment, fails=fails)

    said = test()
    print(said)
    if said.count("[+]") != 5 or "a supervisor may change nothing of a pod but its role labels" not in said:
        raise Wrong(said)
    at.kubectl("delete", "validatingadmissionpolicybinding", "mssql-ha-pods")
    said = until("a missing policy is found", lambda: (
        out := subprocess.run(command, env=environment, capture_output=True, text=True)).returncode and out.stdout)
    if "[-] rights: an annotation of a pod could be changed" not in said:
        raise Wrong(said)
    print(said)


def works(at, program, space, account, *words):
    with at.operator(program, space, account, *words):
        at.kubectl("apply", "-f", "-", given=SAMPLE.replace("namespace: default", f"namespace: {space}"))
        until("the status", lambda: "Initializing" in at.kubectl("get", "sqlag", "mssql-ag", "-n", space))
        print(f"the operator works with the rights of {space}/{account}")
        if account == "mssql-ha":
            tested(at, program)


def main(program):
    with desk() as at:
        definitions_from_elsewhere(at)
        outlived_and_upgraded(at)
        taken(at)
        works(at, program, "ops", "mssql-ha")
        at.helm("install", "own", CHART, "-n", "team", "--create-namespace", *IMAGE, "--set", "namespaced=true",
                "--set", "crds.install=false")
        works(at, program, "team", "own-mssql-ha", "--watch-namespace", "team")


if __name__ == "__main__":
    main(*sys.argv[1:])
