"""Connections to a PostgreSQL server by pg8000, a driver written in Python alone.

The driver knows less of the world than PostgreSQL's own library: where sockets lie, what encryption
is called in a URL, where passwords are kept. That is added here, under the names that PostgreSQL's
own programs have for it; and so are the kinds of errors, which the driver leaves to its users.
"""

import getpass
import os
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from sqlalchemy import exc
from sqlalchemy.engine import URL, ExceptionContext

from spondyl.serve.store.errors import StoreError
from spondyl.serve.store.pgpass import password_of

DRIVER = "postgresql+pg8000"
#: URLs of other drivers of PostgreSQL are understood, too: they differ in this word alone.
_NAMES = ("postgres", "postgresql", "postgresql+psycopg", "postgresql+psycopg2", DRIVER)
_OPTIONS = ("application_name", "connect_timeout", "host", "port", "sslmode", "sslrootcert")
_SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_PORT = 5432
_CONNECT_S = 10.0
_SOCKET_FOLDERS = ("/var/run/postgresql", "/run/postgresql", "/tmp")

#: First letters of an error's code (SQLSTATE) -> what it is.
_KINDS: Mapping[str, type[exc.DBAPIError]] = {
    "08": exc.OperationalError,
    "22": exc.DataError,
    "23": exc.IntegrityError,
    "40": exc.OperationalError,
    "42": exc.ProgrammingError,
    "53": exc.OperationalError,
    "55": exc.OperationalError,
    "57": exc.OperationalError,
}
#: The server ends, or has ended, this connection.
_ENDED = ("57P01", "57P02", "57P03", "57P05")


def driver_url(url: URL) -> URL:
    """A URL of PostgreSQL, for this driver.

    Raises
    ------
    StoreError
        If it names a driver of another kind.
    """
    if url.drivername not in _NAMES:
        raise StoreError(
            f"database: no driver {url.drivername!r}; expected postgresql://user@host/name."
        )
    return url.set(drivername=DRIVER)


def connect_arguments(url: URL) -> dict[str, Any]:
    """What :func:`connect` takes.

    Parameters
    ----------
    url : URL
        ``postgresql://user:password@host:port/name`` with the options ``host`` (a folder of
        sockets, or a name), ``port``, ``sslmode``, ``sslrootcert``, ``application_name`` and
        ``connect_timeout``, which mean what they mean to PostgreSQL's own programs. Without a host
        the socket of this machine's server is taken, if there is one.

    Raises
    ------
    StoreError
        If an option is none of these, or has an impossible value.
    """
    options = _options(url)
    host = unquote(url.host or "") or options.get("host") or os.environ.get("PGHOST", "")
    port = _whole(url.port or options.get("port") or os.environ.get("PGPORT") or _PORT, "port")
    user = url.username or os.environ.get("PGUSER") or getpass.getuser()
    folder = host if host.startswith("/") else "" if host else _socket_folder(port)
    database = url.database or user
    known_as = "localhost" if not host or host in _SOCKET_FOLDERS else host
    found: dict[str, Any] = {
        "user": user,
        "database": database,
        "password": url.password or password_of(known_as, port, database, user),
        "application_name": options.get("application_name", "spondyl"),
        "timeout": _whole(options.get("connect_timeout") or int(_CONNECT_S), "connect_timeout"),
    }
    if folder:
        # What does not leave the machine is not encrypted, and the server would refuse to.
        return {**found, "unix_sock": f"{folder}/.s.PGSQL.{port}", "ssl_context": False}
    context = _ssl_context(options.get("sslmode", "prefer"), options.get("sslrootcert"))
    return {**found, "host": host or "localhost", "port": port, "ssl_context": context}


def connect(arguments: Mapping[str, Any]) -> Any:
    """A new connection (DB-API); its time limit is that of connecting alone.

    Parameters
    ----------
    arguments : mapping
        Of :func:`connect_arguments`.
    """
    from spondyl.serve.store.postgres_line import Line

    connection = Line(**arguments)
    # The driver would hold each answer to it, and a migration may take longer.
    connection.settle(None)
    return connection


def _options(url: URL) -> dict[str, str]:
    found = {}
    for name, value in url.query.items():
        if name not in _OPTIONS:
            raise StoreError(
                f"database: the URL's options are {', '.join(_OPTIONS)}; found {name!r}."
            )
        found[name] = value if isinstance(value, str) else value[-1]
    return found


def _whole(value: str | int, name: str) -> int:
    try:
        return int(value)
    except ValueError:
        raise StoreError(f"database: {name} is a whole number, found {value!r}.") from None


def _socket_folder(port: int) -> str:
    found = (each for each in _SOCKET_FOLDERS if Path(each, f".s.PGSQL.{port}").is_socket())
    return next(found, "")


def _ssl_context(mode: str, roots: str | None) -> ssl.SSLContext | bool | None:
    """What the driver calls a mode of encryption: None is "if the server can"."""
    if mode not in _SSL_MODES:
        raise StoreError(f"database: sslmode is one of {', '.join(_SSL_MODES)}; found {mode!r}.")
    if mode == "disable":
        return False
    if mode in ("allow", "prefer"):
        return None
    if mode == "require" and roots is None:
        return True
    try:
        context = ssl.create_default_context(cafile=roots)
    except (OSError, ssl.SSLError) as error:
        raise StoreError(f"database: sslrootcert: {roots} cannot be used ({error}).") from None
    context.check_hostname = mode == "verify-full"
    return context


def state_of(error: BaseException | None) -> str:
    """The code (SQLSTATE) of an error that the server told; "" of any other."""
    told = error.args[0] if error is not None and error.args else None
    return str(told.get("C", "")) if isinstance(told, dict) else ""


def words_of(error: BaseException | None) -> str:
    """What the server said of an error, in one line."""
    told = error.args[0] if error is not None and error.args else None
    text = str(told.get("M", "")) if isinstance(told, dict) else str(error)
    return text.strip().partition("\n")[0]


def name_error(context: ExceptionContext) -> exc.DBAPIError | None:
    """Give an error its kind: to the driver all that the server tells is one.

    A listener of SQLAlchemy's event ``handle_error``.
    """
    state = state_of(context.original_exception)
    if state in _ENDED:
        context.is_disconnect = True
    kind = _KINDS.get(state[:2])
    if kind is None:
        return None
    return kind(
        context.statement,
        context.parameters,
        context.original_exception,
        connection_invalidated=context.is_disconnect,
    )
