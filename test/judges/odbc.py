"""Drivers behind Debian's driver manager, by its own functions: nothing between the driver and the contract."""
import ctypes
import os
import re
import subprocess
from decimal import Decimal

from answers import Answer, Error, Refused, Set
from doubles import TOP
from judge import Judge

SUCCESS, WITH_INFO, NO_DATA = 0, 1, 100
OF_ENVIRONMENT, OF_CONNECTION, OF_STATEMENT = 1, 2, 3
AS_TEXT, AS_BYTES = -8, -2
NTS = -3
# Microsoft's own fields of a diagnostic record.
MESSAGE_STATE, SEVERITY, LINE = -1150, -1151, -1154
WHOLE, BIT, EXACT, APPROXIMATE, BINARY, GUID = {-6, 5, 4, -5}, {-7}, {2, 3}, {6, 7, 8}, {-2, -3, -4}, {-11}
# Microsoft's own: a sql_variant, the attribute that tells what it holds, and what of that is whole.
VARIANT, VARIANT_HOLDS, HELD_WHOLE = -150, 1215, {-16, -18, 4, -15, -17, 5, -25, -27, -6, -26, -28}
CHARACTERS = {"nvarchar", "varchar", "nchar", "char", "varbinary", "binary"}


def wide(text):
    return ctypes.create_string_buffer(text.encode("utf-16-le") + b"\0\0")


def of_wide(buffer, length):
    return buffer.raw[:length].decode("utf-16-le")


class Manager:
    library = None

    @classmethod
    def get(cls):
        if cls.library is None:
            folder = subprocess.run([TOP / "tools/fetch-odbc-driver"], check=True, capture_output=True, text=True)
            os.environ["ODBCSYSINI"] = folder.stdout.strip()
            cls.library = ctypes.CDLL("libodbc.so.2")
        return cls.library


class Handle:
    def __init__(self, kind, parent=None):
        self.odbc = Manager.get()
        self.kind = kind
        self.it = ctypes.c_void_p()
        self.odbc.SQLAllocHandle(kind, parent.it if parent else None, ctypes.byref(self.it))

    def free(self):
        self.odbc.SQLFreeHandle(ctypes.c_short(self.kind), self.it)

    def number(self, record, field):
        value = ctypes.c_long()
        length = ctypes.c_short()
        status = self.odbc.SQLGetDiagFieldW(
            ctypes.c_short(self.kind), self.it, ctypes.c_short(record), ctypes.c_short(field), ctypes.byref(value), 8,
            ctypes.byref(length))
        return value.value & 0xFFFFFFFF if status == SUCCESS else None

    def records(self):
        """Each diagnostic record: its SQLSTATE and what it says."""
        out = []
        for number in range(1, 50):
            state, text = ctypes.create_string_buffer(12), ctypes.create_string_buffer(8192)
            native, length = ctypes.c_int(), ctypes.c_short()
            status = self.odbc.SQLGetDiagRecW(
                ctypes.c_short(self.kind), self.it, ctypes.c_short(number), state, ctypes.byref(native), text,
                ctypes.c_short(4096), ctypes.byref(length))
            if status not in (SUCCESS, WITH_INFO):
                break
            words = re.sub(r"^(\[[^\]]*\])+", "", of_wide(text, length.value * 2))
            # A login's records have nought where they tell nothing.
            told = [self.number(number, field) or None for field in (SEVERITY, MESSAGE_STATE, LINE)]
            out.append((of_wide(state, 10), Error(native.value, words, *told)))
        return out


class Odbc(Judge):
    """A driver is its connection string."""
    alike = {}
    can = frozenset({"parameters", "timeout", "goes-on", "iso-dates", "big-numbers", "batches-as-they-are",
                     "offsets", "other-login-errors", "variants"})

    def greeting(self, target, login, mode):
        connection = self.connect(target, login, mode)
        connection.close()
        return connection.notes

    def connect(self, target, login, mode):
        return Connection(self, self.words(target, login, mode))


