import cv2
import numpy as np
import pytest

from spondyl.anatomy import Level, Status
from spondyl.geometry import identity
from spondyl.labels import FilmLabel, VertebraLabel
from spondyl.train.config import ConfigError
from spondyl.train.films import FilmSource, vary_greys
from spondyl.train.framing import Framing

QUAD = np.array([[20.0, 30], [50, 30], [50, 52], [20, 52]])


def write(folder, side: str, size=(80, 90), **extra) -> FilmLabel:
    """A bright body on a dark film; for posterior right, all of it mirrored."""
    # Films of a few grey levels are refused, so both greys are uneven.
    pixels = np.full((90, 80), 40, np.int16)
    cv2.fillConvexPoly(pixels, QUAD.astype(np.int32), 190)
    clouds = np.random.default_rng(0).standard_normal((12, 12)) * 12
    pixels = pixels + cv2.resize(clouds, (80, 90), interpolation=cv2.INTER_CUBIC)
    pixels = np.clip(pixels, 0, 255).astype(np.uint8)
    quad = QUAD
    if side == "right":
        pixels = pixels[:, ::-1]
        quad = np.array([79, 0]) - QUAD * [1, -1]
    if extra.get("inverted"):
        pixels = 255 - pixels
    name = f"{side}{len(extra)}.png"
    cv2.imwrite(str(folder / name), pixels)
    body = VertebraLabel(Level.L2, quad, status=Status.NORMAL)
    return FilmLabel(name, size, side, {Level.L2: body}, extra=extra)


@pytest.mark.parametrize(
    ("side", "extra"), [("left", {}), ("right", {}), ("left", {"inverted": True})]
)
def test_films_become_canonical(tmp_path, side, extra):
    source = FilmSource(tmp_path, [write(tmp_path, side, **extra)], False, tmp_path / "cache")
    for _ in range(2):  # from the file, then from the cache
        scene = source.scene(0)
        assert scene.label.posterior_side == "left"
        assert np.allclose(scene.label.vertebrae[Level.L2].corners_px, QUAD)
        assert scene.pixels[36:46, 26:44].mean() > 0.6
        assert scene.pixels[36:46, 60:75].mean() < 0.4
    assert len(list((tmp_path / "cache").glob("*.npy"))) == 1


def test_a_wrong_size_is_told(tmp_path):
    source = FilmSource(tmp_path, [write(tmp_path, "left", size=(81, 90))], False, tmp_path / "c")
    with pytest.raises(ConfigError, match="correct size_px"):
        source.scene(0)


def test_greys_vary_but_bone_stays_bright(tmp_path):
    source = FilmSource(tmp_path, [write(tmp_path, "left")], True, tmp_path / "cache")
    scene = source.scene(0)
    whole = Framing(identity(), (80, 90))
    views = [scene.picture(whole, np.random.default_rng(i)) for i in range(8)]
    assert len({float(view.pixels.sum()) for view in views}) == 8
    for view in views:
        assert view.complete
        assert view.pixels[36:46, 26:44].mean() > view.pixels[60:80, 20:60].mean()
        assert 0 <= view.pixels.min() <= view.pixels.max() <= 1
    assert vary_greys(scene.pixels, np.random.default_rng(0)).dtype == np.float32
