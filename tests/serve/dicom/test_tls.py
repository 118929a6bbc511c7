"""Encrypted associations, to the node and from it."""

import shutil
import ssl
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from pynetdicom import AE
from pynetdicom.presentation import build_context

from bench.node_kit import Archive, echo, film, send, uids, until
from spondyl.serve.dicom.model import FilmState
from spondyl.serve.dicom.node import Node

Make = Callable[..., Node]

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A certificate of 127.0.0.1 that is its own authority, and its key."""
    folder: Path = tmp_path_factory.mktemp("tls")
    certificate, key = str(folder / "node.pem"), str(folder / "node.key")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=127.0.0.1",
         "-addext", "subjectAltName=IP:127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip
    return certificate, key


def _echo_by_tls(port: int, context: ssl.SSLContext) -> bool:
    association = AE("SENDER").associate(
        "127.0.0.1", port, ae_title="SPONDYL", contexts=[build_context("1.2.840.10008.1.1")],
        tls_args=(context, "127.0.0.1"),
    )  # fmt: skip
    if not association.is_established:
        return False
    association.release()
    return True


def test_callers_must_show_a_certificate(node: Make, pair: tuple[str, str]) -> None:
    certificate, key = pair
    tls = {"certificate": certificate, "private_key": key, "client_ca": certificate}
    made = node(listen={"port": 0, "tls": tls})
    port = made.receiver.port
    stranger = ssl.create_default_context(cafile=certificate)
    known = ssl.create_default_context(cafile=certificate)
    known.load_cert_chain(certificate, key)
    assert not echo(port)
    assert not _echo_by_tls(port, stranger)
    assert _echo_by_tls(port, known)


def test_results_go_out_encrypted(node: Make, pair: tuple[str, str]) -> None:
    certificate, key = pair
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    archive = Archive(tls=context).start()
    dicom = {"ae_title": "ARCHIVE", "host": "127.0.0.1", "port": archive.port}
    try:
        made = node(
            destinations=[
                {"name": "safe", "dicom": {**dicom, "tls": {"ca": certificate}}},
                {"name": "distrusted", "dicom": {**dicom, "tls": {}}},
            ],
            retry={"first_s": 0.1, "longest_s": 0.2, "attempts": 2},
        )
        one = film("tls")
        assert send(made.receiver.port, [one]) == [0]
        until(lambda: made.queue.dead_letters(), 30)
        (letter,) = made.queue.dead_letters()
        # An archive whose certificate nobody vouches for is sent nothing.
        assert {each.destination for each in letter.parcels} == {"distrusted"}
        assert archive.sources() == uids([one])
        assert set(archive.counts.values()) == {1}
        assert made.queue.counts()[FilmState.DEAD] == 1
    finally:
        archive.stop()
