import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from spondyl.labels import FILE_NAME, load_dataset, save_dataset
from spondyl.labels.formats import FORMATS
from tests.labels.formats.made_labels import assert_same, spine

SIZE = (900, 1400)


def write_picture(path: Path, seed: int = 0) -> Path:
    coarse = np.random.default_rng(seed).integers(0, 255, (14, 9)).astype(np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), cv2.resize(coarse, SIZE, interpolation=cv2.INTER_CUBIC))
    return path


@pytest.fixture
def dataset(tmp_path):
    folder = tmp_path / "set"
    write_picture(folder / "a.png")
    save_dataset(folder, [spine("right", patient="p1", extra={"view": "lateral"})], "A note.")
    return folder


@pytest.mark.parametrize("name", list(FORMATS))
def test_out_and_in_again(spondyl, tmp_path, dataset, name):
    target = tmp_path / "there"
    said = spondyl("labels", "export", dataset, "--format", name, "--out", target)
    assert (said.code, said.out.split()[:2]) == (0, ["1", "films"])
    said = spondyl(
        "labels", "import", target, "--format", name, "--films", dataset, "--out", tmp_path / "back"
    )
    assert said.code == 0, said.err
    back = load_dataset(tmp_path / "back")
    assert_same(load_dataset(dataset).films[0], back.films[0])
    assert back.note == "A note."
    assert (tmp_path / "back/a.png").read_bytes() == (dataset / "a.png").read_bytes()


def test_an_export_over_an_earlier_one_is_refused(spondyl, tmp_path, dataset):
    out = tmp_path / "north.json"
    assert spondyl("labels", "export", dataset, "--format", "coco", "--out", out).code == 0
    out.write_text("drawn by hand")
    said = spondyl("labels", "export", dataset, "--format", "coco", "--out", out)
    assert (said.code, out.read_text()) == (2, "drawn by hand")
    assert "is there already" in said.err


def test_labelme_files_may_lie_beside_the_films(spondyl, dataset):
    assert spondyl("labels", "export", dataset, "--format", "labelme", "--out", dataset).code == 0
    assert json.loads((dataset / "a.json").read_text())["imagePath"] == "a.png"
    again = spondyl("labels", "export", dataset, "--format", "labelme", "--out", dataset)
    assert again.code == 2


def test_missing_pictures_write_nothing(spondyl, tmp_path, dataset):
    out = tmp_path / "coco.json"
    spondyl("labels", "export", dataset, "--format", "coco", "--out", out)
    said = spondyl("labels", "import", out, "--format", "coco", "--out", tmp_path / "back")
    assert said.code == 2
    assert "a.png" in said.err
    assert "--labels-only" in said.err
    assert not (tmp_path / "back").exists()
    said = spondyl(
        "labels", "import", out, "--format", "coco", "--out", tmp_path / "back", "--labels-only"
    )
    assert said.code == 0
    assert [p.name for p in (tmp_path / "back").iterdir()] == [FILE_NAME]


def test_a_data_set_is_not_written_over(spondyl, tmp_path, dataset):
    spondyl("labels", "export", dataset, "--format", "coco", "--out", tmp_path / "a.json")
    before = (dataset / FILE_NAME).read_text()
    said = spondyl("labels", "import", tmp_path / "a.json", "--format", "coco", "--out", dataset)
    assert said.code == 2
    assert (dataset / FILE_NAME).read_text() == before


def test_unknown_format(spondyl, tmp_path, dataset):
    said = spondyl("labels", "export", dataset, "--format", "pdf", "--out", tmp_path / "a")
    assert said.code == 2
    assert "'pdf'" in said.err
    assert "cvat" in said.err


def test_a_folder_without_ct_is_one_sentence(spondyl, tmp_path):
    (tmp_path / "in").mkdir()
    said = spondyl(
        "labels", "import", tmp_path / "in", "--format", "verse", "--out", tmp_path / "out"
    )
    assert said.code == 2
    assert "x_ct.nii.gz" in said.err
    assert not (tmp_path / "out").exists()
