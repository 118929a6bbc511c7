import json
from dataclasses import replace

import pytest

from spondyl.anatomy import Level
from spondyl.labels import load_dataset, save_dataset
from spondyl.labels.split import LeakError
from spondyl.study.compare.films import prepare_films
from spondyl.study.compare.plan import PlanError, parse_plan
from tests.study.compare_cases import SIDES, plan_values, write_films


@pytest.fixture
def home(tmp_path):
    return write_films(tmp_path / "home", SIDES)


def change(folder, **of):
    """Replace labels by film name."""
    data = load_dataset(folder)
    save_dataset(folder, [of.get(f.name.split(".")[0], lambda x: x)(f) for f in data], data.note)


def prepare(folder, out, **more):
    return prepare_films(parse_plan(plan_values(folder, **more)), out)


def test_sides_and_sets(home, tmp_path):
    north = write_films(tmp_path / "north", [None] * 3, seed=1)
    change(home, **{"0": lambda film: replace(film, split="training")})
    films = prepare(home, tmp_path / "out", externals=[{"name": "north", "folder": str(north)}])
    assert [(one.name, one.external, len(one.films)) for one in films.sets] == [
        ("internal", False, 2),
        ("north", True, 3),
    ]
    (fold,) = films.folds
    assert (fold.number, fold.train, fold.validation_trained, len(fold.validation)) == (
        None, 4, 2, 2
    )  # fmt: skip
    labelled = load_dataset(fold.labels)
    assert {film.split for film in labelled} == {"train", "validation"}
    assert films.sacrum


def test_a_patient_on_two_sides_is_refused(home, tmp_path):
    change(home, **{"0": lambda film: replace(film, patient="p0-7")})
    with pytest.raises(LeakError, match="p0-7"):
        prepare(home, tmp_path / "out")


def test_one_picture_on_two_sides_is_refused_however_it_was_stored(home, tmp_path):
    import cv2

    pixels = cv2.imread(str(home / "1.png"), cv2.IMREAD_GRAYSCALE)
    turned = 255 - cv2.resize(pixels, None, fx=2, fy=2)
    cv2.imwrite(str(home / "6.png"), turned)
    with pytest.raises(LeakError, match=r"1\.png .*6\.png|6\.png .*1\.png"):
        prepare(home, tmp_path / "out")
    # And again from what was kept.
    with pytest.raises(LeakError):
        prepare(home, tmp_path / "out")


def test_a_film_of_the_study_in_an_external_set_is_refused(home, tmp_path):
    north = write_films(tmp_path / "north", [None] * 3, seed=1)
    (north / "2.png").write_bytes((home / "0.png").read_bytes())
    external = [{"name": "north", "folder": str(north)}]
    with pytest.raises(LeakError, match=r"north/2\.png"):
        prepare(home, tmp_path / "out", externals=external)


def test_folds_deal_every_film_once(home, tmp_path):
    films = prepare(home, tmp_path / "out", folds=3)
    held = [film.name for fold in films.folds for film in fold.validation]
    assert sorted(held) == sorted(f"{i}.png" for i in range(6))
    assert [fold.number for fold in films.folds] == [0, 1, 2]
    for fold in films.folds:
        assert fold.train + fold.validation_trained == 6
    assert len({fold.labels for fold in films.folds}) == 3


def test_films_without_corners_teach_nothing_but_may_validate(home, tmp_path):
    def reported(film):
        bodies = {level: replace(b, corners_px=None) for level, b in film.vertebrae.items()}
        return replace(film, vertebrae=bodies)

    change(home, **{"0": reported, "4": reported})
    films = prepare(home, tmp_path / "out")
    (fold,) = films.folds
    assert films.left_out == 2
    assert (fold.train, fold.validation_trained, len(fold.validation)) == (3, 1, 2)
    assert "0.png" not in {film.name for film in load_dataset(fold.labels)}


def test_other_labels_are_another_folder(home, tmp_path):
    before = prepare(home, tmp_path / "out").folds[0].labels
    assert prepare(home, tmp_path / "out").folds[0].labels == before

    def moved(film):
        body = film.vertebrae[Level.L3]
        vertebrae = {**film.vertebrae, Level.L3: replace(body, corners_px=body.corners_px + 1)}
        return replace(film, vertebrae=vertebrae)

    change(home, **{"1": moved})
    assert prepare(home, tmp_path / "out").folds[0].labels != before


def test_an_unknown_side_is_looked_up(home, tmp_path):
    change(home, **{"1": lambda film: replace(film, posterior_side="")})
    labelled = load_dataset(prepare(home, tmp_path / "out").folds[0].labels)
    assert {film.posterior_side for film in labelled} <= {"left", "right"}


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda f: change(f, **{str(i): lambda film: replace(film, split=None) for i in (6, 7)}),
         'on the side "test"'),
        (lambda f: (f / "3.png").unlink(), r"3\.png does not exist"),
        (lambda f: (f / "films.json").write_text((f / "films.json").read_text()[:200]),
         "not valid JSON"),
        (lambda f: (f / "films.json").unlink(), "does not exist"),
    ],
)  # fmt: skip
def test_mistakes_are_sentences(home, tmp_path, spoil, said):
    spoil(home)
    with pytest.raises(ValueError, match=said):
        prepare(home, tmp_path / "out")
    assert not (tmp_path / "out" / "labels").exists()


def test_no_corners_anywhere(home, tmp_path):
    content = json.loads((home / "films.json").read_text())
    for film in content["films"].values():
        for body in film["vertebrae"].values():
            body.pop("corners_px", None)
    (home / "films.json").write_text(json.dumps(content))
    with pytest.raises(PlanError, match="draw corners on some"):
        prepare(home, tmp_path / "out")
