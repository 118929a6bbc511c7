import numpy as np
import pytest

from spondyl.simulate.chain import HELD_BACK_SITES, SITES
from spondyl.simulate.film import FilmSettings, simulate_film
from spondyl.simulate.settings import SceneSettings, View

SMALL = SceneSettings(height_px=160)


def test_films_of_several_sites_mix_them_and_say_which():
    settings = FilmSettings(SMALL, sites=("dr-modern", "fluoroscopy"))
    assert {simulate_film(1, index, settings).label.site for index in range(8)} == {
        "dr-modern",
        "fluoroscopy",
    }


def test_one_name_may_hold_several():
    assert FilmSettings(site="bedside, eos-like").site_names == ("bedside", "eos-like")
    assert FilmSettings().site_names == ()


def test_a_film_is_the_same_whichever_other_films_are_made():
    settings = FilmSettings(SMALL, sites=tuple(HELD_BACK_SITES))
    assert np.array_equal(
        simulate_film(2, 3, settings).pixels, simulate_film(2, 3, settings).pixels
    )


def test_a_site_brings_its_own_patients():
    def views(site):
        settings = FilmSettings(SMALL, site=site)
        return [simulate_film(7, index, settings).scene.view for index in range(14)]

    assert views("eos-like").count(View.STANDING) > views("fluoroscopy").count(View.STANDING)


def test_without_names_no_film_is_of_a_held_back_site():
    settings = FilmSettings(SMALL)
    seen = {simulate_film(0, index, settings).label.site for index in range(10)}
    assert seen <= {"wide", *SITES}


def test_unknown_names_are_refused():
    with pytest.raises(ValueError, match="viewbox-photo"):
        FilmSettings(sites=("moon",))
