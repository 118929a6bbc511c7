from pathlib import Path

import pytest

from spondyl.evaluate.fit_site import Seen, fit_site
from spondyl.labels import load_dataset
from spondyl.read import Reader
from spondyl.read.site import Site

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def seen():
    reader = Reader(Site())
    films = [film for film in load_dataset(EXAMPLES) if film.name.endswith(".png")]
    return [Seen(film, reader.examine(EXAMPLES / film.name)) for film in films]


def alarms(seen, site):
    reader = Reader(site)
    normal = [film for film in seen if not film.label.fractured]
    return sum(f.fractured for film in normal for f in reader.judge(film.examined).findings)


def test_no_more_false_alarms_than_were_allowed(seen):
    strict = fit_site(seen, Site("here"), false_alarms_per_film=0.0)
    assert strict.name == "here"
    assert alarms(seen, strict) == 0
    loose = fit_site(seen, Site("here"), false_alarms_per_film=1.0)
    assert loose.threshold < strict.threshold


def test_the_networks_evidence_counts_for_a_fracture(seen):
    model = fit_site(seen, Site(), 0.0).fracture
    assert model.body > 0
    assert model.finder > 0


def test_films_without_fractures_cannot_be_fitted_to(seen):
    normal = [film for film in seen if not film.label.fractured]
    assert normal
    with pytest.raises(ValueError, match="both"):
        fit_site(normal, Site(), 0.0)
