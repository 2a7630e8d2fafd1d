"""The list of error numbers in docs/engine-double.md: what the double's text can raise, and what says that the engine does.

A number's source is that of the contract's rows which hear it. What no row can bring about is in events.yaml, with the test that does."""
import re

import yaml

import contract
from doubles import TOP

PAGE = TOP / "docs/engine-double.md"
DOUBLE = TOP / "test/mssqlsim"
BEGIN, END = "<!-- error numbers: written by test/judges/run --write-errors -->\n", "<!-- end of error numbers -->\n"
RAISED = [re.compile(one) for one in (
    r"\b(?:error|error_of|numbered|sql_failure|batch_error|login_level|failure_of|lacks|syntax|no_constraint)\(\s*(\d{2,5})\b",
    r"(?:sql_error|server_message|login_refused)?\{\{*\s*(\d{3,5}),\s*(?:\d+,\s*\d+,)?\s*(?:std::string\{)?\"",
    r"\{(\d{4,5}),\s*\d+,\s*\d+,\s*[a-z]",   # a message whose text was made before
    r"\bnumber = (\d{3,5});",
    r"\? (\d{4,5}) : \d{4,5}\b",
    r"\? \d{4,5} : (\d{4,5})\b")]
TABLES = "model/error_texts_"
OF_TABLES = re.compile(r"^    \{(\d{3,5}),", re.M)


def raised():
    """By number the files of the double that have it; those of texts only where nothing else does."""
    found = {}
    for file in sorted(DOUBLE.rglob("*.cpp")):
        name = file.relative_to(DOUBLE).as_posix()
        for pattern in [OF_TABLES] if name.startswith(TABLES) else RAISED:
            for number in pattern.findall(file.read_text()):
                found.setdefault(int(number), set()).add(name)
    return {number: {one for one in files if not one.startswith(TABLES)} or files for number, files in found.items()}


def heard(rows):
    """By number the rows that hear it and have a source."""
    found = {}
    for row in rows:
        numbers = set(row.what.get("tells", []))
        for step in [row.what, *row.what.get("then", []), row.what.get("until", {})]:
            told = (step.get("errors") or [step.get("error", {})]) + step.get("messages", [])
            numbers |= {one["number"] for one in told if "number" in one}
        for number in numbers if row.what["source"] != "none" else ():
            found.setdefault(number, []).append(row)
    return found


def events():
    """By number what a test brings about and no row can."""
    return {one["number"]: one for one in yaml.safe_load((contract.FOLDER / contract.EVENTS).read_text())["events"]}


def troubles(rows):
    """In sentences: numbers without a source, and events whose test does not have them."""
    known, by_test, raises = heard(rows), events(), raised()
    for number in sorted(raises.keys() - known.keys() - by_test.keys()):
        yield f"the double can raise {number} ({', '.join(sorted(raises[number]))}), and nothing says that the engine does"
    for number, one in by_test.items():
        file = TOP / one["file"]
        text = file.read_text() if file.exists() else ""
        cases = text.split("TEST_CASE(")[1:]
        about = next((case for case in cases if case.split('"')[1:2] == [one["test"]]), "")
        if not re.search(rf"\b{number}\b", about):
            yield f"{contract.EVENTS}: {one['file']} has no test case \"{one['test']}\" about {number}"
        if number not in raises:
            yield f"{contract.EVENTS}: the double cannot raise {number}"
        if number in known:
            yield f"{contract.EVENTS}: rows hear {number}: {known[number][0].name}"


def weight(source):
    """What was measured says most, then what is documented."""
    return ("(measured" not in source, not source.startswith("docs "), source)


def table(rows):
    """The list in Markdown; of many sources the two that say most."""
    known, by_test = heard(rows), events()
    lines = ["| number | where | rows | tests | source |", "| --- | --- | --- | --- | --- |"]
    for number, files in sorted(raised().items()):
        kept = [row for row in known.get(number, []) if "deviation" not in row.what]
        tests = [by_test[number]] if number in by_test else []
        source = sorted({row.what["source"] for row in known.get(number, [])} | {one["source"] for one in tests}, key=weight)
        lines.append(f"| {number} | {', '.join(sorted(files))} | {len(kept)} | {len(tests)} "
                     f"| {'; '.join(source[:2]) or 'none in the contract yet'} |")
    return "\n".join(lines) + "\n"


def stale(rows, write=False):
    """True when the page does not have this list; `write` puts it there."""
    before, _, rest = PAGE.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    wanted = before + BEGIN + table(rows) + END + after
    if write:
        PAGE.write_text(wanted)
    return wanted != PAGE.read_text()
