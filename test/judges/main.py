"""Strangers' drivers ask the engine's double all rows of the contract and say what differs.

    test/judges/run [--judge NAME]... [--mode MODE]... [--row WORDS] [--double PROGRAM]
    test/judges/run --write-errors
"""
import argparse
import concurrent.futures
import os
import string
import sys
import threading
import time
import traceback

import contract
import doubles
import error_numbers
import table
from answers import Answer, Refused, faults, message_faults
from freetds_tool import Tsql
from odbc import FreeTds, Microsoft
from pymssql_judge import Pymssql
from python_tds import PythonTds
from tedious import Tedious

JUDGES = [Microsoft(), FreeTds(), Tsql(), PythonTds(), Pymssql(), Tedious()]
LIMIT = 20  # seconds for what a row waits for
SLOW = 10   # what takes longer is told
PLACE = f"127.{1 + os.getpid() // 10 % 250}"  # addresses, so that several runs may be beside each other


class Hands:
    """Sets stages up, over Microsoft's driver."""

    def __init__(self):
        self.open = {}

    def __call__(self, double, batches):
        told = None
        if double.address not in self.open:
            self.open[double.address] = JUDGES[0].connect(double, who({}), "plain")
        for one in batches:
            told = self.open[double.address].ask({"run": one})
            if told.errors:
                raise RuntimeError(f"{double.name}: {one}: {told.errors}")
        return told.sets[-1].rows if told and told.sets else []

    def close(self):
        for one in self.open.values():
            one.close()


class Company:
    """Another connection's batches, begun before a judge asks and over before anything else is."""

    def __init__(self, double, batches):
        self.double, self.batches, self.wrong = double, batches, []
        self.thread = threading.Thread(target=self.play)

    def __enter__(self):
        self.thread.start()

    def __exit__(self, *_):
        self.thread.join()
        if self.wrong:
            raise RuntimeError(f"{self.double.name}: {self.wrong}")

    def play(self):
        steps = [{"run": one} for one in self.batches]
        if steps:
            told = JUDGES[0].play(self.double, who({}), "plain", steps)
            self.wrong += [error for one in told for error in one.errors]


def who(login):
    return {"user": "sa", "password": doubles.PASSWORD, **login}


def filled(step, words):
    """A step with $SQL1 and so on replaced by addresses."""
    fill = lambda text: string.Template(text).safe_substitute(words)
    return {**step, "run": fill(step["run"])} if "run" in step else step


class Sitting:
    """One judge in one mode, with stages of its own."""

    def __init__(self, judge, mode, program, place):
        self.judge, self.mode, self.program, self.place = judge, mode, program, place
        self.stages = {}
        self.hands = Hands()
        self.number = 1

    def stage(self, what):
        if what not in self.stages:
            made = doubles.Stage(self.program, self.place, self.number, self.hands)
            self.number += 10
            try:
                self.stages[what] = made, doubles.make(made, what)
            except Exception:  # its instances would stay, and keep whoever reads what this run prints
                made.stop()
                raise
        return self.stages[what]

    def stop(self):
        self.hands.close()
        for made, _ in self.stages.values():
            made.stop()

    def given(self, stage, double, batches, strict):
        for one in batches:
            if isinstance(one, dict):
                stage.eventually(double.name, one["run"], [tuple(row) for row in one["rows"]])
                continue
            name, _, rest = one.partition(": ")
            at, text = (stage.doubles[name], rest) if name in stage.doubles else (double, one)
            try:
                self.hands(at, [string.Template(text).safe_substitute(stage.words())])
            except RuntimeError:
                if strict:
                    raise

    def hear(self, row):
        """What differs, in sentences; empty when all is as the contract says."""
        stage, double = self.stage(row.stage)
        try:
            self.given(stage, double, row.what["given"], True)
            for one in row.what.get("faults", []):
                double.admin(one)
            with Company(double, row.what["meanwhile"]):
                return list(self.ask(row, stage, double))
        finally:
            for one in row.what.get("faults", []):
                double.admin(doubles.mends(one))
            self.given(stage, double, row.what["afterwards"], False)

    def ask(self, row, stage, double):
        words = stage.words()
        login = who(row.what.get("login", {}))
        if "login-notes" in row.needs:
            yield from message_faults(row.what["messages"], self.judge.greeting(double, login, self.mode))
            return
        asked = [row.what] if "run" in row.what else []
        steps = [{"run": one} for one in row.what["first"]] + asked + row.what.get("then", [])
        try:
            told = self.judge.play(double, login, self.mode, [filled(one, words) for one in steps])
        except Refused as refused:
            yield from faults({key: row.what[key] for key in ("error", "errors") if key in row.what},
                              Answer(errors=refused.errors), self.judge)
            return
        if not asked and ("error" in row.what or "errors" in row.what):
            yield "the login succeeded"
        for number, (step, answer) in enumerate(zip(steps, told)):
            before = number < len(row.what["first"])
            yield from faults(step, bare(answer) if before else answer, self.judge)
        if "until" in row.what:
            yield from self.await_step(double, login, filled(row.what["until"], words))

    def await_step(self, double, login, step):
        limit = time.monotonic() + LIMIT
        while wrong := list(faults(step, self.judge.play(double, login, self.mode, [step])[0], self.judge)):
            if time.monotonic() > limit:
                yield from wrong
                return
            time.sleep(0.02)


