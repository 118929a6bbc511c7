"""How a queue stands, for people and programs; works whether the node runs or not."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from spondyl.serve.dicom.model import DeadLetter, FilmState, ParcelState
from spondyl.serve.dicom.queue import FilmQueue


@dataclass(frozen=True)
class DestinationStatus:
    """Results for one destination."""

    name: str
    pending: int
    sent: int
    done: int
    dead: int
    last_reason: str


@dataclass(frozen=True)
class NodeStatus:
    """How a node stands.

    Attributes
    ----------
    running : bool
    folder : str
    films : dict
        Films by state.
    oldest_waiting : str or None
        When the longest waiting film came in.
    destinations : tuple of DestinationStatus
    free_mb : float
    """

    running: bool
    folder: str
    films: dict[str, int] = field(default_factory=dict)
    oldest_waiting: str | None = None
    destinations: tuple[DestinationStatus, ...] = ()
    free_mb: float = 0.0

    def to_json(self) -> dict[str, object]:
        """Plain values."""
        return asdict(self)


def node_status(queue: FilmQueue, running: bool) -> NodeStatus:
    """The status of a queue."""
    return NodeStatus(
        running=running,
        folder=str(queue.folder),
        films={str(state): count for state, count in queue.counts().items()},
        oldest_waiting=queue.oldest_waiting(),
        destinations=tuple(
            DestinationStatus(
                name=name,
                pending=states[ParcelState.PENDING],
                sent=states[ParcelState.SENT],
                done=states[ParcelState.DONE],
                dead=states[ParcelState.DEAD],
                last_reason=queue.last_reason(name),
            )
            for name, states in sorted(queue.parcels_by_destination().items())
        ),
        free_mb=round(queue.store.free_bytes() / 1e6, 1),
    )


def letter_to_json(letter: DeadLetter) -> dict[str, Any]:
    """A dead letter as plain values."""
    film = letter.film
    return {
        "film": film.id,
        "sop_instance_uid": film.arrival.sop_instance_uid,
        "origin": str(film.arrival.origin),
        "sender": film.arrival.sender,
        "received_at": film.received_at,
        "reason": film.reason,
        "destinations": sorted({each.destination for each in letter.parcels}),
        "file": str(film.path),
    }


def finished(queue: FilmQueue) -> bool:
    """Nothing is under way."""
    counts = queue.counts()
    return not any(
        counts[each] for each in (FilmState.RECEIVED, FilmState.READING, FilmState.SENDING)
    )


def open_queue(folder: Path) -> FilmQueue:
    """A queue to look at or to requeue in, beside a node that may be running."""
    return FilmQueue(folder, create=False)
