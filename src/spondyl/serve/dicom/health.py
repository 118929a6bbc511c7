"""/metrics, /healthz and /readyz over HTTP."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from spondyl.serve.dicom.errors import NodeError
from spondyl.serve.dicom.metrics import Metrics
from spondyl.serve.dicom.settings import MetricsSettings

_TIMEOUT_S = 10
#: Reasons why not; none: all is well.
Check = Callable[[], list[str]]


class HealthServer:
    """Answers three paths, and nothing else.

    Parameters
    ----------
    settings : MetricsSettings
    metrics : Metrics
    healthy : callable
        Why the node should be started again; no reason if it runs as it should.
    ready : callable
        Why films should not be sent now.
    """

    def __init__(
        self, settings: MetricsSettings, metrics: Metrics, healthy: Check, ready: Check
    ) -> None:
        class Handler(BaseHTTPRequestHandler):
            timeout = _TIMEOUT_S
            server_version = "spondyl"
            sys_version = ""

            def do_GET(self) -> None:
                path = self.path.partition("?")[0]
                if path == "/metrics":
                    self._answer(200, metrics.text(), "text/plain; version=0.0.4; charset=utf-8")
                elif path in ("/healthz", "/readyz"):
                    reasons = healthy() if path == "/healthz" else ready()
                    body = json.dumps({"ok": not reasons, "reasons": reasons}).encode()
                    self._answer(503 if reasons else 200, body, "application/json")
                else:
                    self._answer(404, b"", "text/plain")

            def _answer(self, code: int, body: bytes, kind: str) -> None:
                self.send_response(code)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Nothing: a monitoring system asks every few seconds."""

        try:
            self._server = ThreadingHTTPServer((settings.address, settings.port), Handler)
        except OSError as error:
            raise NodeError(
                f"metrics: {settings.address} port {settings.port} cannot be bound "
                f"({error.strerror})."
            ) from None
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, name="health", daemon=True).start()

    @property
    def port(self) -> int:
        """The port that was bound."""
        return int(self._server.server_address[1])

    def stop(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()
