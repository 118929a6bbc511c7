"""What it means to send: one call a batch, one answer a result."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from spondyl.serve.dicom.model import Parcel


class Answer(StrEnum):
    """What a destination said of one result."""

    TAKEN = "taken"
    LATER = "later"
    REFUSED = "refused"


@dataclass(frozen=True)
class Reply:
    """A destination's answer.

    Attributes
    ----------
    answer : Answer
    reason : str
        A sentence, where it was not taken.
    """

    answer: Answer
    reason: str = ""


class Way(Protocol):
    """A way to a destination."""

    def send(
        self,
        parcels: Sequence[Parcel],
        told: Callable[[Parcel, Reply], None],
        stopping: Callable[[], bool],
    ) -> None:
        """Send results in order, telling of each as soon as it was answered.

        Ends early when ``stopping`` says so.

        Raises
        ------
        DestinationError
            When the rest cannot be sent now.
        """
        ...
