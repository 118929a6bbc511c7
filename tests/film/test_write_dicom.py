"""DICOM films made for simulations and tests."""

import shutil
import subprocess

import numpy as np
import pydicom
import pytest
from pydicom import uid

from spondyl.film import film_dataset, load_film, write_film_dicom
from tests.film.makers import phantom


def test_same_seed_same_file(tmp_path):
    for name in ("a", "b"):
        write_film_dicom(tmp_path / name, phantom(), seed="film 7")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_uids_differ_between_seeds_and_without():
    made = [film_dataset(phantom(), seed=seed) for seed in ("1", "2", None, None)]
    assert len({each.SOPInstanceUID for each in made}) == 4
    assert all(uid.UID(each.SOPInstanceUID).is_valid for each in made)
    assert len({made[0].SOPInstanceUID, made[0].SeriesInstanceUID, made[0].StudyInstanceUID}) == 3


def test_file_is_a_conformant_part_10_file(tmp_path):
    write_film_dicom(tmp_path / "film", phantom(), patient_id="P1", spacing_mm=(0.1, 0.1))
    dataset = pydicom.dcmread(tmp_path / "film")  # not forced
    assert dataset.file_meta.MediaStorageSOPInstanceUID == dataset.SOPInstanceUID
    assert dataset.SOPClassUID == uid.DigitalXRayImageStorageForPresentation
    assert dataset.PatientID == "P1"
    assert list(dataset.ImagerPixelSpacing) == [0.1, 0.1]
    assert "PixelSpacing" not in dataset


def test_lossy_films_say_so(tmp_path):
    write_film_dicom(tmp_path / "film", phantom(), transfer_syntax=uid.JPEG2000)
    assert pydicom.dcmread(tmp_path / "film").LossyImageCompression == "01"
    assert load_film(tmp_path / "film").size_px == (80, 96)


def test_odd_number_of_bytes(tmp_path):
    pixels = phantom(97, 81)
    write_film_dicom(tmp_path / "film", pixels, bits=8)
    assert np.abs(load_film(tmp_path / "film").pixels - pixels).max() < 0.003


@pytest.mark.parametrize(
    "settings",
    [
        {"bits": 7},
        {"bits": 17},
        {"photometric": "RGB"},
        {"modality": "CT"},
        {"modality": "SC", "presentation": "FOR PROCESSING"},
        {"spacing_mm": (0.1, 0.1), "spacing_tag": "Rows"},
    ],
)
def test_wrong_settings_are_refused(settings):
    with pytest.raises(ValueError, match="found"):
        film_dataset(phantom(), **settings)


@pytest.mark.parametrize("transfer_syntax", [uid.ExplicitVRLittleEndian, uid.JPEG2000Lossless])
@pytest.mark.parametrize(
    ("modality", "settings"),
    [
        ("DX", {}),
        ("DX", {"photometric": "MONOCHROME1", "bits": 8}),
        ("DX", {"presentation": "FOR PROCESSING"}),
        ("CR", {"signed": True}),
        ("SC", {"spacing_tag": "NominalScannedPixelSpacing"}),
    ],
)
def test_dicom3tools_finds_no_error(tmp_path, modality, settings, transfer_syntax):
    program = shutil.which("dciodvfy")
    if program is None:
        pytest.skip("dciodvfy is not installed; run: make debian")
    path = tmp_path / "film.dcm"
    whole = {"spacing_mm": (0.15, 0.15), "orientation": ("A", "F"), **settings}
    write_film_dicom(
        path, phantom(), modality=modality, transfer_syntax=transfer_syntax, **whole
    )  # fmt: skip
    done = subprocess.run([program, path], capture_output=True, text=True, check=False)
    lines = (done.stdout + done.stderr).splitlines()
    assert lines
    assert [line for line in lines if line.startswith(("Error", "Abort"))] == []
