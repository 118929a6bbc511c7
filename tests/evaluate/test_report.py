import re

import numpy as np
import pytest

from spondyl.anatomy import Level, Status
from spondyl.evaluate import evaluate
from spondyl.evaluate.match import judge_film
from spondyl.evaluate.outcome import FilmCall
from spondyl.evaluate.pictures import as_data_url, badness, draw, worst
from spondyl.evaluate.report import TABLES, interval, mix_words, number, provenance, render
from spondyl.evaluate.statistics import Figure
from tests.evaluate.makers import label, reading_json, right_call, write_set


@pytest.fixture
def finished(tmp_path):
    films = write_set(
        tmp_path / "<films>", [label("a.png", {Level.L1: Status.FRACTURED}), label("b.png")]
    )
    return evaluate(films, None, lambda path: reading_json(right_call()), progress=False)


def test_page_is_one_file_with_every_figure(finished):
    page = render(finished)
    for _, title, rows in TABLES:
        assert title.replace("T11-L5", "T11–L5") in page
        for row in rows:
            assert row.words in page
    assert "&lt;films&gt;" in page
    assert "<films>" not in page
    assert not re.search(r'(src|href)="(?!data:)', page)
    assert page.count("<img") == 1
    assert "1 fractures missed" not in page or "missed" in page


def test_page_says_what_the_set_holds(finished):
    page = render(finished, pictures=False)
    assert mix_words(finished) == (
        "1 fractured bodies (0 mild, 0 moderate, 0 severe) and 13 normal ones."
    )
    assert mix_words(finished) in page
    # sensitivity by level with its interval and its number of cases
    assert re.search(r"<td>0\.0 % <span[^>]*>0\.0 – 79\.3, n 1</span></td>", page)


def test_pictures_can_be_left_out(finished):
    assert "<img" not in render(finished, pictures=False)


def test_every_figure_of_a_table_exists(finished):
    for group, _, rows in TABLES:
        assert {row.key for row in rows} <= set(getattr(finished.figures, group))


def test_provenance_never_passes_silence_as_real(finished):
    assert "does not say" in provenance(finished)


def test_numbers_for_people():
    assert number(0.5) == "50.0 %"
    assert number(0.125, "count") == "0.12"
    assert interval(Figure(0.5, 2, 0.25, 0.75)) == "25.0 – 75.0"
    assert interval(Figure(0.5, 2)) == ""


def test_worst_films_come_first_and_right_ones_not_at_all():
    fractured = {Level.L1: Status.FRACTURED}
    outcomes = [
        judge_film(label("right"), right_call()),
        judge_film(label("alarm"), right_call({Level.L2: 0.9})),
        judge_film(label("failed"), FilmCall(error="broken")),
        judge_film(label("missed", fractured), right_call()),
    ]
    assert worst(outcomes, 9) == [2, 1, 3]
    assert worst(outcomes, 1) == [2]
    assert badness(outcomes[0]) == 0


def test_drawing_marks_truth_and_reading():
    grey = np.full((400, 400), 90, np.uint8)
    picture = draw(grey, label(), right_call({Level.L1: 0.9}))
    assert picture.shape == (400, 400, 3)
    assert np.abs(picture.astype(int) - 90).max() > 100
    red = (picture[..., 2].astype(int) - picture[..., 0]) > 100
    assert red.any()
    assert as_data_url(picture).startswith("data:image/jpeg;base64,")
