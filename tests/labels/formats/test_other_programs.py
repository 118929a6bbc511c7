"""What other people's programs make of our files; LabelMe itself is GPL, so its form is checked."""

import json
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from spondyl.anatomy import Level, Status
from spondyl.labels.formats import FORMATS, LabelSet
from tests.labels.formats.made_labels import LEVELS, SIZE_PX, spine

FILM = spine("right", LEVELS)
LABELS = LabelSet((FILM,), "A note.")


def test_pycocotools_reads_and_scores_our_keypoints(tmp_path, capsys):
    coco = pytest.importorskip("pycocotools.coco")
    scoring = pytest.importorskip("pycocotools.cocoeval")
    (file,) = FORMATS["coco"].write(LABELS, tmp_path)
    truth = coco.COCO(str(file))
    (l3,) = truth.getCatIds(catNms=["L3"])
    (annotation,) = truth.loadAnns(truth.getAnnIds(catIds=[l3]))
    points = np.array(annotation["keypoints"]).reshape(6, 3)
    np.testing.assert_allclose(points[:4, :2], FILM.vertebrae[Level.L3].corners_px, atol=0.011)
    assert (points[:, 2] == 2).all()
    # Its mask is the body's outline: as large as the keypoints say, within the pixels on the rim.
    mask = truth.annToMask(annotation)
    assert mask.shape == SIZE_PX[::-1]
    assert mask.sum() == pytest.approx(annotation["area"], rel=0.15)
    found = truth.loadRes([
        {key: a[key] for key in ("image_id", "category_id", "keypoints")} | {"score": 0.9}
        for a in truth.loadAnns(truth.getAnnIds())
    ])  # fmt: skip
    scores = scoring.COCOeval(truth, found, "keypoints")
    scores.params.kpt_oks_sigmas = np.full(6, 0.05)
    scores.evaluate()
    scores.accumulate()
    precision = scores.eval["precision"]
    assert precision[precision > -1].min() == pytest.approx(1.0)
    capsys.readouterr()


def test_labelme_finds_what_its_loader_asks_for(tmp_path):
    (file,) = FORMATS["labelme"].write(LABELS, tmp_path)
    content = json.loads(file.read_text())
    needed = {"version", "imageData", "imagePath", "shapes", "flags", "imageHeight", "imageWidth"}
    assert needed <= set(content)
    for shape in content["shapes"]:
        assert {"label", "points", "shape_type", "flags", "description", "group_id"} <= set(shape)
        assert shape["shape_type"] in ("polygon", "line", "point")
        assert all(isinstance(value, bool) for value in shape["flags"].values())
        assert all(len(point) == 2 for point in shape["points"])
        assert len(shape["points"]) >= 3 or shape["shape_type"] != "polygon"


def test_cvat_finds_what_its_parser_asks_for(tmp_path):
    (file,) = FORMATS["cvat"].write(LABELS, tmp_path)
    root = ET.parse(file).getroot()
    assert root.findtext("version") == "1.1"
    (image,) = root.findall("image")
    assert {"id", "name", "width", "height"} <= set(image.attrib)
    defined = {label.findtext("name"): label for label in root.iter("label")}
    for shape in image:
        assert shape.tag in ("polygon", "points", "tag")
        own = {a.findtext("name") for a in defined[shape.get("label")].iter("attribute")}
        # CVAT refuses attributes that a label does not have.
        assert {a.get("name") for a in shape.findall("attribute")} <= own
        if shape.tag != "tag":
            assert {"label", "source", "occluded", "points", "z_order"} <= set(shape.attrib)
            assert all(len(pair.split(",")) == 2 for pair in shape.get("points").split(";"))


def test_every_attribute_that_is_written_to_cvat_is_defined(tmp_path):
    body = FILM.vertebrae[Level.L1]
    values = {**body.__dict__, "status": Status.FRACTURED, "extra": {"words": "old wedge"}}
    bodies = {**FILM.vertebrae, Level.L1: type(body)(**values)}
    film = type(FILM)(**{**FILM.__dict__, "vertebrae": bodies, "extra": {"ward": "7"}})
    (file,) = FORMATS["cvat"].write(LabelSet((film,)), tmp_path)
    root = ET.parse(file).getroot()
    defined = {
        label.findtext("name"): {a.findtext("name") for a in label.iter("attribute")}
        for label in root.iter("label")
    }
    for shape in root.find("image"):
        assert {a.get("name") for a in shape.findall("attribute")} <= defined[shape.get("label")]


def test_via_finds_what_its_loader_asks_for(tmp_path):
    (file,) = FORMATS["via"].write(LABELS, tmp_path)
    content = json.loads(file.read_text())
    assert {"_via_settings", "_via_img_metadata", "_via_attributes"} <= set(content)
    assert content["_via_image_id_list"] == list(content["_via_img_metadata"])
    for key, entry in content["_via_img_metadata"].items():
        assert key == f"{entry['filename']}{entry['size']}"
        for region in entry["regions"]:
            shape = region["shape_attributes"]
            assert len(shape["all_points_x"]) == len(shape["all_points_y"])
            assert all(isinstance(v, str) for v in region["region_attributes"].values())


def test_label_studio_finds_its_controls(tmp_path):
    tasks, interface = FORMATS["labelstudio"].write(LABELS, tmp_path)
    view = ET.parse(interface).getroot()
    controls = {node.get("name") for node in view if node.get("name")}
    results = json.loads(tasks.read_text())[0]["annotations"][0]["result"]
    assert {r["from_name"] for r in results} | {r["to_name"] for r in results} <= controls
    for result in results:
        for x, y in result["value"].get("points", []):
            assert 0 <= x <= 100
            assert 0 <= y <= 100


def test_numpy_reads_our_buu_file_as_its_users_do(tmp_path):
    FORMATS["buu"].write(LABELS, tmp_path)
    lines = np.loadtxt(tmp_path / "a.csv", delimiter=",", ndmin=2)
    assert lines.shape == (13, 5)
    # The film's posterior side is right: the end on the left is anterior.
    np.testing.assert_allclose(lines[0, :2], FILM.vertebrae[Level.L1].corners_px[1], atol=0.011)
