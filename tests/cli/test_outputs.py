"""What `spondyl read --out` writes, and what it says of what it does not."""

import json

import numpy as np
import pydicom
import pytest
from pydicom.uid import RLELossless

from spondyl.cli import errors
from spondyl.deliver import FORMATS
from spondyl.film.write_dicom import write_film_dicom


@pytest.fixture
def dicom_film(tmp_path):
    rows, columns = np.mgrid[:160, :120]
    pixels = 0.5 + 0.3 * np.sin(rows / 9) + 0.2 * np.cos(columns / 7)
    path = tmp_path / "in" / "Lovelace.dcm"
    path.parent.mkdir()
    write_film_dicom(path, pixels, modality="CR", patient_id="PID-4711", patient_name="Lovelace")
    return path


def test_every_format_of_a_dicom_film(spondyl, dicom_film, tmp_path):
    pytest.importorskip("highdicom", reason="the extra [dicom] is not installed")
    said = spondyl("read", dicom_film, "--out", tmp_path / "out", "--formats", ",".join(FORMATS))
    assert (said.code, said.err) == (0, "")
    written = {path.name for path in (tmp_path / "out" / "Lovelace.dcm").iterdir()}
    assert written == {form.file_name for form in FORMATS.values()}


def test_compressed_pictures(spondyl, dicom_film, tmp_path):
    said = spondyl(
        "read", dicom_film, "--out", tmp_path / "out", "--formats", "sc", "--compression", "rle"
    )
    assert (said.code, said.err) == (0, "")
    written = pydicom.dcmread(tmp_path / "out" / "Lovelace.dcm" / "overlay.dcm")
    assert written.file_meta.TransferSyntaxUID == RLELossless
    for words, message in (
        (["--formats", "sc", "--compression", "jpeg"], "'jpeg' is not known"),
        (["--formats", "json", "--compression", "rle"], "about sc and sc-grey"),
    ):
        said = spondyl("read", dicom_film, "--out", tmp_path / "out", *words)
        assert said.code == 2
        assert message in said.err


def test_a_picture_gets_what_needs_no_patient(spondyl, tmp_path, make_film):
    make_film(tmp_path / "in" / "a.png")
    said = spondyl("read", tmp_path / "in", "--out", tmp_path / "out", "--formats", "sc,json,gsps")
    assert said.code == 1
    assert "a.png: no sc, gsps: A DICOM object belongs to a patient and a study" in said.err
    assert said.err.count("\n") == 1
    assert "a.png" in said.out
    assert [path.name for path in (tmp_path / "out" / "a.png").iterdir()] == ["reading.json"]


def test_a_missing_extra_is_told_before_anything_is_read(
    spondyl, dicom_film, tmp_path, monkeypatch
):
    monkeypatch.setitem(errors.EXTRAS, "dicom", "no_such_module_anywhere")
    said = spondyl("read", dicom_film, "--out", tmp_path / "out", "--formats", "json,sr")
    assert said.code == 2
    assert (
        'read --formats sr needs the extra [dicom]; run: pip install "spondyl[dicom]"' in said.err
    )
    assert not (tmp_path / "out").exists()


def test_deidentified_results_name_nobody(spondyl, dicom_film, tmp_path, make_film):
    pytest.importorskip("highdicom", reason="the extra [dicom] is not installed")
    make_film(dicom_film.parent / "Somerville.png")
    said = spondyl(
        "read", dicom_film.parent, "--out", tmp_path / "out", "--deidentify",
        "--formats", "json,fhir,pdf,png",
    )  # fmt: skip
    assert said.code == 0
    assert said.err.startswith("spondyl: Only headers were cleaned. Letters in a picture stay")
    assert "Lovelace" not in said.err
    files = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert {path.parent.name for path in files} == {"film-0001", "film-0002"}
    for path in files:
        content = path.read_bytes() + path.name.encode()
        assert not any(word in content for word in (b"Lovelace", b"PID-4711", b"Somerville"))
    of_picture = json.loads((tmp_path / "out" / "film-0002" / "reading.json").read_text())
    assert of_picture["film"]["path"] is None


def test_deidentify_is_about_what_is_written(spondyl, dicom_film):
    said = spondyl("read", dicom_film, "--deidentify")
    assert said.code == 2
    assert "give --out DIR" in said.err


def test_the_help_names_every_format(spondyl):
    words = spondyl("read", "--help").out.replace(",", " ").replace(".", " ").split()
    assert set(FORMATS) <= set(words)
