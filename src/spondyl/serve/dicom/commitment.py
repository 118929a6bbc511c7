"""Storage commitment (PS3.4, annex J): a destination says that it will keep what it has taken."""

import threading
from collections.abc import Sequence
from typing import Any

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items
from pydicom.uid import generate_uid
from pynetdicom import evt
from pynetdicom.association import Association

from spondyl.serve.dicom.errors import DestinationError, NothingAcceptedError
from spondyl.serve.dicom.model import Parcel
from spondyl.serve.dicom.queue import FilmQueue
from spondyl.serve.dicom.send_dimse import DimseWay, commitment_context
from spondyl.serve.dicom.syntaxes import STORAGE_COMMITMENT, STORAGE_COMMITMENT_INSTANCE

_REQUEST = 1
_SUCCESS = 0x0000


class Commitment:
    """Asks one destination to commit itself, and takes its answer.

    Parameters
    ----------
    way : DimseWay
    queue : FilmQueue
    wait_s : float
        How long an association is held open for the answer.
    """

    def __init__(self, way: DimseWay, queue: FilmQueue, wait_s: float) -> None:
        self._way, self._queue, self._wait_s = way, queue, wait_s

    def ask(self, parcels: Sequence[Parcel], transaction: str) -> bool:
        """Ask for results that were sent.

        Parameters
        ----------
        parcels : sequence of Parcel
        transaction : str
            UID under which the queue knows them as sent, before this is called: the answer may be
            faster than a note afterwards.

        Returns
        -------
        bool
            False if the destination does not offer storage commitment.

        Raises
        ------
        DestinationError
        """
        answered = threading.Event()

        def on_report(event: Any) -> tuple[int, None]:
            take_report(self._queue, event.event_information)
            answered.set()
            return _SUCCESS, None

        handlers = [(evt.EVT_N_EVENT_REPORT, on_report)]
        try:
            with self._way.association([commitment_context()], evt_handlers=handlers) as found:
                self._request(found, transaction, parcels)
                answered.wait(self._wait_s)
        except NothingAcceptedError:
            return False
        return True

    def _request(
        self, association: Association, transaction: str, parcels: Sequence[Parcel]
    ) -> None:
        action = Dataset()
        action.TransactionUID = transaction
        action.ReferencedSOPSequence = Items([_reference(each) for each in parcels])
        status, _ = association.send_n_action(
            action, _REQUEST, STORAGE_COMMITMENT, STORAGE_COMMITMENT_INSTANCE
        )
        if "Status" not in status:
            raise DestinationError("It gave no answer to the request for storage commitment.")
        if int(status.Status) != _SUCCESS:
            raise DestinationError(
                f"It refused the request for storage commitment (status {int(status.Status):04X})."
            )


def new_transaction() -> str:
    """A UID that nobody can guess, so that only the destination can answer."""
    return str(generate_uid(prefix=None))


def take_report(queue: FilmQueue, report: Dataset) -> int:
    """Note what a destination's N-EVENT-REPORT says; how many results it was about."""
    committed = [
        str(each.ReferencedSOPInstanceUID) for each in report.get("ReferencedSOPSequence", [])
    ]
    refused = [
        (
            str(each.ReferencedSOPInstanceUID),
            f"It does not commit itself (reason {int(each.get('FailureReason') or 0):04X}).",
        )
        for each in report.get("FailedSOPSequence", [])
    ]
    return queue.answered(str(report.get("TransactionUID") or ""), committed, refused)


def _reference(parcel: Parcel) -> Dataset:
    item = Dataset()
    item.ReferencedSOPClassUID = parcel.made.sop_class_uid
    item.ReferencedSOPInstanceUID = parcel.made.sop_instance_uid
    return item
