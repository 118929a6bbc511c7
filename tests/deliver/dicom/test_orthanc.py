"""Orthanc stores every result, gives it back by DICOMweb and renders the pictures."""

import json
import shutil
import socket
import subprocess
import time
from io import BytesIO
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import cv2
import numpy as np
import pydicom
import pytest

from spondyl.deliver import FORMATS
from spondyl.deliver.dicom.capture import capture

PLUGINS = ("/usr/share/orthanc/plugins/libOrthancDicomWeb.so",)
START_SECONDS = 60
DICOM = [form for form in FORMATS.values() if form.file_name.endswith(".dcm")]


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture(scope="module")
def orthanc(tmp_path_factory):
    """Address of a server of one's own."""
    program = shutil.which("Orthanc")
    if program is None or not all(Path(plugin).exists() for plugin in PLUGINS):
        pytest.skip("orthanc and orthanc-dicomweb are not installed; run: make debian")
    home = tmp_path_factory.mktemp("orthanc")
    port = _free_port()
    settings = {
        "Name": "test", "HttpPort": port, "DicomServerEnabled": False,
        "StorageDirectory": str(home / "files"), "IndexDirectory": str(home / "index"),
        "RemoteAccessAllowed": False, "AuthenticationEnabled": False, "Plugins": list(PLUGINS),
        "DicomWeb": {"Enable": True, "Root": "/dicom-web/"},
    }  # fmt: skip
    (home / "orthanc.json").write_text(json.dumps(settings))
    with (home / "log").open("w") as log:
        server = subprocess.Popen([program, str(home / "orthanc.json")], stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(10 * START_SECONDS):
            try:
                urlopen(f"{address}/system", timeout=5).read()
                break
            except (URLError, OSError):
                assert server.poll() is None, (home / "log").read_text()
                time.sleep(0.1)
        else:
            pytest.fail(f"Orthanc did not start: {(home / 'log').read_text()}")
        yield address
    finally:
        server.terminate()
        server.wait(30)


def _get(url: str, accept: str = "application/json") -> bytes:
    with urlopen(Request(url, headers={"Accept": accept}), timeout=60) as answer:
        return answer.read()


def test_results_make_the_round(make_reading, tmp_path, orthanc):
    def change(dataset):
        dataset.SpecificCharacterSet, dataset.PatientName = "ISO_IR 100", "Müller^Jürgen"

    reading = make_reading(change)
    paths = [reading.film.path]
    for form in DICOM:
        form.write(reading, tmp_path / form.file_name)
        paths.append(tmp_path / form.file_name)
    for path in paths:
        sent = Request(f"{orthanc}/instances", data=path.read_bytes())
        assert json.loads(urlopen(sent, timeout=60).read())["Status"] == "Success"

    film = pydicom.dcmread(reading.film.path)
    study = f"{orthanc}/dicom-web/studies/{film.StudyInstanceUID}"
    series = json.loads(_get(f"{study}/series"))
    assert sorted(item["00080060"]["Value"][0] for item in series) == [
        "CR", "DOC", "OT", "OT", "PR", "SR",
    ]  # fmt: skip
    # One patient: the archive files film and results together.
    assert len(json.loads(_get(f"{orthanc}/patients"))) == 1
    found = json.loads(_get(f"{orthanc}/dicom-web/studies?PatientName=M*"))
    assert found[0]["00100010"]["Value"][0]["Alphabetic"] == "Müller^Jürgen"

    for path in paths[1:]:
        stored = pydicom.dcmread(path)
        place = f"{study}/series/{stored.SeriesInstanceUID}/instances/{stored.SOPInstanceUID}"
        back = _first_part(_get(place, 'multipart/related; type="application/dicom"'))
        assert pydicom.dcmread(BytesIO(back)) == stored, path.name
        if stored.Modality == "OT":
            picture = _get(f"{place}/rendered", "image/png")
            shown = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)
            expected = stored.pixel_array
            assert shown.shape[:2] == expected.shape[:2]
            if expected.ndim == 2:
                expected = np.repeat(expected[:, :, None], 3, axis=2)
            assert np.abs(shown[..., ::-1].astype(int) - expected).mean() < 3


def test_the_same_result_twice_is_one_result(make_reading, tmp_path, orthanc):
    reading = make_reading(seed="twice")
    for number in range(2):
        path = tmp_path / f"{number}.dcm"
        FORMATS["sc"].write(reading, path)
        answer = urlopen(Request(f"{orthanc}/instances", data=path.read_bytes()), timeout=60)
        status = json.loads(answer.read())["Status"]
        assert status == ("Success" if number == 0 else "AlreadyStored")


@pytest.mark.parametrize("compression", ["rle", "jpeg-ls"])
@pytest.mark.parametrize("name", ["sc", "sc-grey"])
def test_compressed_pictures_are_shown_as_they_are(
    make_reading, tmp_path, orthanc, name, compression
):
    reading = make_reading(seed=f"{compression} {name}")
    path = tmp_path / "sc.dcm"
    FORMATS[name].write(reading, path, compression)
    answer = urlopen(Request(f"{orthanc}/instances", data=path.read_bytes()), timeout=60)
    place = f"{orthanc}/instances/{json.loads(answer.read())['ID']}"
    shown = cv2.imdecode(np.frombuffer(_get(f"{place}/preview", "image/png"), np.uint8), -1)
    expected = capture(reading, grey=name == "sc-grey").pixel_array
    np.testing.assert_array_equal(shown[..., ::-1] if expected.ndim == 3 else shown, expected)


def _first_part(body: bytes) -> bytes:
    """The content of the first part of a multipart answer."""
    boundary = body.lstrip().split(b"\r\n", 1)[0]
    part = body.split(boundary)[1]
    return part.split(b"\r\n\r\n", 1)[1].removesuffix(b"\r\n")
