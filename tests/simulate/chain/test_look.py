import json

import numpy as np
import pytest

from spondyl.simulate.chain import HELD_BACK_SITES, SITES, WIDE, Look, Site, site_named


def test_same_generator_state_draws_the_same_look():
    assert Look.draw(np.random.default_rng(4)) == Look.draw(np.random.default_rng(4))
    assert Look.draw(np.random.default_rng(4)) != Look.draw(np.random.default_rng(5))


def test_default_mixes_the_wide_site_and_all_named_ones():
    rng = np.random.default_rng(0)
    drawn = [Look.draw(rng).site for _ in range(600)]
    assert set(drawn) == {WIDE.name, *SITES}
    assert 0.4 < drawn.count(WIDE.name) / 600 < 0.6


@pytest.mark.parametrize("name", ["wide", *SITES, *HELD_BACK_SITES])
def test_a_named_site_keeps_to_its_ranges(name):
    site = site_named(name)
    rng = np.random.default_rng(1)
    for _ in range(60):
        look = Look.draw(rng, name)
        assert look.site == name
        for value, ends in (
            (look.beam.energy_kev, site.energy_kev),
            (look.beam.scatter_fraction, site.scatter_fraction),
            (look.beam.texture, site.texture),
            (look.detector.quanta_per_mm2, site.quanta_per_mm2),
            (look.processing.median_grey, site.median_grey),
            (look.processing.compression, site.compression),
        ):
            assert ends[0] * (1 - 1e-9) <= value <= ends[1] * (1 + 1e-9)


def test_named_sites_are_narrower_than_the_wide_one():
    assert len(SITES) >= 6
    for site in SITES.values():
        narrower = sum(
            getattr(site, key)[1] - getattr(site, key)[0] < value[1] - value[0]
            for key, value in vars(WIDE).items()
            if isinstance(value, tuple)
        )
        assert narrower >= 5, site.name


def test_held_back_sites_are_in_no_mixture():
    assert len(HELD_BACK_SITES) >= 2
    assert all(site.held_back for site in HELD_BACK_SITES.values())
    assert not any(site.held_back for site in (WIDE, *SITES.values()))
    assert not set(HELD_BACK_SITES) & {WIDE.name, *SITES}
    rng = np.random.default_rng(5)
    assert not {Look.draw(rng).site for _ in range(800)} & set(HELD_BACK_SITES)


@pytest.mark.parametrize("name", HELD_BACK_SITES)
def test_held_back_sites_reach_beyond_what_training_sees(name):
    def beyond(key, ends):
        trained = [getattr(site, key) for site in (WIDE, *SITES.values())]
        return ends[0] < min(low for low, _ in trained) or ends[1] > max(up for _, up in trained)

    ranges = {key: ends for key, ends in vars(site_named(name)).items() if isinstance(ends, tuple)}
    outside = [key for key, ends in ranges.items() if beyond(key, ends)]
    assert len(outside) >= 5, outside
    anatomy = vars(site_named(name).anatomy)
    assert sum(value is not None for value in anatomy.values()) >= 4


def test_chances_of_zero_and_one_are_kept():
    rng = np.random.default_rng(2)
    never, always = Site(lattice=0.0, seam=0.0, jpeg=0.0), Site(lattice=1.0, seam=1.0, jpeg=1.0)
    for _ in range(30):
        look = Look.draw(rng, never)
        assert (look.objects.lattice, look.objects.seams, look.carrier.jpeg_quality) == (0, 0, 0)
        look = Look.draw(rng, always)
        assert look.objects.lattice > 0
        assert look.objects.seams > 0
        assert look.carrier.jpeg_quality >= 30


def test_unknown_site_is_refused_with_the_known_names():
    with pytest.raises(ValueError, match="dr-modern"):
        Look.draw(np.random.default_rng(0), "moon")


def test_to_json_is_plain_and_complete():
    look = Look.draw(np.random.default_rng(3))
    content = json.loads(json.dumps(look.to_json()))
    assert content["site"] == look.site
    assert set(content) == {"site", "beam", "detector", "processing", "objects", "carrier"}
    assert content["beam"]["energy_kev"] == pytest.approx(look.beam.energy_kev, rel=1e-4)
    assert len(content["processing"]["edge_gains"]) == len(look.processing.edge_gains)
