"""Files in the layouts that the programs write: read right, and nothing of them is lost."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from spondyl.anatomy import Level, Status
from spondyl.labels import load_dataset, save_dataset
from spondyl.labels.formats import FORMATS, FormatError, LabelSet, ReadOptions

SAMPLES = Path(__file__).parent / "samples"
TRUTH = json.loads((SAMPLES / "truth.json").read_text())
KEYS = ("sp", "sa", "ia", "ip", "sm", "im")
SIZE_PX = (1000, 1000)
LUMBAR = [Level.L1, Level.L2, Level.L3, Level.L4, Level.L5]

#: Format -> sample, its film, levels, those with six points, pieces that must come out again.
CASES = {
    "coco": (
        "coco.json", "north/film 1.png", [Level.T12, *LUMBAR, Level.S1], [],
        ["Reader A", "CC BY 4.0", "2025-03-04", "implant", '"score": 0.75', '"bone"', "post_sup",
         '"occluded": false', '"fracture": "yes"'],
    ),
    "labelme": (
        "labelme.json", "films/film 1.png", [Level.T12, *LUMBAR, Level.S1], [Level.L2],
        ["5.4.1", "good_quality", "doubtful", "L1 fx", "implant", "rectangle", "lineColor",
         '"group_id": 3', '"old"'],
    ),
    "cvat": (
        "cvat.xml", "north/film 1.png", [Level.T12, *LUMBAR, Level.S1], [Level.L2],
        ["reader.a", "#ff6037", "2025-03-04 10:00", 'subset="default"', "good &amp; sharp",
         "semi-auto", 'occluded="1"', "screw", 'xtl="10.00"', 'label="vertebra"'],
    ),
    "via": (
        "via.json", "film 1.png", [Level.T12, *LUMBAR, Level.S1], [],
        ["52345", "spines 2025", "films/", "circle", "marker", "standing", "public_domain"],
    ),
    "labelstudio": (
        "labelstudio.json", "film_1.png", [Level.T12, *LUMBAR, Level.S1], [],
        ["0f3a9c1d-film_1.png", '"hospital"', "a@example.org", "61.5", "old fracture?",
         "rectanglelabels", '"was_cancelled": true', '"origin": "manual"', '"project": 4'],
    ),
    "buu": ("buu", "LA/0001-F-037Y1.jpg", [*LUMBAR, Level.S1], [], ["0001-F-037Y1"]),
}  # fmt: skip


def read(name):
    return FORMATS[name].read(SAMPLES / CASES[name][0], ReadOptions(size_of=lambda _: SIZE_PX))


@pytest.mark.parametrize("name", CASES)
def test_corners_sides_and_statuses(name):
    _, film_name, levels, six, _ = CASES[name]
    labels = read(name)
    (film,) = labels.films
    assert (film.name, film.size_px, film.posterior_side) == (film_name, SIZE_PX, "right")
    assert list(film.vertebrae) == levels
    for level, body in film.vertebrae.items():
        points = np.array([TRUTH[level][key] for key in KEYS])
        corners = 2 if level is Level.S1 else 4
        np.testing.assert_allclose(body.corners_px[:corners], points[:corners], atol=0.051)
        assert np.isnan(body.corners_px[corners:]).all()
        assert (body.mid_endplates_px is not None) == (level in six)
        if level in six:
            np.testing.assert_allclose(body.mid_endplates_px, points[4:], atol=0.051)
    if name != "buu":
        assert film.vertebrae[Level.L1].status is Status.FRACTURED
        assert film.vertebrae[Level.L2].status is not Status.FRACTURED


@pytest.mark.parametrize("name", CASES)
def test_what_was_guessed_or_left_is_said(name):
    remarks = " ".join(read(name).remarks)
    # Where some points are named, nothing has to be told from the curve.
    assert ("curve of the spine" in remarks) == (name in ("labelme", "via", "buu"))
    if name == "buu":
        assert "seen from the front" in remarks
    else:
        assert "1 shapes name no single level" in remarks


@pytest.mark.parametrize("name", CASES)
def test_nothing_of_a_source_is_lost_through_a_data_set(tmp_path, name):
    labels = read(name)
    save_dataset(tmp_path / "set", labels.films, labels.note, labels.extra)
    data = load_dataset(tmp_path / "set")
    out = LabelSet(data.films, data.note, data.extra, data.folder)
    files = FORMATS[name].write(out, tmp_path / "out")
    text = "\n".join(file.name + file.read_text() for file in files)
    missing = [piece for piece in CASES[name][-1] if piece not in text]
    assert missing == []


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("other", CASES)
def test_through_another_format_to_a_third(tmp_path, name, other):
    labels = read(name)
    FORMATS[other].write(labels, tmp_path)
    back = FORMATS[other].read(tmp_path, ReadOptions(size_of=lambda _: SIZE_PX))
    assert back.films[0].vertebrae.keys() == labels.films[0].vertebrae.keys()
    for level, body in labels.films[0].vertebrae.items():
        twin = back.films[0].vertebrae[level]
        np.testing.assert_allclose(twin.corners_px, body.corners_px, atol=0.011)
        assert (twin.status, dict(twin.extra)) == (body.status, dict(body.extra))
    assert dict(back.films[0].extra) == dict(labels.films[0].extra)


def test_source_of_buu_says_patient_sex_and_age():
    (film,) = read("buu").films
    assert (film.patient, film.extra) == ("0001", {"sex": "F", "age_years": 37})
    assert film.vertebrae[Level.L5].extra == {"spondylolisthesis": [1, 0]}


def test_the_side_may_be_said():
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(
            FORMATS["via"]
            .read(SAMPLES / "via.json", ReadOptions("left", lambda _: SIZE_PX))
            .films[0].vertebrae[Level.L1].corners_px[0],
            TRUTH["L1"]["sp"],
        )  # fmt: skip


def edited(tmp_path, name, *changes):
    file = tmp_path / CASES[name][0]
    text = (SAMPLES / CASES[name][0]).read_text()
    for old, new in changes:
        assert re.search(old, text)
        text = re.sub(old, new, text)
    file.write_text(text)
    return FORMATS[name].read(file, ReadOptions(size_of=lambda _: SIZE_PX))


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("labelme", '"label": "L3"', '"label": "L2"', "L2 is drawn more than once"),
        ("labelme", '"imagePath".*?,', "", "imagePath: expected a text, found NoneType"),
        ("cvat", 'width="1000"', 'width="wide"', "width and height must be whole"),
        ("cvat", r'points="[\d.]+,', 'points="x,', r"shape \d+: points must be like"),
        ("cvat", "<image ", "<track/><image ", "for video"),
        ("coco", '"image_id": 7', '"image_id": 8', "image 8, which is not listed"),
        ("coco", r'"keypoints": \[\s+[\d.]+,', '"keypoints": [', "three numbers a point"),
        ("via", '"all_points_y"', '"all_y"', "points of this poly"),
        ("labelstudio", '"image_rotation": 0', '"image_rotation": 90', "turned by 90"),
        ("labelstudio", '"image": ', '"audio": ', "name no picture"),
    ],
)
def test_faults_of_a_source_are_named(tmp_path, name, old, new, words):
    with pytest.raises(FormatError, match=words) as caught:
        edited(tmp_path, name, (old, new))
    assert CASES[name][0] in str(caught.value)


@pytest.mark.parametrize("rows", [9, 12])
def test_buu_of_another_number_of_lines(tmp_path, rows):
    (tmp_path / "a.csv").write_text("1,2,3,4,0\n" * rows)
    with pytest.raises(FormatError, match=rf"a\.csv: {rows} lines; expected 11"):
        FORMATS["buu"].read(tmp_path, ReadOptions(size_of=lambda _: SIZE_PX))
