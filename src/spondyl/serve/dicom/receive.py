"""C-ECHO and C-STORE: films come in over DICOM associations."""

import logging
import re
import ssl
import threading
import time
from collections.abc import Callable
from typing import Any

from pynetdicom import AE, _config, evt
from pynetdicom.dsutils import encode_file_meta

from spondyl.serve.dicom.allow import AllowList
from spondyl.serve.dicom.clock import Clock
from spondyl.serve.dicom.errors import NodeError, NoRoomError
from spondyl.serve.dicom.limits import InFlight, Rate
from spondyl.serve.dicom.metrics import Metrics
from spondyl.serve.dicom.model import Arrival, Origin, Taken
from spondyl.serve.dicom.queue import FilmQueue
from spondyl.serve.dicom.receive_server import (
    MAXIMUM_PDU,
    GuardedServer,
    cut,
    serve,
    title,
)
from spondyl.serve.dicom.settings import NodeConfig
from spondyl.serve.dicom.syntaxes import (
    SOP_CLASSES,
    STORAGE_COMMITMENT,
    TRANSFER_SYNTAXES,
    VERIFICATION,
)
from spondyl.serve.dicom.tls import server_context
from spondyl.serve.logs import log, log_error

SUCCESS, OUT_OF_RESOURCES, CANNOT_UNDERSTAND = 0x0000, 0xA700, 0xC000
_UID = re.compile(r"[0-9]+(\.[0-9]+)*")
_MB = 1_000_000
#: Connections beyond the associations: they are told to come later, which needs one each.
_SPARE = 16

# The standard handlers format every PDU for a log that the node does not keep.
_config.LOG_HANDLER_LEVEL = "none"


