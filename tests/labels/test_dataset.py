import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spondyl.anatomy import Level, Shape, Status
from spondyl.geometry import CORNER_NAMES
from spondyl.labels import (
    FILE_NAME,
    SCHEMA,
    Dataset,
    DatasetError,
    FilmLabel,
    VertebraLabel,
    load_dataset,
    save_dataset,
)

pixels = st.floats(-100, 5000).map(lambda value: round(value, 2))
texts = st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cs"]), max_size=20))


def quads(count):
    return st.lists(st.tuples(pixels, pixels), min_size=count, max_size=count).map(np.array)


@st.composite
def bodies(draw, level):
    return VertebraLabel(
        level=level,
        corners_px=draw(st.one_of(st.none(), quads(4))),
        mid_endplates_px=draw(st.one_of(st.none(), quads(2))),
        status=draw(st.sampled_from(Status)),
        genant_grade=draw(st.one_of(st.none(), st.integers(0, 3))),
        shape=draw(st.one_of(st.none(), st.sampled_from(Shape))),
        height_loss=draw(st.one_of(st.none(), st.floats(0, 1).map(lambda v: round(v, 4)))),
        assessable=draw(st.booleans()),
        extra=draw(st.sampled_from([{}, {"words": "wedge of L1"}])),
    )


@st.composite
def films(draw, name):
    levels = draw(st.lists(st.sampled_from(Level), unique=True, max_size=5))
    levels.sort(key=list(Level).index)
    return FilmLabel(
        name=name,
        size_px=draw(st.tuples(st.integers(1, 5000), st.integers(1, 5000))),
        posterior_side=draw(st.sampled_from(["left", "right"])),
        vertebrae={level: draw(bodies(level)) for level in levels},
        patient=draw(texts),
        split=draw(texts),
        site=draw(texts),
        report=draw(texts),
        extra=draw(st.dictionaries(st.sampled_from(["view", "seed"]), st.integers())),
    )


def equal(one, other):
    if one is None or other is None:
        return one is other
    return np.array_equal(one, other, equal_nan=True)


@given(film=films("a.png"))
@settings(max_examples=60, deadline=None)
def test_there_and_back(tmp_path_factory, film):
    folder = tmp_path_factory.mktemp("set")
    save_dataset(folder, [film], "A note.")
    found = load_dataset(folder)
    assert (len(found), found.note, found.folder) == (1, "A note.", folder)
    back = next(iter(found))
    for key in ("name", "size_px", "posterior_side", "patient", "split", "site", "report", "extra"):
        assert getattr(back, key) == getattr(film, key)
    assert list(back.vertebrae) == list(film.vertebrae)
    for level, body in film.vertebrae.items():
        other = back.vertebrae[level]
        for key in (
            "level",
            "status",
            "genant_grade",
            "shape",
            "height_loss",
            "assessable",
            "extra",
        ):
            assert getattr(other, key) == getattr(body, key)
        assert equal(body.corners_px, other.corners_px)
        assert equal(body.mid_endplates_px, other.mid_endplates_px)


def test_unknown_corners_stay_unknown(tmp_path):
    corners = np.array([[1.0, 2.0], [3.0, 4.0], [np.nan, np.nan], [np.nan, np.nan]])
    film = FilmLabel("a", (9, 9), "left", {Level.S1: VertebraLabel(Level.S1, corners)})
    save_dataset(tmp_path, [film])
    text = (tmp_path / FILE_NAME).read_text()
    assert "NaN" not in text
    back = load_dataset(tmp_path).films[0].vertebrae[Level.S1]
    np.testing.assert_array_equal(back.corners_px, corners)
    assert not back.has_quad


def test_levels_come_sorted_whatever_their_order_in_the_file(tmp_path):
    write(tmp_path, vertebrae={"L3": {}, "T12": {}, "L1": {}})
    film = load_dataset(tmp_path).films[0]
    assert list(film.vertebrae) == [Level.T12, Level.L1, Level.L3]


def test_film_lies_in_the_folder_and_the_file_itself_may_be_named(tmp_path):
    write(tmp_path)
    dataset = load_dataset(tmp_path / FILE_NAME)
    assert dataset.path(dataset.films[0]) == tmp_path / "a.png"
    assert len(Dataset(tmp_path, ())) == 0


def write(folder, content=None, **film):
    values = {"size_px": [10, 20], "posterior_side": "left", "vertebrae": {}} | film
    whole = {"schema": SCHEMA, "films": {"a.png": values}} if content is None else content
    (folder / FILE_NAME).write_text(json.dumps(whole))


@pytest.mark.parametrize(
    ("film", "words"),
    [
        ({"size_px": "wide"}, r"a\.png.*size_px"),
        ({"size_px": [1]}, "size_px"),
        ({"posterior_side": "back"}, "left or right, found 'back'"),
        ({"vertebrae": {"C7": {}}}, "unknown level 'C7'"),
        ({"vertebrae": {"L1": {"status": "broken"}}}, r"L1.*broken"),
        ({"vertebrae": {"L1": {"mid_endplates_px": {"superior": [1, 2]}}}}, "L1.*inferior"),
        ({"vertebrae": {"L1": {"corners_px": {CORNER_NAMES[0]: [1]}}}}, "L1"),
        ({"vertebrae": {"L1": []}}, "L1"),
    ],
)
def test_wrong_labels_are_named(tmp_path, film, words):
    write(tmp_path, **film)
    with pytest.raises(DatasetError, match=words):
        load_dataset(tmp_path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ([], "found 'list'"),
        ({"schema": "other/1"}, "found 'other/1'"),
        ({"schema": SCHEMA}, '"films"'),
        ({"schema": SCHEMA, "films": {"a": 3}}, "film 'a': expected an object, found int"),
    ],
)
def test_other_files_are_refused(tmp_path, content, words):
    write(tmp_path, content)
    with pytest.raises(DatasetError, match=words):
        load_dataset(tmp_path)


def test_no_json(tmp_path):
    (tmp_path / FILE_NAME).write_text("{")
    with pytest.raises(DatasetError, match="not valid JSON"):
        load_dataset(tmp_path)


def test_missing_set_says_how_to_make_one(tmp_path):
    with pytest.raises(DatasetError, match="spondyl simulate"):
        load_dataset(tmp_path)


def test_keys_of_others_are_kept_at_every_depth(tmp_path):
    film = {"size_px": [9, 9], "posterior_side": "left", "vertebrae": {"L1": {"words": "wedge"}}}
    write(tmp_path, {"schema": SCHEMA, "films": {"a.png": film}, "info": {"year": 2026}})
    found = load_dataset(tmp_path)
    assert found.films[0].vertebrae[Level.L1].extra == {"words": "wedge"}
    save_dataset(tmp_path, found, found.note, found.extra)
    assert load_dataset(tmp_path).extra == {"info": {"year": 2026}}


def test_saving_leaves_no_half_file(tmp_path):
    save_dataset(tmp_path / "new", [])
    assert [path.name for path in (tmp_path / "new").iterdir()] == [FILE_NAME]
