"""What a driver told of a batch, in words that all drivers share, and what of it is not as the contract says."""
import re
from dataclasses import dataclass, field


@dataclass
class Error:
    """None: this driver does not tell."""
    number: int
    message: str
    severity: int | None = None
    state: int | None = None
    line: int | None = None


@dataclass
class Set:
    columns: list  # (name, type or None)
    rows: list


@dataclass
class Answer:
    sets: list = field(default_factory=list)
    errors: list = field(default_factory=list)
    messages: list = field(default_factory=list)  # notes: Error, too
    counts: list | None = None
    timed_out: bool = False


class Refused(Exception):
    """A login that failed, with the errors that were told."""

    def __init__(self, errors):
        super().__init__("; ".join(f"{one.number} {one.message}" for one in errors))
        self.errors = errors


CONTEXT_NOTES = {5701, 5703}  # every login brings them, and every USE


def same_cell(wanted, told, only_text):
    if isinstance(wanted, str) and wanted.startswith("~"):
        return told is not None and re.fullmatch(wanted[1:], str(told), re.S) is not None
    if isinstance(wanted, bool):
        wanted = int(wanted)
    if only_text:
        words = "NULL" if wanted is None else str(wanted)
        return str(told) == (words[2:].lower() if words.startswith("0x") else words)
    if isinstance(wanted, float) and not isinstance(told, str):
        return told is not None and abs(float(told) - wanted) < 1e-9
    return told == wanted


def row_faults(wanted, told, only_text):
    if len(wanted) != len(told):
        yield f"{len(told)} rows instead of {len(wanted)}: {told[:3]}"
        return
    for number, (one, other) in enumerate(zip(wanted, told)):
        if len(one) != len(other) or not all(same_cell(a, b, only_text) for a, b in zip(one, other)):
            yield f"row {number + 1} is {list(other)}, wanted {one}"


def column_faults(wanted, told):
    """A wanted column is `name type`, or `name` alone where the source tells no type. Told is a type, nothing, or a set of
    types that the driver does not distinguish."""
    names = [one.split(" ")[0] for one in wanted]
    if names != [name for name, _ in told]:
        yield f"columns {[name for name, _ in told]}, wanted {names}"
        return
    for one, (name, kind) in zip(wanted, told):
        _, _, type_wanted = one.partition(" ")
        if type_wanted and kind is not None and type_wanted not in (kind if isinstance(kind, set) else {kind}):
            yield f"column {name} is {kind}, wanted {type_wanted}"


def set_faults(wanted, told, only_text):
    if "columns" in wanted:
        yield from column_faults(wanted["columns"], told.columns)
    if "rows" in wanted:
        yield from row_faults(wanted["rows"], told.rows, only_text)
    for one in wanted.get("has", []):
        if not any(len(one) == len(other) and all(same_cell(a, b, only_text) for a, b in zip(one, other))
                   for other in told.rows):
            yield f"no row {one} among {told.rows[:5]}"


def fits(wanted, told):
    """`wanted` has number and, where its source tells them, severity, state, line and message (% for anything)."""
    if wanted["number"] != told.number:
        return False
    for key in ("severity", "state", "line"):
        if key in wanted and getattr(told, key) is not None and wanted[key] != getattr(told, key):
            return False
    if "message" not in wanted or not told.message:
        return True
    pattern = ".*".join(re.escape(part) for part in wanted["message"].split("%"))
    return re.fullmatch(pattern, told.message.strip(), re.S) is not None


def error_faults(wanted, told, tells_all, keeps_order):
    if not wanted:
        yield from (f"error {one}" for one in told)
    elif not told:
        yield f"no error, wanted {wanted}"
    elif tells_all and len(told) != len(wanted):
        yield f"errors {told}, wanted {wanted}"
    elif tells_all and keeps_order:
        yield from (f"{other}, wanted {one}" for one, other in zip(wanted, told) if not fits(one, other))
    else:
        yield from (f"{one} is none of {wanted}" for one in told if not any(fits(other, one) for other in wanted))


def sets_of(step):
    if "sets" in step:
        return step["sets"]
    keys = {"columns", "rows", "has"} & step.keys()
    return [{key: step[key] for key in keys}] if keys else []


def errors_of(step):
    return step.get("errors") or ([step["error"]] if "error" in step else [])


def message_faults(wanted, heard):
    if len(heard) != len(wanted) or not all(map(fits, wanted, heard)):
        yield f"messages {heard}, wanted {wanted}"


def faults(step, told, judge):
    """What is not as `step` of a row says, in sentences."""
    if step.get("timed_out", False) != told.timed_out:
        yield "timed out" if told.timed_out else "did not time out"
    yield from error_faults(errors_of(step), told.errors, judge.tells_all_errors, judge.keeps_order)
    wanted = sets_of(step)
    if len(wanted) != len(told.sets):
        yield f"{len(told.sets)} result sets instead of {len(wanted)}"
    else:
        for one, other in zip(wanted, told.sets):
            yield from set_faults(one, other, judge.only_text)
    if "counts" in step and told.counts is not None and step["counts"] != told.counts:
        yield f"counts {told.counts}, wanted {step['counts']}"
    heard_all = judge.tells_all_errors or not errors_of(step)
    if judge.tells_messages and heard_all and "messages" in step:
        yield from message_faults(step["messages"], [one for one in told.messages if one.number not in CONTEXT_NOTES])
