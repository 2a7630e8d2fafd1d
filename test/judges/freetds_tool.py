"""FreeTDS' own `tsql`: everything is read from what it prints."""
import os
import re
import subprocess
import tempfile

from answers import Answer, Error, Refused, Set
from judge import Judge

MARK = "end-of-answer"
MESSAGE = re.compile(r'Msg (\d+) \(severity (\d+), state (\d+)\) from \S+(?: Procedure "?[^"\n]*"?)? Line (\d+):\n\t"(.*?)"\n(?=Msg|Error|\S|$)',
                     re.S)


class Tsql(Judge):
    name = "FreeTDS tsql"
    modes = ("plain", "encrypted")
    tells_messages = False  # without numbers
    only_text = True
    can = frozenset({"login-application", "goes-on", "big-numbers", "other-login-errors", "columns-before-errors",
                     "session-ends", "variants"})

    def play(self, target, login, mode, steps):
        with tempfile.NamedTemporaryFile("w", suffix=".conf") as configuration:
            configuration.write(f"[double]\nhost = {target.address}\nport = 1433\ntds version = 7.4\n"
                                f"encryption = {'require' if mode == 'encrypted' else 'off'}\nclient charset = UTF-8\n")
            configuration.flush()
            command = ["tsql", "-S", "double", "-U", login["user"], "-P", login["password"]]
            for key, flag in (("database", "-D"), ("application", "-a")):
                command += [flag, login[key]] if key in login else []
            typed = "".join(f"{one['run']}\nGO\nSELECT 1 AS [{MARK}] PRINT N'{MARK}'\nGO\n" for one in steps)
            done = subprocess.run(command, input=typed, capture_output=True, text=True, timeout=60,
                                  env={**os.environ, "FREETDSCONF": configuration.name, "LANG": "C.UTF-8"})
        if done.returncode and not re.search("(?m)^1> ", done.stdout):
            raise Refused(errors_in(done.stderr))
        said = re.split(f"{MARK}\n1\n\\(1 row affected\\)\n", done.stdout)
        heard = done.stderr.split(MARK + "\n")
        return [answer(one, other) for one, other in zip(said[:len(steps)], heard)]


def errors_in(text):
    return [Error(int(number), words, int(severity), int(state), int(line))
            for number, severity, state, line, words in MESSAGE.findall(text) if int(severity) > 10]


def answer(said, heard):
    out = Answer(errors=errors_in(heard))
    lines = re.sub(r"(?m)^(\d+> )+", "", said).splitlines()
    current = None
    for line in lines:
        if line.startswith(("locale ", "using default charset", "Setting ")) or not line and current is None:
            continue
        if re.fullmatch(r"\(\d+ rows? affected\)", line):
            current = None
        elif re.fullmatch(r"\(return status = -?\d+\)", line):
            continue
        elif current is None:
            current = Set([(name, None) for name in line.split("\t")], [])
            out.sets.append(current)
        else:
            current.rows.append(tuple(line.split("\t")))
    return out