class Microsoft(Odbc):
    name = "msodbcsql18"
    modes = ("plain", "encrypted", "strict")
    can = Odbc.can | {"login-intent", "login-application", "login-trust", "login-encrypt", "login-mars", "login-packet-size",
                      "login-workstation", "login-notes", "notes-by-severity", "routing"}

    def words(self, target, login, mode):
        encrypt = login.get("encrypt") or {"plain": "no", "encrypted": "yes", "strict": "strict"}[mode]
        out = (f"Driver={{ODBC Driver 18 for SQL Server}};Server=tcp:{target.address},1433;UID={login['user']};"
               f"PWD={{{login['password']}}};Encrypt={encrypt};ConnectRetryCount=0;")
        if encrypt == "strict":
            out += f"ServerCertificate={target.certificate};"
        elif login.get("trust", True):
            out += "TrustServerCertificate=yes;"
        for key, keyword in (("database", "Database"), ("intent", "ApplicationIntent"), ("application", "APP"),
                             ("workstation", "WSID"), ("mars", "MARS_Connection"), ("packet-size", "PacketSize")):
            if key in login:
                out += f"{keyword}={login[key]};"
        return out


class FreeTds(Odbc):
    name = "FreeTDS ODBC"
    modes = ("plain", "encrypted")
    can = Odbc.can | {"login-application", "login-intent", "routing", "session-ends"}
    told_falsely = {"state"}  # it tells the severity there
    keeps_order = False
    # It has one name for both lengths of these.
    alike = {"datetime": {"datetime", "smalldatetime"}, "money": {"money", "smallmoney"}}

    def words(self, target, login, mode):
        out = (f"Driver={{FreeTDS}};Server={target.address};Port=1433;UID={login['user']};PWD={{{login['password']}}};"
               f"TDS_Version=7.4;ClientCharset=UTF-8;Encryption={'require' if mode == 'encrypted' else 'off'};")
        for key, keyword in (("database", "Database"), ("application", "APP"), ("intent", "ApplicationIntent")):
            if key in login:
                out += f"{keyword}={login[key]};"
        return out


