"""The durable queue: films and their results, each state on the disk before anybody acts on it."""

import hashlib
import sqlite3
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from spondyl.serve.dicom.errors import NoRoomError
from spondyl.serve.dicom.model import Arrival, Film, FilmState, Made, ParcelState, Taken
from spondyl.serve.dicom.queue_parcels import ParcelQueue
from spondyl.serve.dicom.queue_table import FILM_COLUMNS, film_of
from spondyl.serve.dicom.queue_views import QueueViews


class FilmQueue(ParcelQueue, QueueViews):
    """Films of one node, from accepted to delivered or dead."""

    # ---- films in --------------------------------------------------------------------------

    def take(self, arrival: Arrival, content: Sequence[bytes | memoryview]) -> tuple[Taken, int]:
        """Accept a film: when this returns, the film survives whatever happens to the node.

        The same SOP instance again is a duplicate and changes nothing, unless the first one could
        not be read and this one's content differs: then it takes the dead one's place.

        Returns
        -------
        (Taken, int)
            What became of it, and its number.

        Raises
        ------
        NoRoomError
            Nothing of the film was kept.
        """
        sha256 = hashlib.sha256()
        for piece in content:
            sha256.update(piece)
        digest = sha256.hexdigest()
        known = self._known(arrival.sop_instance_uid)
        if known is not None and not self._replaceable(known, digest):
            return Taken.DUPLICATE, self._repeat(known)
        path = None
        try:
            path = self.store.keep(content)
            return self._enter(arrival, digest, path)
        except (OSError, sqlite3.OperationalError) as error:
            if path is not None:
                self.store.forget(path)
            raise NoRoomError(str(error)) from error

    def knows(self, sop_instance_uid: str) -> bool:
        """A film of this UID is in the queue, or was delivered not long ago."""
        return self._known(sop_instance_uid) is not None

    def _known(self, uid: str) -> int | None:
        rows = self._ask("SELECT id FROM films WHERE sop_instance_uid=?", uid)
        return int(str(rows[0][0])) if rows else None

    def _replaceable(self, film_id: int, digest: str) -> bool:
        """Dead before anything was sent of it, and not the same bytes."""
        return bool(
            self._ask(
                "SELECT 1 FROM films WHERE id=? AND state=? AND sha256<>? AND NOT EXISTS "
                "(SELECT 1 FROM parcels WHERE film_id=films.id)",
                film_id, FilmState.DEAD, digest,
            )
        )  # fmt: skip

    def _repeat(self, film_id: int) -> int:
        try:
            with self._write() as table:
                table.execute("UPDATE films SET repeats=repeats+1 WHERE id=?", (film_id,))
        except sqlite3.OperationalError:
            pass  # a count only: a full disk is no reason to have a known film sent again
        return film_id

    def _enter(self, arrival: Arrival, digest: str, path: Path) -> tuple[Taken, int]:
        now = self._clock.now().isoformat(timespec="milliseconds")
        uid = arrival.sop_instance_uid
        old: Path | None = None
        with self._write() as table:
            # Asked again inside the transaction: two associations may bring the same film at once.
            known = self._known(uid)
            if known is not None and not self._replaceable(known, digest):
                taken, number = Taken.DUPLICATE, known
            elif known is not None:
                taken, number = Taken.REPLACED, known
                old = self._path(self._ask("SELECT path FROM films WHERE id=?", known)[0][0])
                table.execute(
                    "UPDATE films SET state=?, reason='', attempts=0, finished_at=NULL, sha256=?, "
                    "path=?, sop_class_uid=?, transfer_syntax=?, origin=?, sender=?, received_at=? "
                    "WHERE id=?",
                    (FilmState.RECEIVED, digest, self._name(path), arrival.sop_class_uid,
                     arrival.transfer_syntax, arrival.origin, arrival.sender, now, known),
                )  # fmt: skip
            else:
                cursor = table.execute(
                    "INSERT INTO films (sop_instance_uid, sop_class_uid, transfer_syntax, origin, "
                    "sender, sha256, path, state, received_at) VALUES (?,?,?,?,?,?,?,?,?)",
                    (uid, arrival.sop_class_uid, arrival.transfer_syntax, arrival.origin,
                     arrival.sender, digest, self._name(path), FilmState.RECEIVED, now),
                )  # fmt: skip
                taken, number = Taken.NEW, int(cursor.lastrowid or 0)
        if taken is Taken.DUPLICATE:
            self.store.forget(path)
        elif old is not None:
            self.store.forget(old)
        return taken, number

    # ---- films to be read ------------------------------------------------------------------

    def next_film(self) -> Film | None:
        """Take the longest waiting film to be read."""
        with self._write() as table:
            rows = self._ask(
                f"SELECT {FILM_COLUMNS} FROM films WHERE state=? ORDER BY id LIMIT 1",
                FilmState.RECEIVED,
            )
            if not rows:
                return None
            film = film_of(rows[0])
            table.execute("UPDATE films SET state=? WHERE id=?", (FilmState.READING, film.id))
        return self._rooted_film(film)

    def was_read(
        self, film: Film, made: Sequence[Made], parcels: Sequence[tuple[str, str]]
    ) -> None:
        """Note a film's results and where each goes, all at once."""
        of_kind = {each.kind: each for each in made}
        with self._write() as table:
            table.execute("DELETE FROM parcels WHERE film_id=?", (film.id,))
            table.executemany(
                "INSERT INTO parcels (film_id, destination, kind, path, sop_instance_uid, "
                "sop_class_uid, transfer_syntax, state) VALUES (?,?,?,?,?,?,?,?)",
                [
                    (film.id, name, kind, self._name(of_kind[kind].path),
                     of_kind[kind].sop_instance_uid, of_kind[kind].sop_class_uid,
                     of_kind[kind].transfer_syntax, ParcelState.PENDING)
                    for name, kind in parcels
                ],
            )  # fmt: skip
            table.execute("UPDATE films SET state=? WHERE id=?", (FilmState.SENDING, film.id))

    def put_back(self, film: Film, *, failed: bool) -> int:
        """Return a film that was taken to be read; how often its readings have failed."""
        with self._write() as table:
            table.execute(
                "UPDATE films SET state=?, attempts=attempts+? WHERE id=?",
                (FilmState.RECEIVED, int(failed), film.id),
            )
        return film.attempts + int(failed)

    def bury(self, film: Film, reason: str) -> None:
        """Put a film on the dead-letter list."""
        with self._write() as table:
            table.execute(
                "UPDATE films SET state=?, reason=?, finished_at=? WHERE id=?",
                (FilmState.DEAD, reason, self._now(), film.id),
            )

    # ---- order ------------------------------------------------------------------------------

    def recover(self, remember_days: float) -> int:
        """Put a queue in order that was left in whatever state; to be called before work starts.

        Films that were being read wait again; delivered ones of long ago are forgotten; files that
        nothing names are removed.

        Returns
        -------
        int
            Films that were being read.
        """
        with self._write() as table:
            again = table.execute(
                "UPDATE films SET state=? WHERE state=?", (FilmState.RECEIVED, FilmState.READING)
            ).rowcount
        self.forget_old(remember_days)
        rows = self._ask(
            "SELECT path FROM films WHERE state<>? UNION SELECT parcels.path FROM parcels "
            "JOIN films ON films.id=film_id WHERE films.state<>?",
            FilmState.DELIVERED, FilmState.DELIVERED,
        )  # fmt: skip
        self.store.sweep({self._path(row[0]) for row in rows})
        return again

    def forget_old(self, days: float) -> None:
        """Forget films that were delivered so long ago; they stay in the counts."""
        until = (self._clock.now() - timedelta(days=days)).isoformat(timespec="milliseconds")
        with self._write() as table:
            count = table.execute(
                "DELETE FROM films WHERE state=? AND finished_at<?", (FilmState.DELIVERED, until)
            ).rowcount
            if count:
                table.execute(
                    "INSERT INTO totals (name, count) VALUES ('forgotten', ?) "
                    "ON CONFLICT (name) DO UPDATE SET count=count+excluded.count",
                    (count,),
                )
