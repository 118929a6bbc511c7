"""Passwords: hashed with Argon2id, compared in constant time, never kept."""

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LONGEST = 256
#: Argon2 takes 64 MiB each; so many at once are enough, and cannot eat the machine.
_AT_ONCE = threading.BoundedSemaphore(2)
_HASHER = PasswordHasher()


def hashed(password: str) -> str:
    """A password's hash with its salt and parameters."""
    with _AT_ONCE:
        return _HASHER.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """A password is the one of a hash.

    Without a hash (no such user, or one without a password) it takes as long, so that time tells
    nobody which names exist.
    """
    if len(password) > LONGEST:
        return False
    with _AT_ONCE:
        try:
            right = _HASHER.verify(password_hash or _nobody(), password)
        except (VerificationError, InvalidHashError, UnicodeEncodeError):
            return False
    return right and bool(password_hash)


def outdated(password_hash: str) -> bool:
    """A hash was made with weaker parameters than today's."""
    return _HASHER.check_needs_rehash(password_hash)


def weakness(password: str, name: str, shortest: int) -> str | None:
    """Why a new password is not taken, as a sentence; None if it is.

    Length is what counts (NIST SP 800-63B): no rules on kinds of characters, but no password that
    is the name, or one character over and over.
    """
    if len(password) < shortest:
        return f"The password has {len(password)} characters; it needs at least {shortest}."
    if len(password) > LONGEST:
        return f"The password has more than {LONGEST} characters."
    if not password.isascii() and any("\ud800" <= each <= "\udfff" for each in password):
        return "The password holds half a character, which nobody can type again."
    if len(set(password)) < 4:
        return "The password repeats too few characters."
    if name and password.casefold().replace(name.casefold(), "") in ("", "123", "1234"):
        return "The password is hardly more than the name."
    return None


@cache
def _nobody() -> str:
    return _HASHER.hash("nobody")
