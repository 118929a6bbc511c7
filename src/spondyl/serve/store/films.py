"""The bytes of films: kept under keys made of their own hash, in a folder or in an S3 bucket.

A film lies under ``films/ab/abcdef...`` by its SHA-256, so that keys hold no words of a
patient, the same film is kept once, and what comes back can be proven to be what went in.
"""

import hashlib
import re
from pathlib import Path
from typing import Protocol

from spondyl.serve.store.errors import StoreError

_KEY = re.compile(r"[a-z0-9]{1,20}(/[a-z0-9][a-z0-9._-]{0,99}){1,4}")


class FilmStore(Protocol):
    """Where films' bytes are kept. Keys are made by :func:`film_key`; all may raise StoreError."""

    def put(self, key: str, content: bytes) -> None:
        """Keep; what was under the key is replaced as a whole. Durable when this returns."""

    def get(self, key: str) -> bytes:
        """What is under a key.

        Raises
        ------
        NoFilmError
            If there is nothing.
        """

    def delete(self, key: str) -> None:
        """Forget; nothing under the key is no error."""

    def has(self, key: str) -> bool:
        """Something is under the key."""

    def check(self) -> None:
        """Prove that the store answers.

        Raises
        ------
        StoreError
        """


def film_key(sha256: str) -> str:
    """The key of a film by its SHA-256.

    Examples
    --------
    >>> film_key("ab" * 32)[:20]
    'films/ab/abababababa'
    """
    return f"films/{sha256[:2]}/{sha256}"


def sha256_of(content: bytes) -> str:
    """SHA-256 of a film's bytes, as 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def checked_key(key: str) -> str:
    """A key that is one.

    Raises
    ------
    ValueError
        If it could lead anywhere else.
    """
    if not _KEY.fullmatch(key) or ".." in key:
        raise ValueError(f"Expected a key as films/ab/abcd, found {key!r}.")
    return key


def open_film_store(url: str) -> FilmStore:
    """A film store by its URL.

    Parameters
    ----------
    url : str
        A folder (a path, or ``file:///...``), or ``s3://bucket/prefix``; for servers other than
        Amazon's with ``?endpoint=https://...&region=...``.

    Raises
    ------
    StoreError
    """
    if url.startswith("s3://"):
        from spondyl.serve.store.films_s3 import open_s3

        return open_s3(url)
    from spondyl.serve.store.films_folder import FolderFilms

    path = url.removeprefix("file://")
    if "://" in path:
        raise StoreError(f"films: expected a folder or s3://bucket/prefix, found {url!r}.")
    return FolderFilms(Path(path).expanduser())
