"""Results to a destination by C-STORE."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from pydicom import uid
from pynetdicom import AE, _config
from pynetdicom.association import Association
from pynetdicom.presentation import PresentationContext, build_context
from pynetdicom.status import code_to_category

from spondyl.deliver.dicom.compress import decompress
from spondyl.serve.dicom.errors import DestinationError, NothingAcceptedError
from spondyl.serve.dicom.model import Parcel
from spondyl.serve.dicom.send import Answer, Reply
from spondyl.serve.dicom.settings_ways import DimseSettings
from spondyl.serve.dicom.syntaxes import STORAGE_COMMITMENT
from spondyl.serve.dicom.tls import client_context

_PLAIN = (uid.ExplicitVRLittleEndian, uid.ImplicitVRLittleEndian)

_config.LOG_HANDLER_LEVEL = "none"


class DimseWay:
    """C-STORE to one destination.

    Parameters
    ----------
    ae_title : str
        The node's own.
    settings : DimseSettings
    """

    def __init__(self, ae_title: str, settings: DimseSettings) -> None:
        self._ae_title, self._settings = ae_title, settings
        self._tls = client_context(settings.tls)

    def send(
        self,
        parcels: Sequence[Parcel],
        told: Callable[[Parcel, Reply], None],
        stopping: Callable[[], bool],
    ) -> None:
        """Send results in one association; see :class:`spondyl.serve.dicom.send.Way`."""
        with self.association(contexts_of(parcels)) as association:
            for parcel in parcels:
                if stopping():
                    return
                told(parcel, self._store(association, parcel))

    def _store(self, association: Association, parcel: Parcel) -> Reply:
        import pydicom

        try:
            dataset = pydicom.dcmread(parcel.made.path)
        except Exception:
            return Reply(Answer.REFUSED, "The result's file is gone or damaged; requeue the film.")
        try:
            if not _takes(association, parcel):
                decompress(dataset)
            status = association.send_c_store(dataset)
        except ValueError:
            name = uid.UID(parcel.made.sop_class_uid).name
            return Reply(Answer.REFUSED, f"It accepts no object of the class {name}.")
        except (RuntimeError, OSError) as error:
            raise DestinationError(f"It ended the association ({type(error).__name__}).") from None
        if "Status" not in status:
            raise DestinationError("It gave no answer to C-STORE, or ended the association.")
        return reply_of(int(status.Status))

    @contextmanager
    def association(
        self, contexts: list[PresentationContext], **options: Any
    ) -> Iterator[Association]:
        """An association with the destination.

        Raises
        ------
        DestinationError
            If there is none to be had; the sentence says why.
        """
        settings = self._settings
        entity = AE(ae_title=self._ae_title)
        entity.connection_timeout = entity.acse_timeout = settings.timeout_s
        entity.dimse_timeout = entity.network_timeout = settings.timeout_s
        tls = None
        if self._tls is not None and settings.tls is not None:
            tls = (self._tls, settings.tls.server_name or settings.host)
        association = entity.associate(
            settings.host, settings.port, contexts=contexts, ae_title=settings.ae_title,
            tls_args=tls, **options,
        )  # fmt: skip
        if not association.is_established:
            raise _why_not(association, settings)
        try:
            yield association
        finally:
            if association.is_established:
                association.release()


def contexts_of(parcels: Sequence[Parcel]) -> list[PresentationContext]:
    """Presentation contexts for the classes and syntaxes of some results, as few as will do."""
    syntaxes: dict[str, dict[str, None]] = {}
    for parcel in parcels:
        of_class = syntaxes.setdefault(parcel.made.sop_class_uid, {})
        syntax = parcel.made.transfer_syntax
        # What is not compressed may go either way, and what is, uncompressed.
        of_class.update(dict.fromkeys(_PLAIN if syntax in _PLAIN else (syntax, *_PLAIN)))
    found = []
    for name, of_class in syntaxes.items():
        # Of a context's syntaxes the destination takes one: compressed ones have their own.
        found += [build_context(name, each) for each in of_class if each not in _PLAIN]
        found.append(build_context(name, [each for each in of_class if each in _PLAIN]))
    return found


def _takes(association: Association, parcel: Parcel) -> bool:
    """The destination takes a result as it is; else it must be uncompressed, if it is not."""
    syntax = parcel.made.transfer_syntax
    return syntax in _PLAIN or any(
        each.abstract_syntax == parcel.made.sop_class_uid and syntax in each.transfer_syntax
        for each in association.accepted_contexts
    )


def commitment_context() -> PresentationContext:
    """The context under which commitment is asked for."""
    return build_context(STORAGE_COMMITMENT)


def reply_of(status: int) -> Reply:
    """What a C-STORE status means (PS3.4, table B.2-1).

    Examples
    --------
    >>> reply_of(0x0000).answer.name, reply_of(0xB000).answer.name, reply_of(0xA700).answer.name
    ('TAKEN', 'TAKEN', 'LATER')
    """
    category = code_to_category(status)
    if category in ("Success", "Warning"):
        return Reply(Answer.TAKEN)
    if 0xA700 <= status <= 0xA7FF or status in (0x0124, 0x0213):
        return Reply(Answer.LATER, f"It has no room or no right for it now (status {status:04X}).")
    return Reply(Answer.REFUSED, f"It refused the object (status {status:04X}).")


def _why_not(association: Association, settings: DimseSettings) -> DestinationError:
    if association.is_rejected:
        primitive = association.acceptor.primitive
        said = getattr(primitive, "reason_str", "") or "no reason given"
        return DestinationError(f"It rejected the association ({said}).")
    if association.rejected_contexts:
        return NothingAcceptedError("It accepts none of the classes that it was asked for.")
    return DestinationError(
        f"No association with {settings.ae_title} at {settings.host} port {settings.port}."
    )
