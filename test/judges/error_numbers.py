"""The list of error numbers in docs/engine-double.md: what the double's text can raise, and which rows of the contract say so."""
import pathlib
import re

from doubles import TOP

PAGE = TOP / "docs/engine-double.md"
BEGIN, END = "<!-- error numbers: written by test/judges/run --write-errors -->\n", "<!-- end of error numbers -->\n"
RAISED = re.compile(
    r"\b(?:error|error_of|numbered|sql_failure|batch_error|login_level|failure_of|lacks|syntax)\(\s*(\d{2,5})\b"
    r"|(?:sql_error|server_message|login_refused)?\{\{*\s*(\d{3,5}),\s*(?:\d+,\s*\d+,)?\s*(?:std::string\{)?\"")
TEXTS = re.compile(r"^    \{(\d{4,5}),$", re.M)


def raised():
    """By number the files of the double that have it."""
    found = {}
    for file in sorted((TOP / "test/mssqlsim").rglob("*.cpp")):
        text = file.read_text()
        for match in [*RAISED.finditer(text), *TEXTS.finditer(text)]:
            number = int(next(one for one in match.groups() if one))
            found.setdefault(number, set()).add(file.relative_to(TOP / "test/mssqlsim").as_posix())
    return found


def table(rows):
    """The list in Markdown."""
    by_number = {}
    for row in rows:
        for step in [row.what, *row.what.get("then", [])]:
            for one in (step.get("errors") or [step.get("error", {})]) + step.get("messages", []):
                if "number" in one and row.what["source"] != "none":
                    by_number.setdefault(one["number"], []).append(row)
    lines = ["| number | where | rows | source |", "| --- | --- | --- | --- |"]
    for number, files in sorted(raised().items()):
        heard = by_number.get(number, [])
        kept = [row for row in heard if "deviation" not in row.what]
        source = sorted({row.what["source"] for row in heard})
        lines.append(f"| {number} | {', '.join(sorted(files - {'model/error_texts.cpp'}) or ['model/error_texts.cpp'])} "
                     f"| {len(kept)} | {'; '.join(source[:2]) or 'none in the contract yet'} |")
    return "\n".join(lines) + "\n"


def stale(rows, write=False):
    """True when the page does not have this list; `write` puts it there."""
    before, _, rest = PAGE.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    wanted = before + BEGIN + table(rows) + END + after
    if write:
        PAGE.write_text(wanted)
    return wanted != PAGE.read_text()
