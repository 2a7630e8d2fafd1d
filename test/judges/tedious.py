"""tedious: TDS written in JavaScript, in a process of its own; tedious.js says what is said on its pipe."""
import json
import pathlib
import subprocess
import sys

from answers import Answer, Error, Refused, Set
from judge import Judge

HERE = pathlib.Path(__file__).resolve().parent
HOME = pathlib.Path(sys.prefix)


def error_of(what):
    return Error(what["number"], what["message"], what["class"], what["state"], what["lineNumber"])


class Tedious(Judge):
    name = "tedious"
    modes = ("plain", "encrypted", "strict")
    can = frozenset({"parameters", "timeout", "login-application", "login-intent", "login-workstation", "login-packet-size",
                     "goes-on", "iso-dates", "batches-as-they-are", "offsets", "other-login-errors", "variants", "routing",
                     "columns-before-errors"})
    process = None

    def say(self, **what):
        if self.process is None:
            self.process = subprocess.Popen(
                [HOME / "bin/node", HERE / "tedious.js", HOME / "node_modules"], stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, text=True)
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def connect(self, target, login, mode):
        told = self.say(connect={"address": target.address, "mode": mode, "certificate": str(target.certificate), **login})
        if told["refused"] is not None:
            raise Refused([error_of(one) for one in told["refused"]])
        return self

    def ask(self, step):
        told = self.say(ask={key: step[key] for key in ("run", "parameters", "timeout") if key in step})
        return Answer(
            [Set([tuple(column) for column in one["columns"]], [tuple(row) for row in one["rows"]]) for one in told["sets"]],
            [error_of(one) for one in told["errors"]], [error_of(one) for one in told["messages"]],
            timed_out=told["timedOut"])

    def close(self):
        self.say(close=True)
