"""Files that are there whole or not at all.

What is half written lies beside its file under a name of its own and takes its place at once:
whoever opens the file finds the old content or the new, however many write and whatever breaks in
between. Pure standard library; any room may use it.
"""

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

#: Ends the names of files that are being written; after a failure of power some may be left.
HALF = ".part"
_PIECE = bytes | bytearray | memoryview
#: Said by file systems that keep names safe in another way, or not at all.
_NO_SUCH_SYNC = {errno.EINVAL, errno.ENOTSUP}


def write_whole(
    path: Path,
    content: str | _PIECE | Iterable[_PIECE],
    *,
    make_folder: bool = False,
    durable: bool = False,
    private: bool = False,
) -> Path:
    """Write a file whole or not at all.

    Parameters
    ----------
    path : Path
    content : str, bytes or iterable of bytes
        Text is UTF-8, and its line ends stay as they are, so that a file is the same on every
        system. Pieces are written one after the other.
    make_folder : bool
        Make the folders that are missing.
    durable : bool
        Return when the disk holds content and name: they outlive a failure of power from then on.
    private : bool
        For its owner alone; else for whom the umask says.

    Returns
    -------
    Path
        The path, as it was given.

    Raises
    ------
    OSError
        Where it was raised before the file had its name, the old one is still there.
    """
    if isinstance(content, str):
        content = content.encode()
    pieces = [content] if isinstance(content, _PIECE) else content
    with whole_file(path, make_folder=make_folder, durable=durable) as half:
        half.touch(0o600 if private else 0o666, exist_ok=False)
        with half.open("wb") as file:
            for piece in pieces:
                file.write(piece)
    return path


@contextmanager
def whole_file(path: Path, *, make_folder: bool = False, durable: bool = False) -> Iterator[Path]:
    """Lend a path to write to; what is there when the block ends becomes the file.

    If the block raises, nothing has happened. The path's name tells nothing of the file's:
    libraries that go by its ending, or add one, need an open file instead.

    Parameters
    ----------
    path : Path
    make_folder, durable : bool
        See :func:`write_whole`.

    Yields
    ------
    Path
        In the same folder, where nothing is yet.
    """
    if make_folder:
        path.parent.mkdir(parents=True, exist_ok=True)
    # Not made of the file's name, which may be as long as the system allows.
    half = path.with_name(f".{os.urandom(8).hex()}{HALF}")
    try:
        yield half
        if durable:
            sync_file(half)
        half.replace(path)
    except BaseException:
        half.unlink(missing_ok=True)
        raise
    if durable:
        sync_folder(path.parent)


def sync_file(path: Path) -> None:
    """Wait until the disk holds a file."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Wait until the disk holds the names in a folder (POSIX: a name is data of its folder)."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _NO_SUCH_SYNC:
            raise
    finally:
        os.close(handle)
