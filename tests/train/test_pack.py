import cv2
import numpy as np
import pytest

from spondyl.anatomy import Level, Status
from spondyl.film import FilmError
from spondyl.labels import FilmLabel, VertebraLabel, save_dataset
from spondyl.train.config import ConfigError, parse_experiment
from spondyl.train.films import FilmSource
from spondyl.train.mixture import open_sources
from spondyl.train.pack import FilmPack, PackedFilms
from spondyl.train.streams import FixedSet, sample_maker

QUAD = np.array([[20.0, 30], [50, 30], [50, 52], [20, 52]])


def films(folder, count=4, sides=None) -> list[FilmLabel]:
    labels = []
    for i in range(count):
        rng = np.random.default_rng(i)
        pixels = cv2.resize(rng.uniform(20, 90, (12, 9)), (90 + i, 120), interpolation=2)
        bodies = {}
        for k, level in enumerate((Level.L2, Level.L3)):
            quad = QUAD + np.array([0, 34 * k])
            cv2.fillConvexPoly(pixels, quad.astype(np.int32), 190)
            bodies[level] = VertebraLabel(
                level, quad, status=Status.UNKNOWN if k else Status.FRACTURED
            )
        cv2.imwrite(str(folder / f"{i}.png"), pixels.astype(np.uint8))
        side = "right" if i % 2 else "left"
        split = sides[i] if sides else None
        labels.append(FilmLabel(f"{i}.png", (90 + i, 120), side, bodies, split=split))
    return labels


@pytest.mark.parametrize("longest", [1400, 60])
def test_a_pack_holds_what_single_files_hold(tmp_path, longest):
    labels = films(tmp_path)
    single = FilmSource(tmp_path, labels, False, tmp_path / "cache", longest)
    seen = []
    pack = FilmPack.of(tmp_path, labels, tmp_path / "cache", longest, lambda: seen.append(1))
    packed = PackedFilms(pack, labels, False)
    assert len(seen) == len(packed) == 4
    for i in range(4):
        one, other = single.scene(i), packed.scene(i)
        assert other.pixels.dtype == np.float32
        assert max(other.pixels.shape) <= longest
        assert np.abs(one.pixels - other.pixels).max() < 1e-3
        assert other.label.posterior_side == "left"
        for level, body in one.label.vertebrae.items():
            assert np.array_equal(body.corners_px, other.label.vertebrae[level].corners_px)
    # Opened again, in another order: nothing is prepared.
    FilmPack.of(tmp_path, labels[::-1], tmp_path / "cache", longest, lambda: seen.append(1))
    assert len(seen) == 4
    assert not list((tmp_path / "cache").glob("*.part"))


def test_a_changed_film_is_packed_anew(tmp_path):
    labels = films(tmp_path)
    before = FilmPack.of(tmp_path, labels, tmp_path / "cache", 100)
    cv2.imwrite(str(tmp_path / "0.png"), 255 - cv2.imread(str(tmp_path / "0.png"), 0))
    after = FilmPack.of(tmp_path, labels, tmp_path / "cache", 100)
    assert np.abs(before.pixels("0.png") - after.pixels("0.png")).max() > 0.3
    assert np.array_equal(before.pixels("1.png"), after.pixels("1.png"))


def test_a_film_that_is_gone_leaves_nothing_half_written(tmp_path):
    labels = films(tmp_path)
    (tmp_path / "2.png").unlink()
    with pytest.raises(ConfigError, match=r"2\.png does not exist"):
        FilmPack.of(tmp_path, labels, tmp_path / "cache", 100)
    (tmp_path / "2.png").write_bytes(b"none")
    with pytest.raises(FilmError):
        FilmPack.of(tmp_path, labels, tmp_path / "cache", 100)
    assert not list((tmp_path / "cache").glob("films-*"))


def test_training_takes_packs_other_labels_and_a_smaller_input(tmp_path, values):
    folder = tmp_path / "films"
    folder.mkdir()
    labels = films(folder, sides=["train", "train", "train", "train"])
    save_dataset(folder, labels)
    other = [type(f)(**{**vars(f), "split": "val" if i == 3 else "train"})
             for i, f in enumerate(labels)]  # fmt: skip
    save_dataset(tmp_path / "other", other)
    values["network"] |= {"arm": "multitask", "input_px": [64, 96]}
    values["data"] = {
        "datasets": [{"folder": str(folder), "labels": str(tmp_path / "other")}],
        "packed": True, "film_px": 96, "cache": str(tmp_path / "shared"),
    }  # fmt: skip
    experiment = parse_experiment(values)
    training, validation = open_sources(experiment.data, tmp_path / "run")
    assert (len(training), len(validation)) == (3, 1)
    assert len(list((tmp_path / "shared").glob("*.u16"))) == 1
    assert not (tmp_path / "run").exists()
    sample = FixedSet(validation, sample_maker(experiment), 0, 1)[0]
    assert sample["film"].shape == (2, 96, 64)
    assert sample["level"].shape == (24, 16)
    # A body that no report names has a place and a name, and no fracture signal.
    level, mask = sample["level"], sample["fracture_mask"]
    named = [int(c) for c in np.unique(level) if 0 < c < 255]
    assert len(named) == 2
    assert sum(not mask[level == channel].any() for channel in named) == 1
    assert sample["fracture_mask"].any()
    assert set(sample["table_status"][sample["table_used"]]) == {1, -1}
