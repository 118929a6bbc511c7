"""What people ask of a queue: dead letters, counts."""

from spondyl.serve.dicom.model import DeadLetter, FilmState, ParcelState
from spondyl.serve.dicom.queue_base import QueueBase
from spondyl.serve.dicom.queue_table import FILM_COLUMNS, film_of

_OPEN = (FilmState.RECEIVED, FilmState.READING, FilmState.SENDING)


class QueueViews(QueueBase):
    """The part of the queue that people use."""

    def dead_letters(self) -> list[DeadLetter]:
        """Films that will not go on by themselves, oldest first."""
        films = [
            self._rooted_film(film_of(row))
            for row in self._ask(
                f"SELECT {FILM_COLUMNS} FROM films WHERE state=? ORDER BY id", FilmState.DEAD
            )
        ]
        return [
            DeadLetter(
                film,
                tuple(self._parcels("film_id=? AND state=?", film.id, ParcelState.DEAD)),
            )
            for film in films
        ]

    def requeue(self, film_id: int) -> bool:
        """Give a dead letter another chance, from where it failed; False if it is none."""
        with self._write() as table:
            if not self._ask("SELECT 1 FROM films WHERE id=? AND state=?", film_id, FilmState.DEAD):
                return False
            again = table.execute(
                "UPDATE parcels SET state=?, attempts=0 WHERE film_id=? AND state=?",
                (ParcelState.PENDING, film_id, ParcelState.DEAD),
            ).rowcount
            table.execute(
                "UPDATE films SET state=?, attempts=0, reason='', finished_at=NULL WHERE id=?",
                (FilmState.SENDING if again else FilmState.RECEIVED, film_id),
            )
        return True

    def counts(self) -> dict[FilmState, int]:
        """Films by state; delivered ones that were forgotten since are counted, too."""
        found = dict.fromkeys(FilmState, 0)
        for state, count in self._ask("SELECT state, COUNT(*) FROM films GROUP BY state"):
            found[FilmState(str(state))] = int(str(count))
        for (count,) in self._ask("SELECT count FROM totals WHERE name='forgotten'"):
            found[FilmState.DELIVERED] += int(str(count))
        return found

    def waiting(self) -> int:
        """Films that are not finished."""
        return int(
            str(self._ask("SELECT COUNT(*) FROM films WHERE state IN (?,?,?)", *_OPEN)[0][0])
        )

    def parcels_by_destination(self) -> dict[str, dict[ParcelState, int]]:
        """Results by destination and state."""
        found: dict[str, dict[ParcelState, int]] = {}
        for name, state, count in self._ask(
            "SELECT destination, state, COUNT(*) FROM parcels GROUP BY destination, state"
        ):
            of_one = found.setdefault(str(name), dict.fromkeys(ParcelState, 0))
            of_one[ParcelState(str(state))] = int(str(count))
        return found

    def oldest_waiting(self) -> str | None:
        """When the longest waiting film came in (wall clock)."""
        rows = self._ask("SELECT MIN(received_at) FROM films WHERE state IN (?,?,?)", *_OPEN)
        return None if rows[0][0] is None else str(rows[0][0])

    def last_reason(self, destination: str) -> str:
        """Why the last failed result of a destination waits or is dead."""
        rows = self._ask(
            "SELECT reason FROM parcels WHERE destination=? AND reason<>'' "
            "ORDER BY id DESC LIMIT 1",
            destination,
        )
        return str(rows[0][0]) if rows else ""
