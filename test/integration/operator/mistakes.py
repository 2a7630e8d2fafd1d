"""What people get wrong in a resource, and what they are told: docs/mistakes.md, written from what a real API server and the
operator really said."""
import os
import pathlib
import sys

TOP = pathlib.Path(__file__).resolve().parents[3]
PAGE = TOP / "docs/mistakes.md"

HEAD = """# What is wrong with my resource?

Written by a test from what a real API server and the operator really said; not to be edited. What the definition's schema forbids, the
API server refuses at once, and `kubectl apply` prints it. All else is told by a condition: `kubectl describe` shows it, and it is an Event.
The fragments are changes of the samples in `manifests/samples`.
"""


def mistake(title, sample, fragment, before=None):
    """`fragment`: the change, as YAML and as a merge patch of the resource. `before`: it is made to a resource that stands."""
    return {"title": title, "sample": sample, "fragment": fragment, "stands": before is not None}


AG, INSTANCE, PREVIEW = "ag-sample.yaml", "instance.yaml", "preview.yaml"
ALL = [
    mistake("clusterType is left out", AG, {"spec": {"clusterType": None}}),
    mistake("A group that stands changes its clusterType", "ag-read-scale.yaml", {"spec": {"clusterType": "EXTERNAL"}}, before=True),
    mistake("A pod is fenced where only people fail over", "ag-read-scale.yaml", {"spec": {"ha": {"fenced": ["mssql-rs-0"]}}}),
    mistake("Databases are named where only people fail over", "ag-read-scale.yaml", {"spec": {"databases": ["sales"]}}),
    mistake("A database is named twice", AG, {"spec": {"databases": ["sales", "crm", "sales"]}}),
    mistake("The name is too long", AG, {"metadata": {"name": "sales-europe-ag"}}),
    mistake("The group's name is none in T-SQL", AG, {"spec": {"agName": "AG-1"}}),
    mistake("A word without its quotes", AG, {"spec": {"acceptEula": True}}),
    mistake("A field that there is not", AG, {"spec": {"readonlyListener": {"name": "reader"}}}),
    mistake("More secondaries are required than there are", AG, {"spec": {"ha": {"requiredSynchronizedSecondaries": 2}}}),
    mistake("A priority of a replica's name", AG, {"spec": {"ha": {"priorities": {"secondary-1": 5}}}}),
    mistake("Another port for the engine", AG, {"spec": {"mssqlConf": {"network.tcpport": "14330"}}}),
    mistake("HADR is turned off", AG, {"spec": {"mssqlConf": {"hadr.hadrenabled": "0"}}}),
    mistake("Both listeners have one name", AG, {"spec": {"readOnlyListener": {"name": "mssql-ag-listener"}}}),
    mistake("Seconds are taken for milliseconds", AG, {"spec": {"automaticFailover": {"failoverThresholdSeconds": 10000}}}),
    mistake("A group that stands is renamed", AG, {"spec": {"agName": "AG2"}}, before=True),
    mistake("Volumes that there are shall grow", AG, {"spec": {"storage": {"dataVolumeSize": "40Gi"}}}, before=True),
    mistake("The port is said twice", INSTANCE, {"spec": {"mssqlConf": {"network.tcpport": "14330"}}}),
    mistake("The preview's own agents", PREVIEW,
            {"spec": {"agentsContainerImage": "mcr.microsoft.com/mssql/ha:2019-CTP2.1-ubuntu"}}),
    mistake("A policy that Linux has not", PREVIEW, {"spec": {"monitorPolicy": 2}}),
    mistake("An instance in two groups", PREVIEW, {"spec": {"availabilityGroups": ["ag1", "ag2"]}}),
    mistake("Instances of a group that differ in `ha`", PREVIEW, {"spec": {"ha": {"profile": "wide"}}}, before=True),
]


def yaml(what, depth=0):
    """Enough of YAML for a fragment."""
    lines = []
    for name, content in what.items():
        if isinstance(content, dict):
            lines += ["  " * depth + f"{name}:"] + yaml(content, depth + 1)
        elif content is None:
            lines.append("  " * depth + f"# no {name}")
        else:
            text = {True: "true", False: "false"}.get(content, content) if isinstance(content, bool) else content
            text = f"[{', '.join(text)}]" if isinstance(text, list) else text
            quoted = isinstance(text, str) and text.isdigit()
            lines.append("  " * depth + (f'{name}: "{text}"' if quoted else f"{name}: {text}"))
    return lines


def merged(one, change):
    """RFC 7386."""
    made = dict(one)
    for name, content in change.items():
        if content is None:
            made.pop(name, None)
        elif isinstance(content, dict):
            made[name] = merged(made.get(name) or {}, content)
        else:
            made[name] = content
    return made


def section(one, told):
    """`told`: what was said, by whom."""
    where = f"In `{one['sample']}`" + (", which stands:" if one["stands"] else ":")
    return f"\n## {one['title']}\n\n{where}\n\n```yaml\n" + "\n".join(yaml(one["fragment"])) + "\n```\n\n" + told + "\n"


def compare(page):
    """The page as it is in the tree; with HA_UPDATE_GOLDEN it is written."""
    if os.environ.get("HA_UPDATE_GOLDEN"):
        PAGE.write_text(page)
    if not PAGE.exists() or PAGE.read_text() != page:
        sys.exit(f"{PAGE} is not what was said now; HA_UPDATE_GOLDEN=1 writes it anew:\n{page}")
