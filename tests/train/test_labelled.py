"""What is said of data sets before anything is trained on them."""

from dataclasses import replace

import numpy as np
import pytest

from spondyl.anatomy import Level, Status
from spondyl.labels import FilmLabel, VertebraLabel, save_dataset
from spondyl.train.config import ConfigError, parse_experiment
from spondyl.train.labelled import check_datasets
from spondyl.train.recipe import Recipe
from spondyl.train.recipe_run import run_recipe

QUAD = np.array([[20.0, 30], [50, 30], [50, 52], [20, 52]])


def body(level: Level, status: Status = Status.NORMAL, drawn: bool = True) -> VertebraLabel:
    return VertebraLabel(level, QUAD if drawn else None, status=status)


def film(number: int, split: str | None, *bodies: VertebraLabel) -> FilmLabel:
    return FilmLabel(
        f"{number}.png", (80, 90), "left", {one.level: one for one in bodies},
        patient=f"p{number}", split=split,
    )  # fmt: skip


GOOD = (body(Level.L1), body(Level.L2, Status.FRACTURED), body(Level.L3, Status.UNKNOWN))
FILMS = [film(0, "train", *GOOD), film(1, "train", *GOOD), film(2, "validation", *GOOD)]


def experiment(folder, films, kind="finder", **network):
    save_dataset(folder, films)
    values = {"name": "x", "kind": kind, "data": {"datasets": [{"folder": str(folder)}]}}
    return parse_experiment(values | {"network": network})


def test_what_a_set_holds_is_said(tmp_path):
    films = [*FILMS, film(3, "test", *GOOD)]
    (sentence,) = check_datasets(experiment(tmp_path, films))
    assert "2 films to train on, 1 to validate on, 1 left alone" in sentence
    assert "of 6 drawn T11-L5 bodies to train on 4 are judged, 2 fractured" in sentence
    (sentence,) = check_datasets(experiment(tmp_path, FILMS, "view"))
    assert sentence.endswith("0 left alone.")


@pytest.mark.parametrize("kind", ["finder", "body"])
def test_silent_bodies_are_told_but_used(kind, tmp_path):
    silent = [
        replace(one, vertebrae={k: replace(v, status=Status.UNKNOWN) for k, v in
                                one.vertebrae.items()})
        for one in FILMS[:2]
    ]  # fmt: skip
    (sentence,) = check_datasets(experiment(tmp_path, silent, kind))
    assert "0 are judged, 0 fractured" in sentence
    assert "fractures are learned from other films alone" in sentence
    assert "None validates" in sentence
    if kind == "finder":
        (sentence,) = check_datasets(experiment(tmp_path, silent, kind, arm="levels"))
        assert "fractures are learned" not in sentence


@pytest.mark.parametrize(
    ("films", "sentence"),
    [
        ([film(0, "test", *GOOD)], r"none of its 1 films is for training; .*labels split"),
        ([film(0, "train", body(Level.L1, drawn=False))], "no T11-L5 body on its training films"),
        ([film(0, "train", body(Level.S1))], "no T11-L5 body on its training films"),
        ([film(0, "train", body(Level.L1))], "no training film has 2 bodies with corners"),
        (
            [FILMS[0], replace(FILMS[1], patient="p0", split="validation")],
            r"This split leaks: 0\.png \(train\), 1\.png \(validation\): all are of 'p0'",
        ),
    ],
)
def test_sets_that_teach_nothing_are_refused(films, sentence, tmp_path):
    with pytest.raises(ConfigError, match=sentence) as caught:
        check_datasets(experiment(tmp_path, films))
    assert str(tmp_path) in str(caught.value)


def test_a_folder_that_is_none(tmp_path):
    values = {"name": "x", "kind": "body", "data": {"datasets": [{"folder": str(tmp_path)}]}}
    with pytest.raises(ConfigError, match=r"films\.json does not exist"):
        check_datasets(parse_experiment(values))


def test_a_recipe_looks_before_it_simulates(tmp_path):
    data = {"geometry": "some", "datasets": [{"folder": str(tmp_path / "none")}]}
    recipe = Recipe(
        recipe="spondyl.recipe/1",
        name="x",
        geometries={"some": {"count": 1000, "seed": 1}},
        stages={"body": {"kind": "body", "data": data}},
    )
    with pytest.raises(ConfigError, match="does not exist"):
        run_recipe(recipe, tmp_path / "out")
    assert not (tmp_path / "out").exists()
