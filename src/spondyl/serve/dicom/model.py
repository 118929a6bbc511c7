"""What flows through a node: films, their results as parcels, and the states of both."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class FilmState(StrEnum):
    """Where a film is; stored in the queue's table."""

    RECEIVED = "received"
    READING = "reading"
    SENDING = "sending"
    DELIVERED = "delivered"
    DEAD = "dead"


class ParcelState(StrEnum):
    """Where a result is on its way to one destination; stored in the queue's table.

    SENT waits for the destination's commitment; where none is asked for, a parcel goes from PENDING
    to DONE.
    """

    PENDING = "pending"
    SENT = "sent"
    DONE = "done"
    DEAD = "dead"


class Origin(StrEnum):
    """How a film came in."""

    DICOM = "dicom"
    FOLDER = "folder"
    DICOMWEB = "dicomweb"


class Taken(StrEnum):
    """What became of a film that was handed to the queue."""

    NEW = "new"
    DUPLICATE = "duplicate"
    REPLACED = "replaced"


@dataclass(frozen=True)
class Arrival:
    """What is known of a film before it is opened.

    Attributes
    ----------
    sop_instance_uid, sop_class_uid, transfer_syntax : str
    origin : Origin
    sender : str
        Calling AE title, or the name of the folder or of the DICOMweb source.
    """

    sop_instance_uid: str
    sop_class_uid: str
    transfer_syntax: str
    origin: Origin
    sender: str


@dataclass(frozen=True)
class Film:
    """A film in the queue.

    Attributes
    ----------
    id : int
        Number in this queue; what logs call the film.
    arrival : Arrival
    path : Path
        Its file. Gone once the film is delivered.
    state : FilmState
    attempts : int
        Readings that ended badly without it being said why (the reading process died or hung).
    reason : str
        Why it is dead.
    received_at : str
        Wall clock, ISO 8601 UTC. For people; nothing is decided by it.
    """

    id: int
    arrival: Arrival
    path: Path
    state: FilmState
    attempts: int
    reason: str
    received_at: str


@dataclass(frozen=True)
class Made:
    """A result file of a film.

    Attributes
    ----------
    kind : str
        As ``results`` of the configuration names it: sr, sc, ...
    path : Path
    sop_instance_uid, sop_class_uid, transfer_syntax : str
    """

    kind: str
    path: Path
    sop_instance_uid: str
    sop_class_uid: str
    transfer_syntax: str


@dataclass(frozen=True)
class Parcel:
    """A result on its way to one destination.

    Attributes
    ----------
    id, film_id : int
    destination : str
    made : Made
    state : ParcelState
    attempts : int
        Times that it was tried in vain.
    reason : str
        Of the last failure.
    """

    id: int
    film_id: int
    destination: str
    made: Made
    state: ParcelState
    attempts: int
    reason: str


@dataclass(frozen=True)
class DeadLetter:
    """A film that will not go on by itself.

    Attributes
    ----------
    film : Film
    parcels : tuple of Parcel
        Dead ones; none if it could not be read.
    """

    film: Film
    parcels: tuple[Parcel, ...]