class Receiver:
    """The node as the one that is called.

    Parameters
    ----------
    config : NodeConfig
    queue : FilmQueue
    metrics : Metrics
    clock : Clock
    taken : callable
        Called when a film is in the queue, to wake a worker.
    report : callable
        Called with (transaction, event type, data set) of a storage commitment's answer.
    """

    def __init__(
        self,
        config: NodeConfig,
        queue: FilmQueue,
        metrics: Metrics,
        clock: Clock,
        taken: Callable[[], None],
        report: Callable[[Any, int], None],
    ) -> None:
        limits = config.limits
        self._config, self._queue, self._metrics = config, queue, metrics
        self._taken, self._report = taken, report
        self._allow = AllowList(config.allow)
        self._in_flight = InFlight(
            limits.object_mb * _MB, limits.in_flight_mb * _MB, limits.object_s, clock
        )
        self._rate = Rate(limits.films_per_minute, clock)
        self._draining = threading.Event()
        self._server: GuardedServer | None = None
        self._thread: threading.Thread | None = None
        self._entity = self._make_entity()

    # ---- begin and end ---------------------------------------------------------------------

    def start(self) -> None:
        """Bind the port and take associations.

        Raises
        ------
        NodeError
            If the port cannot be bound or a certificate not be used.
        """
        listen = self._config.listen
        try:
            server: GuardedServer = self._entity.make_server(
                (listen.address, listen.port),
                ae_title=self._config.ae_title,
                ssl_context=server_context(listen.tls),
                evt_handlers=self._handlers(),
                server_class=GuardedServer,
            )  # type: ignore[assignment]
        except ssl.SSLError as error:
            raise NodeError(
                f"listen.tls: the certificates cannot be used ({error.reason})."
            ) from None
        except OSError as error:
            raise NodeError(
                f"listen: {listen.address} port {listen.port} cannot be bound ({error.strerror})."
            ) from None
        server.may_connect = self._may_connect
        server.idle_s = self._config.limits.idle_s
        # Needed by the server's own shutdown, which removes it from there.
        self._entity._servers.append(server)
        self._server = server
        self._metrics.associations.set_function(lambda: len(server.active_associations))
        self._thread = serve(server)
        threading.Thread(target=self._watch, name="receive-watch", daemon=True).start()

    @property
    def port(self) -> int:
        """The port that was bound."""
        assert self._server is not None
        return int(self._server.server_address[1])

    @property
    def accepting(self) -> bool:
        """Films are taken."""
        return self._server is not None and not self._draining.is_set()

    @property
    def died(self) -> bool:
        """Its thread has ended, and nobody asked it to."""
        thread = self._thread
        return thread is not None and not self._draining.is_set() and not thread.is_alive()

    def drain(self, until: float) -> None:
        """Take no new association and no new film.

        Films that are being received may come to their end, and their senders are told to send them
        again later.

        Parameters
        ----------
        until : float
            By ``time.monotonic()``; what has not come to its end then is cut off.
        """
        self._draining.set()
        server, self._server = self._server, None
        if server is None:
            return
        server.shutdown()
        while time.monotonic() < until and any(
            each.is_established for each in server.active_associations
        ):
            if not self._in_flight.busy():
                break
            time.sleep(0.05)
        for association in server.active_associations:
            cut(association)

    # ---- answers ---------------------------------------------------------------------------

    def _make_entity(self) -> AE:
        limits = self._config.limits
        entity = AE(ae_title=self._config.ae_title)
        entity.require_called_aet = True
        entity.maximum_associations = limits.associations
        entity.maximum_pdu_size = MAXIMUM_PDU
        entity.acse_timeout = min(30.0, limits.idle_s)
        entity.dimse_timeout = entity.network_timeout = limits.idle_s
        entity.add_supported_context(VERIFICATION)
        for sop_class in SOP_CLASSES:
            entity.add_supported_context(sop_class, list(TRANSFER_SYNTAXES))
        # A destination answers for what it keeps in the role that it has: as the provider.
        entity.add_supported_context(STORAGE_COMMITMENT, scu_role=True, scp_role=True)
        return entity

    def _handlers(self) -> list[Any]:
        return [
            (evt.EVT_CONN_OPEN, lambda event: self._in_flight.opened(id(event.assoc))),
            (evt.EVT_CONN_CLOSE, lambda event: self._in_flight.done(id(event.assoc))),
            (evt.EVT_REQUESTED, self._on_requested),
            (evt.EVT_REJECTED, self._on_rejected),
            (evt.EVT_DATA_RECV, self._on_data),
            (evt.EVT_DIMSE_RECV, self._on_message),
            (evt.EVT_C_ECHO, lambda event: SUCCESS),
            (evt.EVT_C_STORE, self._on_store),
            (evt.EVT_N_EVENT_REPORT, self._on_report),
        ]

    def _may_connect(self, address: str) -> bool:
        server = self._server
        if server is None or self._draining.is_set():
            return False
        if not self._allow.address(address):
            self._refuse("address_not_allowed", address=address)
            return False
        if len(server.active_associations) >= self._config.limits.associations + _SPARE:
            self._refuse("too_many_connections", address=address)
            return False
        return True

    def _on_requested(self, event: Any) -> None:
        requestor = event.assoc.requestor
        caller = title(event.assoc)
        if not self._allow.caller(caller, str(requestor.address)):
            self._refuse("caller_not_allowed", caller=caller, address=requestor.address)
            # Rejected for good, by the user's software: calling AE title not recognised.
            event.assoc.acse.send_reject(0x01, 0x01, 0x03)
            event.assoc.kill()

    def _on_rejected(self, event: Any) -> None:
        primitive = event.assoc.requestor.primitive
        called = str(primitive.called_ae_title) if primitive else ""
        wrong = called.strip() != self._config.ae_title.strip()
        self._refuse("wrong_called_ae_title" if wrong else "too_many_associations", called=called)

    def _on_data(self, event: Any) -> None:
        reason = self._in_flight.add(id(event.assoc), len(event.data))
        if reason is not None:
            self._refuse(reason, caller=title(event.assoc))
            cut(event.assoc)

    def _on_message(self, event: Any) -> None:
        self._in_flight.done(id(event.assoc))

    def _on_store(self, event: Any) -> int:
        caller = title(event.assoc)
        limits = self._config.limits
        try:
            reason = None
            if self._draining.is_set():
                reason = "draining"
            elif not self._rate.allow(caller):
                reason = "too_many_films_per_minute"
            elif self._queue.waiting() >= limits.waiting_films:
                reason = "queue_full"
            if reason is not None:
                self._refuse(reason, caller=caller)
                return OUT_OF_RESOURCES
            return self._keep(event, caller)
        except NoRoomError:
            self._refuse("no_room", caller=caller)
            return OUT_OF_RESOURCES
        except Exception as error:  # whatever it is: the sender must not think it was kept
            log_error("store_error", error, caller=caller)
            return OUT_OF_RESOURCES

    def _keep(self, event: Any, caller: str) -> int:
        request = event.request
        uid = str(request.AffectedSOPInstanceUID or "")
        data = request.DataSet.getbuffer() if request.DataSet else memoryview(b"")
        if not _UID.fullmatch(uid) or len(uid) > 64 or not len(data):
            self._refuse("not_understood", caller=caller)
            return CANNOT_UNDERSTAND
        if len(data) > self._config.limits.object_mb * _MB:
            # Told and cut off while it came in, but its last bytes were quicker than the cut.
            return OUT_OF_RESOURCES
        arrival = Arrival(
            sop_instance_uid=uid,
            sop_class_uid=str(request.AffectedSOPClassUID),
            transfer_syntax=str(event.context.transfer_syntax),
            origin=Origin.DICOM,
            sender=caller,
        )
        head = b"\0" * 128 + b"DICM" + encode_file_meta(event.file_meta)
        taken, number = self._queue.take(arrival, (head, data))
        self._metrics.films_taken.labels(Origin.DICOM, taken).inc()
        log("film_taken", film=number, taken=taken, caller=caller, bytes=len(data))
        if taken is not Taken.DUPLICATE:
            self._taken()
        return SUCCESS

    def _on_report(self, event: Any) -> tuple[int, None]:
        self._report(event.event_information, int(event.event_type))
        return SUCCESS, None

    def _refuse(self, reason: str, **fields: object) -> None:
        self._metrics.refused.labels(reason).inc()
        log("refused", level=logging.WARNING, reason=reason, **fields)

    def _watch(self) -> None:
        """End associations whose message takes too long, byte by byte as it may come."""
        while not self._draining.wait(1.0):
            server = self._server
            late = set(self._in_flight.late())
            if server is None or not late:
                continue
            active = server.active_associations
            # A PDU may break an association's thread before it tells of its end.
            for key in late - {id(association) for association in active}:
                self._in_flight.done(key)
            for association in active:
                if id(association) in late:
                    self._refuse("too_slow", caller=title(association))
                    self._in_flight.done(id(association))
                    cut(association)
