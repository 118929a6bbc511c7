from pathlib import Path

import cv2
import numpy as np
import pytest

from spondyl.anatomy import Level, Status
from spondyl.labels import FilmLabel, VertebraLabel, save_dataset
from spondyl.train.config import ConfigError, DatasetSettings, DataSettings
from spondyl.train.mixture import Mixture, open_sources


def names(mixture) -> set[str]:
    found = set()
    for source in mixture.sources:
        found |= {source.scene(i).label.name for i in range(len(source))}
    return found


def test_sides_are_apart_and_do_not_depend_on_what_else_is_there(geometries, tmp_path):
    settings = DataSettings(geometry=geometries, validation_share=0.4)
    training, validation = open_sources(settings, tmp_path)
    assert not names(training) & names(validation)
    assert len(names(training) | names(validation)) == 12
    fewer = tmp_path / "fewer"
    fewer.mkdir()
    for path in sorted(geometries.glob("00*"))[:-2]:
        (fewer / path.name).symlink_to(path)
    part, _ = open_sources(DataSettings(geometry=fewer, validation_share=0.4), tmp_path)
    assert names(part) <= names(training)
    assert len(names(part)) >= len(names(training)) - 1


def test_empty_folders_are_refused(tmp_path, geometries):
    with pytest.raises(ConfigError, match="holds no geometries"):
        open_sources(DataSettings(geometry=tmp_path), tmp_path)
    with pytest.raises(ConfigError, match="no film is left for validation"):
        open_sources(DataSettings(geometry=geometries, validation_share=0), tmp_path)


def write_films(folder: Path, splits: dict[str, str | None]) -> None:
    films = []
    quad = np.array([[20.0, 30], [50, 30], [50, 52], [20, 52]])
    clouds = np.random.default_rng(0).integers(20, 220, (10, 9)).astype(np.uint8)
    grey = cv2.resize(clouds, (80, 90), interpolation=cv2.INTER_CUBIC)
    for name, split in splits.items():
        cv2.imwrite(str(folder / name), grey)
        body = VertebraLabel(Level.L2, quad, status=Status.NORMAL)
        films.append(FilmLabel(name, (80, 90), "left", {Level.L2: body}, split=split))
    save_dataset(folder, films)


def test_splits_of_a_dataset_are_kept(tmp_path):
    write_films(tmp_path, {"a.png": "train", "b.png": "val", "c.png": "test", "d.png": "train"})
    settings = DataSettings(datasets=(DatasetSettings(folder=tmp_path),))
    training, validation = open_sources(settings, tmp_path / "cache")
    assert names(training) == {"a.png", "d.png"}
    assert names(validation) == {"b.png"}


def test_sources_are_drawn_by_weight():
    class Source:
        def __init__(self, name):
            self.name = name

        def __len__(self):
            return 3

        def scene(self, index):
            return self.name

    class Empty(Source):
        def __len__(self):
            return 0

    mixture = Mixture([Source("a"), Empty("b"), Source("c")], [1, 5, 3])
    rng = np.random.default_rng(0)

    drawn = [mixture.sources[int(rng.choice(2, p=mixture.shares))].name for _ in range(2000)]
    assert drawn.count("c") / 2000 == pytest.approx(0.75, abs=0.04)


def test_fractured_films_can_be_asked_for():
    class Scene:
        def __init__(self, fractured):
            self.label = FilmLabel(
                "x", (9, 9), "left",
                {Level.L1: VertebraLabel(
                    Level.L1, status=Status.FRACTURED if fractured else Status.NORMAL
                )},
            )  # fmt: skip

    class Source:
        def __len__(self):
            return 10

        def scene(self, index):
            return Scene(index == 0)

    def share(wanted):
        mixture, rng = Mixture([Source()], [1], wanted), np.random.default_rng(0)
        return np.mean([mixture.draw(rng).label.fractured for _ in range(800)])

    assert share(None) == pytest.approx(0.1, abs=0.04)
    assert share(0.8) > 0.5
