"""Sends results to one destination, again and again until it has them."""

import logging

from spondyl.serve.dicom.backoff import Backoff
from spondyl.serve.dicom.clock import Clock
from spondyl.serve.dicom.commitment import Commitment, new_transaction
from spondyl.serve.dicom.errors import DestinationError
from spondyl.serve.dicom.loop import Loop
from spondyl.serve.dicom.metrics import Metrics
from spondyl.serve.dicom.model import Parcel
from spondyl.serve.dicom.queue import FilmQueue
from spondyl.serve.dicom.send import Answer, Reply, Way
from spondyl.serve.dicom.settings import RetrySettings
from spondyl.serve.logs import log

_IDLE_S = 1.0
_BATCH = 20


class Sender(Loop):
    """The thread of one destination.

    Parameters
    ----------
    destination : str
    way : Way
    commitment : Commitment or None
        Asked after each batch.
    commitment_timeout_s : float
        After it, what was not answered for is asked for again.
    queue, retry, metrics, clock
    """

    def __init__(
        self,
        destination: str,
        way: Way,
        commitment: Commitment | None,
        commitment_timeout_s: float,
        queue: FilmQueue,
        retry: RetrySettings,
        metrics: Metrics,
        clock: Clock,
    ) -> None:
        super().__init__(f"send-{destination}", clock)
        self.destination = destination
        self._way, self._commitment = way, commitment
        self._timeout_s = commitment_timeout_s
        self._queue, self._retry, self._metrics = queue, retry, metrics
        self._backoff = Backoff(retry, clock)
        # When commitment was asked for, by the node's own clock; empty after a start.
        self._asked: dict[int, float] = {}

    def step(self) -> float:
        """Send a batch of what waits."""
        left = self._backoff.left_s()
        if left > 0:
            return min(left, 5.0)
        parcels = self._queue.pending(self.destination, _BATCH)
        try:
            later = self._send(parcels) if parcels else 0
            self._ask_again()
        except DestinationError as error:
            self._wait(str(error))
            return 0.0
        if later:
            self._wait("It takes some objects later.")
            return 0.0
        if parcels:
            self._backoff.worked()
            self._metrics.destination_up.labels(self.destination).set(1)
        return 0.0 if len(parcels) == _BATCH else _IDLE_S

    def _send(self, parcels: list[Parcel]) -> int:
        """Send results; how many the destination wants later."""
        transaction = new_transaction() if self._commitment is not None else ""
        taken: list[Parcel] = []
        told: set[int] = set()
        later = 0

        def note(parcel: Parcel, reply: Reply) -> None:
            nonlocal later
            told.add(parcel.id)
            self._metrics.sent.labels(self.destination, reply.answer).inc()
            if reply.answer is Answer.TAKEN:
                self._queue.sent(parcel, transaction)
                taken.append(parcel)
                log("result_sent", film=parcel.film_id, destination=self.destination,
                    kind=parcel.made.kind)  # fmt: skip
                return
            later += reply.answer is Answer.LATER
            attempts = 1 if reply.answer is Answer.REFUSED else self._retry.attempts
            self._fail([parcel], reply.reason, attempts)

        try:
            self._way.send(parcels, note, self.stopping.is_set)
        except DestinationError as error:
            rest = [each for each in parcels if each.id not in told]
            self._fail(rest, str(error), self._retry.attempts)
            raise
        finally:
            self._commit(taken, transaction)
        return later

    def _commit(self, parcels: list[Parcel], transaction: str) -> None:
        if self._commitment is None or not parcels:
            return
        now = self.clock.monotonic()
        self._asked |= {each.id: now for each in parcels}
        try:
            offered = self._commitment.ask(parcels, transaction)
        except DestinationError:
            # Not asked: due again as soon as the destination answers.
            self._asked = {k: v for k, v in self._asked.items() if k not in {p.id for p in parcels}}
            raise
        if not offered:
            # The destination does not offer it: that it has taken them must do.
            log("commitment_not_offered", destination=self.destination)
            uids = [each.made.sop_instance_uid for each in parcels]
            self._queue.answered(transaction, uids, [])

    def _ask_again(self) -> None:
        """Ask once more for what a destination has taken long ago, or before the node started."""
        if self._commitment is None or self.stopping.is_set():
            return
        now = self.clock.monotonic()
        waiting = self._queue.uncommitted(self.destination)
        self._asked = {each.id: self._asked[each.id] for each in waiting if each.id in self._asked}
        late = [
            each for each in waiting
            if now - self._asked.get(each.id, -self._timeout_s) >= self._timeout_s
        ][:_BATCH]  # fmt: skip
        given_up = [each for each in late if each.attempts + 1 >= self._retry.attempts]
        if given_up:
            self._fail(given_up, "It took the object and never answered for it.", 1)
        late = [each for each in late if each not in given_up]
        if late:
            transaction = new_transaction()
            self._queue.asked_again(late, transaction)
            self._commit(late, transaction)

    def _fail(self, parcels: list[Parcel], reason: str, attempts: int) -> None:
        if not parcels:
            return
        dead = self._queue.failed(parcels, reason, attempts)
        self._metrics.dead_letters.inc(dead)
        log(
            "results_dead" if dead else "results_wait", level=logging.WARNING,
            destination=self.destination, results=len(parcels), dead=dead, why=reason,
        )  # fmt: skip

    def _wait(self, reason: str) -> None:
        self._metrics.destination_up.labels(self.destination).set(0)
        seconds = self._backoff.failed()
        log("destination_waits", level=logging.WARNING, destination=self.destination,
            seconds=round(seconds, 1), why=reason)  # fmt: skip
