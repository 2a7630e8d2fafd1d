"""python-tds: TDS written in Python."""
import pytds

from answers import Answer, Error, Refused, Set
from judge import Judge
from values import plain, whole

FIXED = {"BitN": "bit", "MsDate": "date", "Variant": "sql_variant", "MsUnique": "uniqueidentifier",
         "VarBinarySerializerMax": "varbinary(max)",
         "Xml": "xml", "NVarCharMax": "nvarchar(max)", "VarCharMax": "varchar(max)", "VarBinarySerializerMax72": "varbinary(max)"}
# Those of one length: of columns that are never NULL.
PLAIN = {"BitSerializer": "bit", "TinyIntSerializer": "tinyint", "SmallIntSerializer": "smallint", "IntSerializer": "int",
         "BigIntSerializer": "bigint", "SmallDateTimeSerializer": "smalldatetime", "DateTimeSerializer": "datetime",
         "Money4Serializer": "smallmoney", "Money8Serializer": "money"}


def kind_of(column):
    """The type, where the driver keeps what the server told."""
    one = column.serializer
    name = type(one).__name__
    if name in PLAIN:
        return PLAIN[name]
    for start, kind in FIXED.items():
        if name.startswith(start):
            return kind
    if name.startswith("IntN"):
        return whole(one.size)
    if name.startswith("DateTimeN"):
        return {4: "smalldatetime", 8: "datetime"}[one.size]
    if name.startswith("MoneyN"):
        return {4: "smallmoney", 8: "money"}[one.size]
    if name.startswith("MsTime"):
        return f"time({one.precision})"
    if name.startswith("DateTimeOffset"):
        return f"datetimeoffset({one.precision})"
    if name.startswith("MsDecimal"):
        return f"numeric({one.precision},{one.scale})"
    if name.startswith("DateTime2"):
        return f"datetime2({one.precision})"
    if name.startswith("NVarChar"):
        return {f"nvarchar({int(one.size)})", f"nchar({int(one.size)})"}
    return None


class PythonTds(Judge):
    name = "python-tds"
    modes = ("plain", "encrypted")
    tells_all_errors = False  # it ends at the first
    # A login is tried again until its time is over, unless the error is 18456: it loses the others.
    can = frozenset({"parameters", "login-application", "login-intent", "iso-dates", "big-numbers",
                     "batches-as-they-are", "offsets", "routing", "variants"})

    def connect(self, target, login, mode):
        try:
            made = pytds.connect(
                server=target.address, port=1433, user=login["user"], password=login["password"], autocommit=True,
                database=login.get("database"), appname=login.get("application"), disable_connect_retry=True,
                readonly=login.get("intent") == "ReadOnly", login_timeout=10,
                cafile=str(target.certificate) if mode == "encrypted" else None, validate_host=False)
        except pytds.Error as refused:
            raise Refused([Error(getattr(refused, "number", 0), getattr(refused, "text", str(refused)))]) from refused
        return Connection(made)


class Connection:
    def __init__(self, driver):
        self.driver = driver

    def close(self):
        self.driver.close()

    def ask(self, step):
        out = Answer()
        cursor = self.driver.cursor()
        given = tuple(step.get("parameters", ()))
        try:
            cursor.execute(step["run"].replace("?", "%s") if given else step["run"], given or None)
            self.read(cursor, out)
            while cursor.nextset():
                self.read(cursor, out)
        except pytds.Error as error:
            if getattr(error, "number", 0) == 0:
                raise
        for one in cursor._session.messages:
            told = Error(one["msgno"], one["message"], one["severity"], one["state"], one["line_number"])
            (out.errors if one["priv_msg_type"] else out.messages).append(told)
        cursor.close()
        return out

    def read(self, cursor, out):
        if cursor.description:
            columns = cursor._session.res_info.columns
            out.sets.append(Set([(one.column_name, kind_of(one)) for one in columns],
                                [tuple(map(plain, one)) for one in cursor.fetchall()]))
