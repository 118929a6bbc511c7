"""Films in a folder of a local disk."""

import tempfile
from pathlib import Path

from spondyl.files import write_whole
from spondyl.serve.store.errors import NoFilmError, StoreError
from spondyl.serve.store.films import checked_key


class FolderFilms:
    """A film store in a folder; see :class:`spondyl.serve.store.films.FilmStore`.

    Parameters
    ----------
    folder : Path
        Made if it is missing, for its owner alone.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)

    def put(self, key: str, content: bytes) -> None:
        """Write and wait until the disk holds it: a film is there as a whole, or not at all."""
        path = self._path(key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_whole(path, content, durable=True, private=True)
        except OSError as error:
            raise StoreError(f"A film cannot be kept ({error.strerror}).") from None

    def get(self, key: str) -> bytes:
        """Read."""
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError:
            raise NoFilmError(key) from None
        except OSError as error:
            raise StoreError(f"A film cannot be read ({error.strerror}).") from None

    def delete(self, key: str) -> None:
        """Remove."""
        try:
            self._path(key).unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(f"A film cannot be deleted ({error.strerror}).") from None

    def has(self, key: str) -> bool:
        """Look."""
        return self._path(key).is_file()

    def check(self) -> None:
        """Make the folder, and see that it can be written."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with tempfile.TemporaryFile(dir=self.folder):
                pass
        except OSError as error:
            raise StoreError(
                f"films: {self.folder} cannot be written ({error.strerror})."
            ) from None

    def _path(self, key: str) -> Path:
        return self.folder / checked_key(key)
