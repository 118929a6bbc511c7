import dataclasses

import numpy as np
import pytest

from spondyl.simulate.chain import HELD_BACK_SITES, SITES, Look, Site, expose
from tests.simulate.chain.phantom import constant, phantom

#: Nothing in the way of the patient: for tests of the physics.
PLAIN = Site(
    name="plain", texture=(0, 0), heel=(0, 0), grid_residue=0, motion=0, equalise=0, lattice=0,
    seam=0, marker=0, lettering=0, legend=0, electrodes=0, ruler=0, collimation=0, shutter=0,
    letterbox=0, lightbox=0, dust=0, scratches=0, jpeg=0, reduce=0, eight_bit=0,
    quanta_per_mm2=(1e5, 1.1e5), edge_gain=(0, 0), compression=(0, 0), low_percentile=(0.5, 1.0),
    low_margin=(0.0, 0.1),
)  # fmt: skip
BUSY = Site(
    name="busy", grid_residue=1, motion=1, equalise=1, lattice=1, seam=1, marker=1, lettering=1,
    legend=1, electrodes=1, ruler=1, collimation=1, shutter=1, letterbox=1, lightbox=1, dust=1,
    scratches=1, wear=1, jpeg=1, reduce=1, eight_bit=1, round_field=1, denoise=(1, 3),
    vignette=(0.1, 0.5), camera_blur_mm=(0.1, 0.4), camera_noise=(0.01, 0.02),
)  # fmt: skip


def film_of(maps, site, seed=0, **more):
    rng = np.random.default_rng(seed)
    return expose(maps, Look.draw(rng, site), rng, **more)


def test_deterministic_and_different_by_seed():
    maps = phantom()
    assert np.array_equal(film_of(maps, None, 7), film_of(maps, None, 7))
    assert not np.array_equal(film_of(maps, None, 7), film_of(maps, None, 8))


@pytest.mark.parametrize("site", ["wide", *SITES, *HELD_BACK_SITES, BUSY, PLAIN])
def test_range_type_and_shape(site):
    maps = phantom()
    for seed in range(6):
        film = film_of(maps, site, seed)
        assert film.dtype == np.float32
        assert film.shape == maps.soft_mm.shape
        assert np.isfinite(film).all()
        assert film.min() >= 0
        assert film.max() <= 1
        assert film.std() > 0.01


@pytest.mark.parametrize("value", [0.0, 1e-3, 50.0, 5000.0])
@pytest.mark.parametrize("site", [None, BUSY, PLAIN])
def test_extreme_maps_stay_finite(value, site):
    for seed in range(4):
        film = film_of(constant(value), site, seed)
        assert np.isfinite(film).all()
        assert 0 <= film.min() <= film.max() <= 1


def test_broken_half_precision_values_do_not_spread():
    maps = phantom()
    soft = maps.soft_mm.astype(np.float16)
    soft[3, 4], soft[5, 6] = np.inf, np.nan
    film = film_of(dataclasses.replace(maps, soft_mm=soft), PLAIN)
    assert np.isfinite(film).all()


def test_half_precision_maps_give_the_same_film_nearly():
    maps = phantom()
    half = dataclasses.replace(
        maps,
        **{
            key: getattr(maps, key).astype(np.float16)
            for key in ("cortical_mm", "trabecular_mm", "soft_mm", "metal_mm")
        },
    )
    difference = np.abs(film_of(maps, PLAIN) - film_of(half, PLAIN))
    assert np.median(difference) < 0.01


def test_inputs_are_left_alone():
    maps = phantom()
    before = maps.soft_mm.copy(), maps.trabecular_mm.copy()
    film_of(maps, BUSY)
    assert np.array_equal(before[0], maps.soft_mm)
    assert np.array_equal(before[1], maps.trabecular_mm)


