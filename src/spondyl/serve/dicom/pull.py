"""Films out of a DICOMweb archive that is asked from time to time (QIDO-RS, WADO-RS)."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

from spondyl.film.dicom_header import FILM_CLASSES
from spondyl.serve.dicom.clock import Clock
from spondyl.serve.dicom.loop import Loop
from spondyl.serve.dicom.metrics import Metrics
from spondyl.serve.dicom.model import Arrival, Origin
from spondyl.serve.dicom.queue import FilmQueue
from spondyl.serve.dicom.send_web import web_client
from spondyl.serve.dicom.settings_ways import PullSettings
from spondyl.serve.logs import log

if TYPE_CHECKING:
    from dicomweb_client import DICOMwebClient

_PAGE = 200


class Pull(Loop):
    """Asks one archive for films that the queue does not know.

    Parameters
    ----------
    settings : PullSettings
    queue, metrics, clock
    taken : callable
        Called when a film is in the queue.
    """

    def __init__(
        self,
        settings: PullSettings,
        queue: FilmQueue,
        metrics: Metrics,
        clock: Clock,
        taken: Callable[[], None],
    ) -> None:
        super().__init__(f"pull-{settings.name}", clock)
        self._settings, self._queue, self._metrics = settings, queue, metrics
        self._taken = taken
        self._client: DICOMwebClient | None = None

    def step(self) -> float:
        """Ask once; fetch what is new."""
        client = self._client = self._client or web_client(self._settings)
        for instance in self._instances(client):
            if self.stopping.is_set():
                break
            uids = [_value(instance, tag) for tag in ("0020000D", "0020000E", "00080018")]
            if _value(instance, "00080016") not in FILM_CLASSES or self._queue.knows(uids[2]):
                continue
            self._fetch(client, *uids)
        return self._settings.every_s

    def _instances(self, client: "DICOMwebClient") -> Iterator[dict[str, Any]]:
        today = self.clock.now().astimezone().date()
        first = today - timedelta(days=self._settings.days)
        for modality in self._settings.modalities:
            filters = {
                **self._settings.filters,
                "StudyDate": f"{first:%Y%m%d}-{today:%Y%m%d}",
                "Modality": modality,
            }
            offset = 0
            while True:
                page = client.search_for_instances(
                    search_filters=filters, fields=["SOPClassUID"], limit=_PAGE, offset=offset
                )
                yield from page
                if len(page) < _PAGE:
                    break
                offset += len(page)

    def _fetch(self, client: "DICOMwebClient", study: str, series: str, instance: str) -> None:
        dataset = client.retrieve_instance(
            study, series, instance, media_types=(("application/dicom", "*"),)
        )
        buffer = BytesIO()
        dataset.save_as(buffer, enforce_file_format=True)
        arrival = Arrival(
            sop_instance_uid=instance,
            sop_class_uid=str(dataset.get("SOPClassUID") or ""),
            transfer_syntax=str(dataset.file_meta.get("TransferSyntaxUID") or ""),
            origin=Origin.DICOMWEB,
            sender=self._settings.name,
        )
        taken, number = self._queue.take(arrival, [buffer.getvalue()])
        self._metrics.films_taken.labels(Origin.DICOMWEB, taken).inc()
        log("film_taken", film=number, taken=taken, pull=self._settings.name)
        self._taken()


def _value(instance: dict[str, Any], tag: str) -> str:
    values = instance.get(tag, {}).get("Value") or [""]
    return str(values[0])
