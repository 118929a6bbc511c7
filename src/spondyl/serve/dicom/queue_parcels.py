"""Results on their way: what waits, what was taken, what was answered for."""

from collections.abc import Sequence
from pathlib import Path

from spondyl.serve.dicom.model import FilmState, Parcel, ParcelState
from spondyl.serve.dicom.queue_base import QueueBase


class ParcelQueue(QueueBase):
    """The part of the queue that senders use."""

    def pending(self, destination: str, limit: int) -> list[Parcel]:
        """Results that wait for a destination: least often tried, then longest waiting first."""
        return self._parcels(
            "destination=? AND state=? ORDER BY attempts, id LIMIT ?",
            destination, ParcelState.PENDING, limit,
        )  # fmt: skip

    def under_way(self) -> bool:
        """Some result waits for a destination, or for its answer."""
        return bool(
            self._ask(
                "SELECT 1 FROM parcels WHERE state IN (?,?) LIMIT 1",
                ParcelState.PENDING, ParcelState.SENT,
            )
        )  # fmt: skip

    def uncommitted(self, destination: str) -> list[Parcel]:
        """Results that a destination has taken and not answered for."""
        return self._parcels("destination=? AND state=? ORDER BY id", destination, ParcelState.SENT)

    def sent(self, parcel: Parcel, transaction_uid: str = "") -> None:
        """Note that a destination took a result; with a transaction, its commitment is awaited."""
        state = ParcelState.SENT if transaction_uid else ParcelState.DONE
        with self._write() as table:
            table.execute(
                "UPDATE parcels SET state=?, transaction_uid=?, reason='' WHERE id=?",
                (state, transaction_uid, parcel.id),
            )
            gone = self._settle(parcel.film_id)
        self.store.forget(*gone)

    def asked_again(self, parcels: Sequence[Parcel], transaction_uid: str) -> None:
        """Note the transaction under which commitment was asked for once more."""
        with self._write() as table:
            table.executemany(
                "UPDATE parcels SET transaction_uid=?, attempts=attempts+1 WHERE id=?",
                [(transaction_uid, each.id) for each in parcels],
            )

    def answered(
        self, transaction_uid: str, committed: Sequence[str], refused: Sequence[tuple[str, str]]
    ) -> int:
        """Note a destination's answer: what it keeps, and what must be sent again.

        Returns
        -------
        int
            How many results it was about; 0 for a transaction that nobody waits for.
        """
        if not transaction_uid:
            return 0
        count = 0
        gone: list[Path] = []
        with self._write() as table:
            waiting = {
                each.made.sop_instance_uid: each
                for each in self._parcels(
                    "transaction_uid=? AND state=?", transaction_uid, ParcelState.SENT
                )
            }
            for uid in committed:
                if uid in waiting:
                    table.execute(
                        "UPDATE parcels SET state=?, reason='' WHERE id=?",
                        (ParcelState.DONE, waiting[uid].id),
                    )
                    count += 1
            for uid, reason in refused:
                if uid in waiting:
                    table.execute(
                        "UPDATE parcels SET state=?, attempts=attempts+1, reason=?, "
                        "transaction_uid='' WHERE id=?",
                        (ParcelState.PENDING, reason, waiting[uid].id),
                    )
                    count += 1
            for film_id in {each.film_id for each in waiting.values()}:
                gone += self._settle(film_id)
        self.store.forget(*gone)
        return count

    def failed(self, parcels: Sequence[Parcel], reason: str, attempts: int) -> int:
        """Note that sending failed; those that have failed so often become dead letters.

        Parameters
        ----------
        attempts : int
            How many failures a result may have; 1 where no further try can help.

        Returns
        -------
        int
            How many became dead letters.
        """
        dead = 0
        gone: list[Path] = []
        with self._write() as table:
            for each in parcels:
                last = each.attempts + 1 >= attempts
                dead += last
                table.execute(
                    "UPDATE parcels SET state=?, attempts=attempts+1, reason=? WHERE id=?",
                    (ParcelState.DEAD if last else ParcelState.PENDING, reason, each.id),
                )
            for film_id in {each.film_id for each in parcels}:
                gone += self._settle(film_id)
        self.store.forget(*gone)
        return dead

    def _settle(self, film_id: int) -> list[Path]:
        """Finish a film none of whose results is under way; files that are no longer needed."""
        rows = self._ask("SELECT state, reason, destination FROM parcels WHERE film_id=?", film_id)
        states = {str(row[0]) for row in rows}
        if states & {ParcelState.PENDING, ParcelState.SENT}:
            return []
        if ParcelState.DEAD in states:
            reasons = dict.fromkeys(
                f"{row[2]}: {row[1]}" for row in rows if row[0] == ParcelState.DEAD
            )
            self._table.execute(
                "UPDATE films SET state=?, reason=?, finished_at=? WHERE id=?",
                (FilmState.DEAD, " ".join(reasons), self._now(), film_id),
            )
            return []
        self._table.execute(
            "UPDATE films SET state=?, reason='', finished_at=? WHERE id=?",
            (FilmState.DELIVERED, self._now(), film_id),
        )
        rows = self._ask(
            "SELECT path FROM films WHERE id=? UNION SELECT path FROM parcels WHERE film_id=?",
            film_id, film_id,
        )  # fmt: skip
        return [self._path(row[0]) for row in rows]
