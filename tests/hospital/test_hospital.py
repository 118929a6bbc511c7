"""A small hospital: senders, the node with its networks, Orthanc as the archive.

The smaller number of films is a part of `make test`; `make test-hospital` sends 200.
"""

import json
from pathlib import Path

import pytest

pytest.importorskip("pynetdicom", reason="the extra [serve] is not installed")

from bench.node_kit import NodeProcess, broken_film, config, mixed_film, send, source_film, uids
from bench.node_kit import until as wait_until
from bench.orthanc import MISSING, Orthanc

pytestmark = pytest.mark.skipif(bool(MISSING), reason=MISSING)
#: Of all films, so many cannot be read.
BROKEN_SHARE = 0.1


def _hospital(tmp_path: Path, count: int, wait_s: float) -> None:
    import pydicom

    broken_count = max(4, round(BROKEN_SHARE * count))
    whole = [mixed_film(number, "hospital") for number in range(count - broken_count)]
    broken = [broken_film(number, "hospital") for number in range(broken_count)]
    orthanc = Orthanc(tmp_path / "orthanc").start()
    values = config(tmp_path, orthanc.port)
    values["destinations"][0]["dicom"]["ae_title"] = "ORTHANC"
    node = NodeProcess(tmp_path, values)
    try:
        node.start(wait_s=180)
        films = [*whole, *broken]
        for start in range(0, len(films), 25):
            part = films[start : start + 25]
            assert send(node.port, part) == [0] * len(part)
        wait_until(node.finished, wait_s)

        letters = [json.loads(x) for x in node.cli("dead-letters", "--json").stdout.splitlines()]
        assert {letter["sop_instance_uid"] for letter in letters} == uids(broken)
        assert all(letter["reason"].endswith(".") for letter in letters)

        found: dict[str, list[str]] = {}
        for name in orthanc.instances().values():
            path = tmp_path / "result.dcm"
            path.write_bytes(orthanc.get(f"/instances/{name}/file"))
            result = pydicom.dcmread(path)
            found.setdefault(source_film(result), []).append(str(result.Modality))
        assert set(found) == uids(whole)
        assert {tuple(sorted(modalities)) for modalities in found.values()} == {("OT", "SR")}
        assert node.terminate() == 0
    finally:
        node.stop()
        orthanc.stop()


def test_twenty_films(tmp_path: Path) -> None:
    _hospital(tmp_path, 20, 600)


@pytest.mark.slow
def test_two_hundred_films(tmp_path: Path) -> None:
    _hospital(tmp_path, 200, 3600)
