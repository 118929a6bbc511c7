"""Flows must add up, keep on disk, and be drawn whole."""

import json
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from spondyl.study.flow import (
    Excluded,
    Flow,
    Step,
    Stream,
    flow_from_json,
    flow_of_labels,
    patients_of,
    statuses,
)
from spondyl.study.flow_picture import flow_svg, spoken
from tests.study.page_cases import drawn_label

FLOW = Flow((
    Stream(
        "North & co",
        (
            Step("Reports read", 101, unit="reports", excluded=(Excluded("without a film", 3),)),
            Step("Films found", 98, 96, excluded=(Excluded("not lateral", 12), Excluded("<b>", 8))),
            Step("Labelled", 78, 77, detail="30 fractured, 48 normal"),
        ),
        (Step("Training", 50), Step("Validation", 8), Step("Internal test", 20)),
        True,
    ),
    Stream("South", (Step("Labelled, tested", 30, 15),), (), None),
))  # fmt: skip


def test_counts_must_add_up():
    with pytest.raises(ValueError, match="9 films are left of “Found”, but “Labelled” counts 8"):
        Stream("a", (Step("Found", 10, excluded=(Excluded("x", 1),)), Step("Labelled", 8)))
    with pytest.raises(ValueError, match="parts hold 7"):
        Stream("a", (Step("Labelled", 8),), (Step("Training", 7),))
    with pytest.raises(ValueError, match="at least one step"):
        Stream("a", ())
    # of different units nothing can be said
    Stream("a", (Step("Reports", 10, unit="reports"), Step("Films", 12)))


def test_there_and_back():
    assert flow_from_json(json.loads(json.dumps(FLOW.to_json()))) == FLOW
    with pytest.raises(ValueError, match="not a flow"):
        flow_from_json([{"name": "a"}])


def test_every_count_is_drawn():
    svg = flow_svg(FLOW)
    root = ET.fromstring(svg)
    texts = [text.text for text in root.iter("text")]
    assert "North & co (simulated)" in texts
    assert "South" in texts
    for line in ("101 reports", "98 films, 96 patients", "Excluded: 20", "8: <b>", "20 films"):
        assert line in texts
    assert len(root.findall("rect")) == 3 + 2 + 3 + 1
    # nothing leaves the picture
    width, height = (float(v) for v in root.get("viewBox").split()[2:])
    for box in root.findall("rect"):
        x, y, w, h = (float(box.get(key)) for key in ("x", "y", "width", "height"))
        assert x >= 0
        assert y >= 0
        assert x + w <= width
        assert y + h <= height


def test_boxes_do_not_overlap():
    boxes = [
        tuple(float(box.get(key)) for key in ("x", "y", "width", "height"))
        for box in ET.fromstring(flow_svg(FLOW)).findall("rect")
    ]
    for i, (x, y, w, h) in enumerate(boxes):
        for ox, oy, ow, oh in boxes[:i]:
            assert x + w <= ox or ox + ow <= x or y + h <= oy or oy + oh <= y


def test_words_for_those_who_do_not_see_it():
    assert "excluded 12: not lateral" in spoken(FLOW)
    assert "divided into Training 50 films" in spoken(FLOW)
    assert flow_svg(Flow(())) == ""


def test_flow_of_labels_counts_films_and_patients():
    rng = np.random.default_rng(1)
    own = {
        "validation": [drawn_label(f"v{i}", f"p{i}", rng) for i in range(3)],
        "train": [drawn_label(f"t{i}", f"q{i // 2}", rng) for i in range(4)],
    }
    other = [drawn_label(f"e{i}", "one", rng) for i in range(2)]
    flow = flow_of_labels(own, {"west": other}, {"internal": False, "west": True})
    first, second = flow.streams
    assert [end.words for end in first.ends] == ["Training", "Validation"]
    assert (first.steps[0].count, first.steps[0].patients) == (7, 5)
    assert (second.steps[0].count, second.steps[0].patients, second.simulated) == (2, 1, True)
    assert patients_of(other) == 1
    said = statuses(other)
    assert sum(int(part.split()[0]) for part in said.split(", ")) == 2
