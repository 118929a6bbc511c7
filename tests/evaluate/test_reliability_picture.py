"""The reliability diagram is well-formed, true to its bins, and on the page of an evaluation."""

import xml.etree.ElementTree as ET

import pytest

from spondyl.anatomy import Level, Status
from spondyl.evaluate.calibration import Bin, reliability
from spondyl.evaluate.reliability_picture import reliability_svg, stretched
from spondyl.evaluate.run import evaluate
from tests.evaluate.makers import label, read_json, reading_json, right_call, write_set

BINS = (Bin(0.02, 0.0, 0.0, 0.05, 70), Bin(0.5, 0.5, 0.4, 0.6, 70), Bin(0.9, 1.0, 0.95, 1.0, 70))


def parts(svg, tag):
    return ET.fromstring(svg).findall(f".//{tag}")


def test_points_lie_where_the_bins_say():
    svg = reliability_svg(BINS, "bodies")
    points = [(float(c.get("cx")), float(c.get("cy"))) for c in parts(svg, "circle")]
    assert len(points) == 3
    across, up = zip(*points, strict=True)
    assert list(across) == sorted(across)
    assert list(up) == sorted(up, reverse=True), "up is fractured"
    (frame,) = parts(svg, "rect")
    left, top, size = (float(frame.get(key)) for key in ("x", "y", "width"))
    # one half is in the middle of both axes
    assert points[1] == pytest.approx((left + size / 2, top + size / 2))
    assert points[0][1] == pytest.approx(top + size)
    assert points[2][1] == pytest.approx(top)
    titles = [title.text for title in parts(svg, "title")]
    assert titles[1] == "said 50.0 %, were 50.0 % (40.0 – 60.0), 70 bodies"
    assert "210 bodies" in svg


def test_axes_rise_and_are_even_at_both_ends():
    shares = [k / 20 for k in range(21)]
    places = [stretched(share) for share in shares]
    assert places == sorted(places)
    assert [stretched(1 - share) for share in shares] == pytest.approx([1 - p for p in places])


def test_nothing_to_draw():
    assert reliability_svg((), "films") == ""
    assert reliability([], []) == ()


def test_an_evaluation_shows_it_and_writes_its_bins(tmp_path):
    labels = [
        label(f"{k}.png", {Level.L2: Status.FRACTURED} if k % 2 else {}, patient=f"p{k}")
        for k in range(6)
    ]
    folder = write_set(tmp_path / "set", labels)

    def read(path):
        odd = int(path.stem) % 2
        return reading_json(right_call({Level.L2: 0.9 if odd else 0.3, Level.L3: 0.4}))

    run = evaluate(folder, tmp_path / "out", read, pictures=False, progress=False)
    figures = run.figures.fracture_body
    assert figures["brier"].value == pytest.approx(
        (3 * 0.1**2 + 3 * 0.3**2 + 6 * 0.4**2 + 30 * 0.1**2) / 42
    )
    assert figures["calibration_slope"].n == 42
    assert figures["calibration_intercept"].value < 0, "fewer fractures than was said"
    written = read_json(tmp_path / "out" / "evaluation.json")["reliability"]
    assert sum(one["n"] for one in written["body"]) == 42
    assert written["film"][-1]["share"] == 1.0
    page = (tmp_path / "out" / "evaluation.html").read_text()
    assert page.count('<svg class="diagram"') == 2
    assert "Calibration slope" in page
