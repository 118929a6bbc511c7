"""The password of a PostgreSQL server, from where PostgreSQL's own programs take it."""

import os
import re
import stat
from collections.abc import Iterable
from pathlib import Path

_FIELDS = 5


def password_of(host: str, port: int, database: str, user: str) -> str | None:
    """The password of ``PGPASSWORD``, else that of the file ``PGPASSFILE`` or ``~/.pgpass``.

    A file that others than its owner may read is left alone, as PostgreSQL's programs leave it.

    Parameters
    ----------
    host : str
        As in the file: ``localhost`` also stands for a socket of this machine.
    port : int
    database, user : str
    """
    said = os.environ.get("PGPASSWORD")
    if said:
        return said
    path = Path(os.environ.get("PGPASSFILE") or "~/.pgpass").expanduser()
    try:
        if os.name == "posix" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            return None
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    return found_in(lines, (host, str(port), database, user))


def found_in(lines: Iterable[str], wanted: tuple[str, str, str, str]) -> str | None:
    r"""The password of the first line that fits host, port, database and user.

    Examples
    --------
    >>> lines = ["# ours", r"db:5432:*:anna:a\:b", "*:*:*:*:other"]
    >>> found_in(lines, ("db", "5432", "room", "anna"))
    'a:b'
    >>> found_in(lines, ("db", "5433", "room", "anna"))
    'other'
    """
    for line in lines:
        fields = [re.sub(r"\\(.)", r"\1", each) for each in re.split(r"(?<!\\):", line)]
        if line.startswith("#") or len(fields) != _FIELDS:
            continue
        if all(each in ("*", want) for each, want in zip(fields, wanted, strict=False)):
            return fields[-1]
    return None
