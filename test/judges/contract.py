"""Reads the contract: files of rows in test/mssqlsim/contract. Its README says what a row is made of."""
import pathlib
import re
from dataclasses import dataclass

import yaml

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "mssqlsim/contract"
STAGES = {"instance", "no-hadr", "primary", "secondary", "resolving", "standard", "express", "edge", "basic-secondary",
          "damaged", "older", "forced", "forced-secondary", "faults", "configuration-only", "contained-secondary"}
EVENTS = "events.yaml"  # beside the rows: what no row can bring about
OF_STEP = {"run", "parameters", "sets", "columns", "rows", "has", "error", "errors", "messages", "counts", "timeout",
           "timed_out"}
OF_ROW = OF_STEP | {"name", "on", "login", "given", "first", "then", "until", "afterwards", "source", "deviation", "needs",
                    "faults", "meanwhile", "tells"}


class Loader(yaml.SafeLoader):
    """Plain words: no dates, and only `true` and `false` are booleans."""


Loader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers
             if tag not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool")]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), list("tf"))


@dataclass
class Row:
    file: str
    what: dict

    @property
    def topic(self):
        """Files of one topic begin with the same word: groups.yaml, groups-views.yaml."""
        return self.file.split("-")[0]

    @property
    def name(self):
        return self.what["name"]

    @property
    def stage(self):
        return self.what.get("on", "instance")

    @property
    def needs(self):
        """What a driver must be able to do to be asked this row."""
        needed = set(self.what.get("needs", []))
        steps = [self.what, *self.what.get("then", [])]
        if any("parameters" in one for one in steps):
            needed.add("parameters")
        if any("timeout" in one for one in steps):
            needed.add("timeout")
        return needed | {"login-" + key for key in self.what.get("login", {})} - {
            "login-user", "login-password", "login-database"}

    @property
    def shape(self):
        """Rows of one shape are variants of one statement."""
        asked = self.what.get("run") or self.what.get("until", {}).get("run", "")
        text = re.sub(r"N?'[^']*'|\b\d+\b", "?", " ".join(str(asked).lower().split()))
        number = [one["number"] for one in self.what.get("errors") or [self.what.get("error", {"number": 0})]]
        return self.stage, text, tuple(number), tuple(sorted(self.what.get("login", {}).items()))


class Wrong(Exception):
    """A contract that cannot be read as one."""


def flat(batches):
    """Lists within lists come from anchors."""
    return [one for part in batches for one in (flat(part) if isinstance(part, list) else [part])]


def row_of(file, what):
    where = f"{file.name}: {what.get('name', what)}"
    unknown = what.keys() - OF_ROW
    if unknown:
        raise Wrong(f"{where}: no such key: {sorted(unknown)}")
    for key in ("name", "source"):
        if key not in what:
            raise Wrong(f"{where}: {key} is missing")
    if what.get("on", "instance") not in STAGES:
        raise Wrong(f"{where}: no such stage: {what['on']}")
    for key in ("given", "first", "meanwhile", "afterwards"):
        what[key] = flat(what.get(key, []))
    return Row(file.stem, what)


def read(words=""):
    """All rows, or those whose file and name have these words: `groups: lease`."""
    rows = []
    for file in sorted(set(FOLDER.glob("*.yaml")) - {FOLDER / EVENTS}):
        # What begins with a dot is a part of others.
        parts = yaml.load(file.read_text(), Loader)
        rows += [row_of(file, one) for one in parts["rows"]]
    names = [one.name for one in rows]
    twice = {one for one in names if names.count(one) > 1}
    if twice:
        raise Wrong(f"several rows are called {sorted(twice)}")
    return [one for one in rows if words in f"{one.file}: {one.name}"]
