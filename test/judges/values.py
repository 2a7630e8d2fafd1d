"""Values as drivers written for Python give them, and types by their length, in the contract's words."""
import datetime
import uuid
from decimal import Decimal


def whole(size):
    return {1: "tinyint", 2: "smallint", 4: "int", 8: "bigint"}.get(size)


def plain(value):
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, uuid.UUID):
        return str(value).upper()
    if isinstance(value, (bytes, bytearray)):
        return "0x" + value.hex().upper()
    if isinstance(value, datetime.datetime):
        return value.isoformat(" ")
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    return value
