"""pynetdicom's server, made fit for callers that mean no good.

Three things it leaves open are closed here: a PDU may announce 4 GB and is then collected in
memory; a caller that stops in the middle of one is waited for without end; and a TLS handshake is
awaited while nobody else is answered.
"""

import socket
import ssl
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pynetdicom.transport import RequestHandler, ThreadedAssociationServer

if TYPE_CHECKING:
    from pynetdicom.association import Association

#: Largest PDU that the node announces to take, and what an A-ASSOCIATE-RQ may have (it lists up to
#: 128 contexts with their syntaxes).
MAXIMUM_PDU = 1 << 20
_HANDSHAKE_S = 10.0
_CHUNK = 1 << 18


class _Handler(RequestHandler):
    """Makes an association whose socket reads no more than a PDU may have."""

    def _create_association(self) -> "Association":
        association = super()._create_association()
        wrapped = association.dul.socket
        assert wrapped is not None
        plain = wrapped.socket
        assert plain is not None

        def recv(count: int) -> bytearray:
            if count > MAXIMUM_PDU + 6:
                raise OSError("a PDU longer than announced")
            found = bytearray()
            while len(found) < count:
                piece = plain.recv(min(_CHUNK, count - len(found)))
                if not piece:
                    break
                found += piece
            return found

        wrapped.recv = recv  # type: ignore[method-assign, assignment]
        return association


class GuardedServer(ThreadedAssociationServer):
    """An association server with an allow-list of addresses and limits.

    Set once before it serves:

    Attributes
    ----------
    may_connect : callable
        Whether an address may connect now.
    idle_s : float
        How long a socket may be silent in the middle of a PDU.
    """

    daemon_threads = True
    request_queue_size = 64
    may_connect: Callable[[str], bool]
    idle_s: float

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["request_handler"] = _Handler
        super().__init__(*args, **kwargs)

    def get_request(self) -> tuple[socket.socket, Any]:
        """Take a connection; encryption is agreed on in the connection's own thread."""
        assert self.socket is not None
        connection, address = self.socket.accept()
        connection.settimeout(self.idle_s)
        return connection, address

    def verify_request(self, request: Any, client_address: Any) -> bool:
        """Whether this address may connect."""
        return self.may_connect(str(client_address[0]))

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Encrypt, if so configured, and answer."""
        if self.ssl_context is not None:
            try:
                request.settimeout(_HANDSHAKE_S)
                request = self.ssl_context.wrap_socket(request, server_side=True)
                request.settimeout(self.idle_s)
            except (OSError, ssl.SSLError):
                self.shutdown_request(request)
                return
        super().process_request_thread(request, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing on standard error: the node's own events tell of broken connections."""


def serve(server: GuardedServer) -> threading.Thread:
    """Serve in a thread; ends with ``server.shutdown()``."""
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.2}, name="receive", daemon=True
    )
    thread.start()
    return thread


def title(association: "Association") -> str:
    """Calling AE title; "" before it was said."""
    primitive = association.requestor.primitive
    return str(primitive.calling_ae_title).strip() if primitive else ""


def cut(association: "Association") -> None:
    """Close an association's socket: an A-ABORT would wait for a peer that may not listen."""
    wrapped = association.dul.socket
    if wrapped is not None:
        wrapped._shutdown_socket()