def bare(answer):
    """Only whether it succeeded."""
    return Answer(errors=answer.errors, timed_out=answer.timed_out)


def is_for(row, judge, mode):
    """Groups' rows are heard whole by one judge, and once by each of the others."""
    wanted = row.stage in ("instance", "no-hadr") or mode == "plain" or judge is JUDGES[0]
    modes = row.what.get("login", {}).get("encrypt")
    if "routing" in row.needs and mode == "strict":
        return False  # the one certificate that is trusted is not that of the server at the end
    return wanted and row.needs <= judge.can and (modes is None or mode == "plain")


def sit(name, mode, words, program, place):
    """What one judge says in one mode: by row None when it is not asked, or what differs."""
    judge = next(one for one in JUDGES if one.name == name)
    sitting = Sitting(judge, mode, program, place)
    verdicts = {}
    try:
        for row in contract.read(words):
            if not is_for(row, judge, mode):
                verdicts[row.name] = None
                continue
            begin = time.monotonic()
            try:
                verdicts[row.name] = sitting.hear(row)
            except Exception:  # a driver's own exception is a verdict, too
                verdicts[row.name] = [traceback.format_exc(limit=-3)]
            if time.monotonic() - begin > SLOW:
                print(f"{name}, {mode}: {row.name}: took {time.monotonic() - begin:.0f} s", file=sys.stderr)
    finally:
        sitting.stop()
    return verdicts


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--judge", action="append", choices=[one.name for one in JUDGES])
    parser.add_argument("--mode", action="append", choices=["plain", "encrypted", "strict"])
    parser.add_argument("--row", default="", help="only rows whose file and name, `groups: …`, have these words")
    parser.add_argument("--double", default=str(doubles.TOP / "build/dev/test/mssqlsim/server/mssqlsim"))
    parser.add_argument("--write-errors", action="store_true", help="write the list in docs/engine-double.md, and no more")
    said = parser.parse_args()
    if said.write_errors:
        rows = contract.read()
        error_numbers.stale(rows, write=True)
        wrong = list(error_numbers.troubles(rows))
        print(*wrong, sep="\n", end="\n" * bool(wrong))
        return bool(wrong)
    verdicts = table.Verdicts(contract.read(said.row))
    asked = [(judge.name, mode) for judge in JUDGES for mode in judge.modes
             if judge.name in (said.judge or [judge.name]) and mode in (said.mode or [mode])]
    # All at once: they wait more than they work, and each has addresses of its own.
    with concurrent.futures.ProcessPoolExecutor(len(asked)) as pool:
        heard = [pool.submit(sit, name, mode, said.row, said.double, f"{PLACE}.{os.getpid() % 10 * 20 + number}")
                 for number, (name, mode) in enumerate(asked)]
        for (name, mode), one in zip(asked, heard):
            verdicts.note(name, mode, one.result())
    everything = not (said.judge or said.mode or said.row)
    if everything:
        verdicts.wrong += error_numbers.troubles(verdicts.rows)
    if everything and error_numbers.stale(verdicts.rows):
        verdicts.wrong.append("docs/engine-double.md does not list what the double can raise: test/judges/run --write-errors")
    return verdicts.tell(everything)


if __name__ == "__main__":
    sys.exit(main())
