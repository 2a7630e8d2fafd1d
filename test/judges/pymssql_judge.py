"""pymssql: DB-Library of a newer FreeTDS, by the functions below its DB-API."""
import re

from pymssql import _mssql

from answers import Answer, Error, Refused, Set
from judge import Judge
from values import plain


def error_of(what):
    words = what.text if isinstance(what.text, str) else what.text.decode()
    words = re.split(r"DB-Lib error message", words)[0]
    return Error(what.number, words, what.severity, what.state, what.line)


class Pymssql(Judge):
    name = "pymssql"
    modes = ("plain", "encrypted")
    tells_all_errors = False
    tells_messages = False  # without numbers
    # A sql_variant is told as bytes without a type.
    # Any login error may come out as an 18456 without words.
    can = frozenset({"login-application", "login-intent", "iso-dates", "big-numbers", "batches-as-they-are",
                     "offsets", "routing", "session-ends"})

    def connect(self, target, login, mode):
        more = {"database": login["database"]} if "database" in login else {}
        try:
            made = _mssql.connect(
                server=target.address, port="1433", user=login["user"], password=login["password"], tds_version="7.4",
                encryption="require" if mode == "encrypted" else "off", appname=login.get("application", "judge"),
                read_only=login.get("intent") == "ReadOnly", **more)
        except _mssql.MSSQLDatabaseException as refused:
            raise Refused([error_of(refused)]) from refused
        return Connection(made)


class Connection:
    def __init__(self, driver):
        self.driver = driver

    def close(self):
        self.driver.close()

    def ask(self, step):
        out = Answer()
        try:
            self.driver.execute_query(step["run"])
            while header := self.driver.get_header():
                names = [one[0] for one in header]
                rows = [tuple(plain(one[at]) for at in range(len(names))) for one in self.driver]
                out.sets.append(Set([(one, None) for one in names], rows))
                self.driver.nextresult()
        except _mssql.MSSQLDatabaseException as error:
            out.errors.append(error_of(error))
        return out
