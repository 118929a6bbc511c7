"""Long lists in pages that start behind the last row of the one before (keyset paging).

A cursor holds the sort values of that row. It is no secret and is checked like any input.
"""

import base64
import binascii
import json
from typing import Any

from spondyl.serve.web.problems import Problem


def cursor_of(*values: str | float | None) -> str:
    """A cursor from a row's sort values.

    Examples
    --------
    >>> cursor_from(cursor_of(0.5, "b"), float, str)
    (0.5, 'b')
    """
    text = json.dumps(values, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def cursor_from(cursor: str, *kinds: type) -> tuple[Any, ...]:
    """A cursor's values, of the expected kinds.

    Raises
    ------
    Problem
        400 if it is none of ours.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        values = json.loads(base64.urlsafe_b64decode(padded.encode()))
        if not isinstance(values, list) or len(values) != len(kinds):
            raise ValueError
        return tuple(_of_kind(value, kind) for value, kind in zip(values, kinds, strict=True))
    except (ValueError, TypeError, binascii.Error, UnicodeError, RecursionError, OverflowError):
        raise Problem(400, "The cursor is none that this list gave out.") from None


def _of_kind(value: Any, kind: type) -> Any:
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    # NaN, and texts with NUL or half a letter, are valid JSON for Python, but no value of a row.
    if type(value) is not kind or value != value or (isinstance(value, str) and "\0" in value):
        raise ValueError
    if isinstance(value, str):
        value.encode()
    return value