def test_bone_is_brighter_than_its_surroundings_and_air_is_dark():
    maps = phantom()
    bone = maps.trabecular_mm > 0
    beside = np.roll(bone, 14, axis=0) & ~bone
    air = maps.soft_mm == 0
    for seed in range(12):
        film = film_of(maps, PLAIN, seed)
        assert film[bone].mean() > film[beside].mean() + 0.005
        assert film[air].mean() < film[beside].mean()


def test_metal_is_brighter_than_what_it_hides():
    maps = phantom()
    metal = maps.metal_mm.copy()
    metal[100:110, 40:80] = 12.0
    look = Look.draw(np.random.default_rng(0), PLAIN)
    bare = expose(maps, look, np.random.default_rng(0))
    film = expose(dataclasses.replace(maps, metal_mm=metal), look, np.random.default_rng(0))
    gain = film - bare
    assert gain[103:107, 50:70].min() > 0.01
    assert abs(float(np.median(gain[:60]))) < 0.03


def test_median_inside_the_body_is_what_the_look_asks_for():
    maps = phantom()
    body = maps.soft_mm > 25
    wanted, found = [], []
    for seed in range(25):
        rng = np.random.default_rng(seed)
        look = Look.draw(rng, dataclasses.replace(PLAIN, median_grey=(0.3, 0.7), contrast=(0, 0)))
        wanted.append(look.processing.median_grey * look.processing.white)
        found.append(float(np.median(expose(maps, look, rng)[body])))
    assert np.abs(np.array(wanted) - found).mean() < 0.06


def test_more_quanta_make_less_noise():
    maps = constant(0.0)
    maps = dataclasses.replace(maps, soft_mm=np.full_like(maps.soft_mm, 200.0))
    # A step keeps the window from opening on the noise alone.
    maps.soft_mm[:, :10] = 100.0
    rough = []
    for quanta in (300.0, 3e4):
        site = dataclasses.replace(
            PLAIN, quanta_per_mm2=(quanta, quanta * 1.01), electronic_noise=(0, 0)
        )
        film = film_of(maps, site)
        rough.append(np.diff(film[10:50, 20:44], axis=0).std() / (film.max() - film.min()))
    assert rough[0] > 2.5 * rough[1]


def test_scatter_lowers_contrast():
    maps = phantom()
    bone = maps.trabecular_mm > 0
    contrast = []
    for fraction in (0.05, 0.75):
        site = dataclasses.replace(
            PLAIN, scatter_fraction=(fraction, fraction), hardening=(0, 0), median_grey=(0.5, 0.5),
            contrast=(0, 0), low_percentile=(1, 1), high_percentile=(99, 99), low_margin=(0, 0),
        )  # fmt: skip
        film = film_of(maps, site)
        beside = np.roll(bone, 14, axis=0) & ~bone
        contrast.append(film[bone].mean() - film[beside].mean())
    assert contrast[0] > contrast[1]


def test_the_kept_box_stays_in_view():
    maps = constant(0.0, 120, 160)
    maps = dataclasses.replace(maps, soft_mm=np.full_like(maps.soft_mm, 200.0))
    site = dataclasses.replace(
        PLAIN, name="shut", shutter=1.0, collimation=1.0, legend=1.0, marker=1.0, letterbox=1.0
    )
    keep = (40, 30, 80, 130)
    outside = 0
    for seed in range(30):
        rng = np.random.default_rng(seed)
        look = Look.draw(rng, site)
        objects = dataclasses.replace(look.objects, shutter_grey=0.0, collimation_soft_mm=0.5)
        film = expose(maps, dataclasses.replace(look, objects=objects), rng, keep)
        inside = film[32:128, 42:78]
        assert inside.max() - inside.min() < 0.9
        assert (inside == 0).mean() < 0.02
        outside += int((film == 0).sum())
    assert outside > 0


