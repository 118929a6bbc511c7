"""Flows are drawn whole."""

import xml.etree.ElementTree as ET

from spondyl.study.flow.model import Flow
from spondyl.study.flow.picture import flow_svg, spoken
from tests.study.flow_cases import FLOW


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