class Connection:
    def __init__(self, judge, words):
        self.judge = judge
        self.environment = Handle(OF_ENVIRONMENT)
        self.odbc = self.environment.odbc
        self.odbc.SQLSetEnvAttr(self.environment.it, 200, ctypes.c_void_p(3), 0)
        self.handle = Handle(OF_CONNECTION, self.environment)
        self.odbc.SQLSetConnectAttrW(self.handle.it, 103, ctypes.c_void_p(10), 0)
        status = self.odbc.SQLDriverConnectW(self.handle.it, None, wide(words), NTS, None, 0, None, 0)
        if status not in (SUCCESS, WITH_INFO):
            errors = [one for state, one in self.handle.records() if not state.startswith("01")]
            self.free()
            raise Refused([one for one in errors if one.number] or errors)
        self.notes = [one for _, one in self.handle.records()] if status == WITH_INFO else []

    def close(self):
        self.odbc.SQLDisconnect(self.handle.it)
        self.free()

    def free(self):
        self.handle.free()
        self.environment.free()

    def ask(self, step):
        statement = Handle(OF_STATEMENT, self.handle)
        if "timeout" in step:
            self.odbc.SQLSetStmtAttrW(statement.it, 0, ctypes.c_void_p(step["timeout"]), 0)
        kept = [self.bind(statement, number + 1, one) for number, one in enumerate(step.get("parameters", []))]
        out = Answer(counts=[])
        status = self.odbc.SQLExecDirectW(statement.it, wide(step["run"]), NTS)
        if status == NO_DATA:  # no rows changed, or FreeTDS after a statement without a count
            status = SUCCESS
        while status != NO_DATA:
            heard = self.note(statement, out) if status != SUCCESS else []
            if out.timed_out or any(one.number == 0 for one in heard):
                break
            if status in (SUCCESS, WITH_INFO):
                self.read(statement, out)
            status = self.odbc.SQLMoreResults(statement.it)
        statement.free()
        del kept
        return out

    def bind(self, statement, number, what):
        if isinstance(what, int):
            buffer, length = ctypes.c_longlong(what), ctypes.c_long(8)
            kinds = (-25, -5, 19)
        else:
            buffer = wide(what or "")
            length = ctypes.c_long(-1 if what is None else len(what) * 2)
            kinds = (AS_TEXT, -9, max(len(what or ""), 1))
        self.odbc.SQLBindParameter(
            statement.it, ctypes.c_ushort(number), ctypes.c_short(1), ctypes.c_short(kinds[0]), ctypes.c_short(kinds[1]),
            ctypes.c_ulong(kinds[2]), ctypes.c_short(0), ctypes.byref(buffer), ctypes.c_long(ctypes.sizeof(buffer)),
            ctypes.byref(length))
        return buffer, length

    def note(self, statement, out):
        """Sorts what was just told: notes, errors (which are returned), or that the time was over."""
        errors = []
        for state, one in statement.records():
            if state in ("HYT00", "HY008", "S1T00"):
                out.timed_out = True
            elif state.startswith("01"):
                out.messages.append(one)
            else:
                for field in self.judge.told_falsely:
                    setattr(one, field, None)
                errors.append(one)
        out.errors += errors
        return errors

    def read(self, statement, out):
        count = ctypes.c_short()
        self.odbc.SQLNumResultCols(statement.it, ctypes.byref(count))
        if count.value == 0:
            affected = ctypes.c_long()
            self.odbc.SQLRowCount(statement.it, ctypes.byref(affected))
            if affected.value >= 0:
                out.counts.append(affected.value)
            return
        kinds = [self.describe(statement, number + 1) for number in range(count.value)]
        made = Set([(name, self.judge.alike.get(kind, kind)) for name, kind, _ in kinds], [])
        while (status := self.odbc.SQLFetch(statement.it)) in (SUCCESS, WITH_INFO):
            made.rows.append(tuple(self.cell(statement, number + 1, concise)
                                   for number, (_, _, concise) in enumerate(kinds)))
        if status != NO_DATA:
            self.note(statement, out)
        out.sets.append(made)

    def attribute(self, statement, column, which):
        text, length, number = ctypes.create_string_buffer(512), ctypes.c_short(), ctypes.c_long()
        self.odbc.SQLColAttributeW(statement.it, ctypes.c_ushort(column), ctypes.c_ushort(which), text, ctypes.c_short(512),
                                   ctypes.byref(length), ctypes.byref(number))
        return of_wide(text, max(length.value, 0)), number.value

    def describe(self, statement, column):
        name = self.attribute(statement, column, 1011)[0]
        concise = self.attribute(statement, column, 2)[1]
        word = self.attribute(statement, column, 14)[0].lower().removesuffix(" identity")
        length = self.attribute(statement, column, 1003)[1]
        if word in CHARACTERS:
            word += "(max)" if length <= 0 or length > 8000 else f"({length})"
        elif word in ("numeric", "decimal"):
            word = f"numeric({self.attribute(statement, column, 1005)[1]},{self.attribute(statement, column, 1006)[1]})"
        elif word in ("datetime2", "time", "datetimeoffset"):
            word += f"({self.attribute(statement, column, 1005)[1]})"
        return name, word or None, concise

    def cell(self, statement, column, concise):
        wanted = AS_BYTES if concise in BINARY else AS_TEXT
        said = b""
        buffer, length = ctypes.create_string_buffer(1 << 16), ctypes.c_long()
        while True:
            status = self.odbc.SQLGetData(statement.it, ctypes.c_ushort(column), ctypes.c_short(wanted), buffer,
                                          ctypes.c_long(1 << 16), ctypes.byref(length))
            if length.value == -1:
                return None
            room = (1 << 16) - (2 if wanted == AS_TEXT else 0)
            cut = status == WITH_INFO and (length.value < 0 or length.value > room)
            said += buffer.raw[:room if cut else length.value]
            if not cut:
                break
        if wanted == AS_BYTES:
            return "0x" + said.hex().upper()
        if concise == VARIANT and self.attribute(statement, column, VARIANT_HOLDS)[1] in HELD_WHOLE:
            concise = 4
        return value_of(said.decode("utf-16-le"), concise)


def value_of(text, concise):
    if concise in WHOLE | BIT:
        return int(text)
    if concise in APPROXIMATE:
        return float(text)
    if concise in EXACT:
        return str(Decimal(text))
    return text.upper() if concise in GUID else text