def test_objects_change_the_picture():
    maps = phantom()
    look = Look.draw(np.random.default_rng(0), PLAIN)
    bare = expose(maps, look, np.random.default_rng(1))
    for change in (
        {"lattice": 1.0}, {"seams": 1}, {"markers": 2}, {"letterings": 2}, {"legends": 1},
        {"electrodes": 5}, {"ruler": True}, {"lightbox": True}, {"shutter": True},
        {"round_field": True},
    ):  # fmt: skip
        objects = dataclasses.replace(look.objects, **change)
        film = expose(maps, dataclasses.replace(look, objects=objects), np.random.default_rng(1))
        assert (np.abs(film - bare) > 0.02).any(), change


def test_a_round_field_shows_all_of_the_kept_box_and_not_the_corners():
    maps = dataclasses.replace(constant(0.0, 120, 160), soft_mm=np.full((160, 120), 200.0, "f4"))
    film = film_of(
        maps, dataclasses.replace(PLAIN, round_field=1.0), keep_px=(45.0, 40.0, 75.0, 120.0)
    )
    assert film[0, 0] == film[-1, -1] == 0
    assert (film[41:119, 46:74] > 0).mean() > 0.95


def test_noise_suppression_takes_noise_and_leaves_edges():
    maps = constant(0.0, 100, 100)
    soft = np.full((100, 100), 200.0, "f4")
    soft[:, 50:] = 120.0
    maps = dataclasses.replace(maps, soft_mm=soft)
    noisy = dataclasses.replace(PLAIN, quanta_per_mm2=(2e3, 2.1e3), focus_blur_mm=(0.05, 0.05))
    plain, smoothed = (
        film_of(maps, dataclasses.replace(noisy, denoise=(amount, amount))) for amount in (0, 2.5)
    )
    # Between neighbours, so that slow changes by scatter do not count.
    rough = [np.diff(film[10:90, 10:40], axis=0).std() for film in (plain, smoothed)]
    assert rough[1] < 0.6 * rough[0]
    steps = [np.abs(np.diff(film[10:90].mean(axis=0)))[45:54].max() for film in (plain, smoothed)]
    assert steps[1] > 0.8 * steps[0]


def test_a_photograph_loses_light_in_the_corners():
    maps = dataclasses.replace(constant(0.0, 120, 120), soft_mm=np.full((120, 120), 200.0, "f4"))
    maps.soft_mm[:, :10] = 100.0
    film = film_of(maps, dataclasses.replace(PLAIN, vignette=(0.5, 0.5)))
    plain = film_of(maps, PLAIN)
    lost = 1 - film / np.maximum(plain, 1e-6)
    assert lost[55:65, 55:65].mean() < 0.15
    assert max(lost[:8, 100:].mean(), lost[-8:, 100:].mean()) > 0.3


def test_a_thin_cortex_stops_less_of_the_beam():
    maps = phantom()
    walls = maps.cortical_mm > 0.5 * maps.cortical_mm.max()
    beside = (maps.cortical_mm == 0) & (maps.trabecular_mm == 0) & (maps.soft_mm > 100)
    contrast = []
    for share in (1.0, 0.3):
        site = dataclasses.replace(
            PLAIN, cortex=(share, share), low_percentile=(1, 1), high_percentile=(99, 99),
            median_grey=(0.5, 0.5), contrast=(0, 0), focus_blur_mm=(0.1, 0.1),
        )  # fmt: skip
        film = film_of(maps, site)
        contrast.append(float(film[walls].mean() - film[beside].mean()))
    assert contrast[0] > contrast[1] > 0


def test_worn_zones_are_bright_specks():
    maps = phantom()
    look = Look.draw(np.random.default_rng(0), PLAIN)
    bare = expose(maps, look, np.random.default_rng(1))
    worn = dataclasses.replace(look, carrier=dataclasses.replace(look.carrier, wear=3))
    change = expose(maps, worn, np.random.default_rng(1)) - bare
    assert change.min() > -1e-6
    assert 0.0005 < (change > 0.05).mean() < 0.5
