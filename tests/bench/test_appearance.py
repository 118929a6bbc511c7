import numpy as np
import pytest

from bench.appearance import gather, measure
from spondyl.anatomy import Level
from spondyl.labels import FilmLabel, VertebraLabel

DEPTH, HEIGHT, LEFT = 60, 48, 90
TOPS = {Level.L2: 40, Level.L3: 104, Level.L4: 168}


def film_and_label(line=0.3, wall=0.1, noise=0.0, seed=0):
    """Three bodies as bright boxes with brighter endplates and walls."""
    rng = np.random.default_rng(seed)
    film = np.full((260, 240), 0.3, dtype=np.float32)
    vertebrae = {}
    for level, top in TOPS.items():
        right, bottom = LEFT + DEPTH, top + HEIGHT
        film[top:bottom, LEFT:right] = 0.5
        film[top:bottom, [LEFT, LEFT + 1, right - 2, right - 1]] = 0.5 + wall
        film[[top, top + 1, bottom - 2, bottom - 1], LEFT:right] = 0.5 + line
        corners = np.array([[LEFT, top], [right, top], [right, bottom], [LEFT, bottom]]) - 0.5
        vertebrae[level] = VertebraLabel(level, corners.astype(float))
    film += rng.normal(0, 1, film.shape).astype(np.float32) * noise
    return film, FilmLabel("film.png", (240, 260), "left", vertebrae)


def typical(name, **settings):
    return float(np.median(gather([measure(*film_and_label(**settings))])[name]))


def test_one_value_per_body_and_per_film():
    values = measure(*film_and_label()).values
    assert len(values["endplate: line over bone"]) == 3
    assert len(values["endplate: line over bone, L3"]) == 1
    assert values["film: bodies T11-L5 in view"] == (3.0,)
    assert values["film: height"][0] == pytest.approx(260 / HEIGHT, rel=0.05)


def test_brighter_endplates_have_more_contrast_than_walls():
    strong, weak = (typical("endplate: line over bone", line=line) for line in (0.3, 0.1))
    assert strong > weak > 0
    assert typical("anterior wall less endplates: line", line=0.3, wall=0.1) < 0
    assert typical("anterior wall less endplates: line", line=0.1, wall=0.3) > 0


def test_bone_stands_over_disc_and_the_line_is_thin():
    assert typical("endplate: bone over disc") > 0.5
    assert typical("endplate: width") == pytest.approx(2 / HEIGHT, abs=0.03)


def test_noise_shows_in_the_texture_and_shape_does_not_change():
    name = "texture: 8-16 cycles"
    assert typical(name, noise=0.05) > 3 * typical(name, noise=0.0)
    ratio = "shape: depth / posterior height, L3"
    assert typical(ratio, noise=0.05) == pytest.approx(DEPTH / HEIGHT)


def test_upright_strands_are_told_from_lying_ones():
    film, label = film_and_label()
    wave = 0.05 * np.sin(np.arange(240, dtype=np.float32) * (2 * np.pi * 6 / HEIGHT))
    upright = measure(film + wave[None, :], label).values["texture: upright over lying (log)"]
    lying = measure(film + np.resize(wave, 260)[:, None].astype(np.float32), label).values[
        "texture: upright over lying (log)"
    ]
    assert min(upright) > 1
    assert max(lying) < -1


def test_a_mirrored_film_measures_the_same():
    film, label = film_and_label(noise=0.02)
    bodies = {}
    for level, body in label.vertebrae.items():
        corners = body.corners_px.copy()
        corners[:, 0] = film.shape[1] - 1 - corners[:, 0]
        bodies[level] = VertebraLabel(level, corners)
    mirrored = FilmLabel("film.png", label.size_px, "right", bodies)
    one = measure(film, label).values
    other = measure(np.ascontiguousarray(film[:, ::-1]), mirrored).values
    for name in ("endplate: line over bone", "anterior wall: line over bone", "greys: bodies, p5"):
        assert one[name] == pytest.approx(other[name], abs=0.02)
