"""Which errors say that a part is away or full: they are no fault of what was to be done, and pass by themselves."""

import errno
from socket import gaierror

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from servicekit.child import ChildDied
from servicekit.errors import FairwayError, StorageFull, Unavailable

__all__ = ["is_outage", "outage"]

_ANYBODYS = (ConnectionError, TimeoutError, gaierror)
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
_DATABASE_FULL = "53100"
_DATABASE_AWAY = frozenset({"08000", "08001", "08003", "08004", "08006", "53300", "57P01", "57P02", "57P03", "57P05"})
"""SQLSTATE of connections that fail or break off, of too many connections, and of a server that starts or stops."""


def outage(error: BaseException) -> FairwayError | None:
    """Return what to say of `error` where it means that the database is away, or that there is no room; else None."""
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        return StorageFull("There is no room left")
    if isinstance(error, DBAPIError):
        text = str(error.orig)
        if "disk is full" in text or getattr(error.orig, "sqlstate", None) == _DATABASE_FULL:
            return StorageFull("There is no room left in the database")
    if _says_that_the_database_is_away(error):
        return Unavailable("The database does not answer", headers={"Retry-After": "5"})
    return None


def is_outage(error: BaseException) -> bool:
    """Whether a part was certainly away or full: of a bare connection or time-out nobody can tell whose it was.

    A computing process that died is none: it may have died of what it was given.
    """
    if isinstance(error, Unavailable | StorageFull):
        return not isinstance(error, ChildDied)
    return not isinstance(error, _ANYBODYS) and outage(error) is not None


def _says_that_the_database_is_away(error: BaseException) -> bool:
    """Whether a connection could not be had or broke off: mail and objects say so by errors of their own."""
    if isinstance(error, (*_ANYBODYS, PoolTimeout)):
        return True
    original = error.orig if isinstance(error, DBAPIError) else error
    is_broken = isinstance(error, DBAPIError) and error.connection_invalidated
    return is_broken or getattr(original, "sqlstate", None) in _DATABASE_AWAY
