from itertools import islice

import numpy as np
import pytest

from spondyl.anatomy import Level, Status
from spondyl.labels import FilmLabel, VertebraLabel
from spondyl.train.config import ConfigError, DataSettings, StreamSettings, parse_experiment
from spondyl.train.mixture import Mixture, open_sources
from spondyl.train.simulated import VALIDATION_FROM, Patients, PatientStream, open_stream
from spondyl.train.streams import training_loader

USES, LANES = 4, 6
#: Coarse and small: what is tested is which patients are shown.
COARSE = {"pitch_mm": 3.0, "implant_share": 0.0, "views": {"coned": 1.0}}


class Patient:
    """A patient who is a number; every fifth has a fracture."""

    def __init__(self, number: int) -> None:
        self.number = number
        status = Status.FRACTURED if number % 5 == 0 else Status.NORMAL
        bodies = {Level.L1: VertebraLabel(Level.L1, status=status)}
        self.label = FilmLabel(str(number), (9, 9), "left", bodies)


class Maker:
    """Counts how many patients are simulated."""

    def __init__(self) -> None:
        self.made: list[int] = []

    def __call__(self, number: int) -> Patient:
        self.made.append(number)
        return Patient(number)


def shown(stream, films) -> list[int]:
    return [stream.film(film).number for film in films]


def test_each_patient_is_shown_a_few_times_far_apart():
    films = range(LANES * USES * 20)
    numbers = shown(PatientStream(Maker(), USES, LANES), films)
    assert min(numbers) >= 0
    places: dict[int, list[int]] = {}
    for film, number in zip(films, numbers, strict=True):
        places.setdefault(number, []).append(film)
    whole = [
        found
        for number, found in places.items()
        if LANES * USES <= number < max(numbers) - LANES * USES
    ]
    assert len(whole) > 50
    assert {len(found) for found in whole} == {USES}
    assert {int(gap) for found in whole for gap in np.diff(found)} == {LANES * (USES + 1)}


def test_few_patients_are_kept_and_none_is_simulated_twice():
    make = Maker()
    stream = PatientStream(make, USES, LANES)
    for film in range(LANES * USES * 30):
        stream.film(film)
        assert sum(len(kept) for kept in stream._kept.values()) <= len(stream)
    assert len(make.made) == len(set(make.made))
    # One new patient per lane and round, after the first.
    assert len(make.made) == LANES * (30 + USES - 1)


@pytest.mark.parametrize("workers", [2, 3])
def test_workers_simulate_different_patients_and_show_the_same_films(workers):
    films = range(LANES * USES * 6)
    alone = shown(PatientStream(Maker(), USES, LANES), films)
    makers = [Maker() for _ in range(workers)]
    found = {}
    for worker, make in enumerate(makers):
        own = films[worker::workers]
        found |= dict(zip(own, shown(PatientStream(make, USES, LANES), own), strict=True))
    assert [found[film] for film in films] == alone
    made = [number for make in makers for number in make.made]
    assert len(made) == len(set(made))


def test_a_resumed_stream_shows_what_would_have_come():
    whole = shown(PatientStream(Maker(), USES, LANES), range(200))
    assert shown(PatientStream(Maker(), USES, LANES), range(77, 200)) == whole[77:]


def test_fractures_can_be_asked_for_among_the_patients_in_use():
    make = Maker()
    stream = PatientStream(make, USES, LANES)
    films = range(LANES * USES, LANES * USES * 30)
    plain = np.mean([stream.film(film).label.fractured for film in films])
    asked = np.mean([stream.film(film, fractured=True).label.fractured for film in films])
    assert plain == pytest.approx(0.2, abs=0.03)
    assert asked > 2 * plain
    mixture = Mixture([PatientStream(Maker(), USES, LANES)], [1.0], fractured_share=0.9)
    rng = np.random.default_rng(0)
    drawn = np.mean([mixture.draw(rng, film).label.fractured for film in films])
    assert drawn > 2 * plain


def test_a_patient_depends_on_seed_and_number_alone():
    settings = StreamSettings(scene=COARSE).scene_settings()
    one, again, other = Patients(5, settings)(3), Patients(5, settings)(3), Patients(6, settings)(3)
    assert np.array_equal(one.maps.soft_mm, again.maps.soft_mm)
    assert one.label.name == again.label.name == "simulated-5-3"
    assert one.maps.soft_mm.shape != other.maps.soft_mm.shape or not np.array_equal(
        one.maps.soft_mm, other.maps.soft_mm
    )
    assert one.maps.soft_mm.dtype == np.float16
    assert one.maps.metal_mm.strides == (0, 0)


def test_a_patient_of_a_site_has_its_anatomy(monkeypatch):
    seen = []

    def remember(rng, settings, library):
        seen.append(settings)
        raise LookupError

    monkeypatch.setattr("spondyl.simulate.scene.simulate_scene", remember)
    from spondyl.simulate.chain import SITES

    name = next(name for name, site in SITES.items() if any(vars(site.anatomy).values()))
    plain = StreamSettings().scene_settings()
    with pytest.raises(LookupError):
        Patients(0, plain, (name,))(0)
    assert seen == [plain.at(SITES[name].anatomy)]
    assert seen != [plain]


def test_validation_has_numbers_that_no_training_reaches(tmp_path):
    one = open_stream(StreamSettings(seed=1, scene=COARSE), (), 2, tmp_path)
    two = open_stream(StreamSettings(seed=2, scene=COARSE), (), 2, tmp_path)
    names = [[fixed.scene(i).label.name for i in range(len(fixed))] for _, fixed in (one, two)]
    assert names[0] == names[1]
    assert names[0][0].endswith(f"-{VALIDATION_FROM}")
    same_seed = StreamSettings(seed=7, validation_seed=7, scene=COARSE)
    stream, fixed = open_stream(same_seed, (), 2, tmp_path)
    assert stream.patient_number(10**9) < VALIDATION_FROM
    assert fixed.scene(0).label.name == f"simulated-7-{VALIDATION_FROM}"


def test_training_on_a_stream_mixed_with_a_folder(values, geometries, tmp_path):
    values["data"] |= {"stream": {"seed": 4, "scene": COARSE, "films_per_patient": 2, "lanes": 2}}
    experiment = parse_experiment(values)
    training, validation = open_sources(experiment.data, tmp_path)
    assert len(training.sources) == len(validation.sources) == 2
    assert np.allclose(training.shares, 0.5)
    rng = np.random.default_rng(0)
    drawn = {training.draw(rng, film).label.name.partition("-")[0] for film in range(12)}
    assert "simulated" in drawn
    assert drawn - {"simulated"}
    films = [batch["film"] for batch in islice(training_loader(experiment, training, 0), 2)]
    assert all(np.isfinite(film.numpy()).all() for film in films)


@pytest.mark.parametrize(
    ("stream", "sentence"),
    [
        ({"scene": {"implants": 1}}, "scene: unknown key 'implants'; known are "),
        ({"scene": {"implant_share": 2}}, "implant_share: expected a share from 0 to 1, found 2"),
        ({"scene": {"views": {"side": 1}}}, "views: unknown view 'side'; known are standing"),
        ({"scene": {"views": {"chest": -1}}}, "views.chest: expected a share of 0 or more"),
        ({"scene": {"views": {"chest": 0}}}, "needs a share above 0"),
        ({"scene": {"views": [1]}}, "expected shares by name"),
        ({"films_per_patient": 0}, "films_per_patient: "),
        ({"reuse": 3}, "reuse: this key is unknown"),
    ],
)
def test_mistakes_are_told_in_sentences(stream, sentence):
    with pytest.raises(ConfigError, match=sentence):
        parse_experiment({"name": "x", "kind": "finder", "data": {"stream": stream}})


def test_held_back_and_unknown_sites_are_refused(tmp_path):
    from spondyl.simulate.chain import HELD_BACK_SITES

    held = next(iter(HELD_BACK_SITES))
    with pytest.raises(ConfigError, match="is held back"):
        open_sources(DataSettings(stream=StreamSettings(), sites=(held,)), tmp_path)
    with pytest.raises(ConfigError, match="Unknown site 'nowhere'"):
        open_sources(DataSettings(stream=StreamSettings(), sites=("nowhere",)), tmp_path)


def test_a_library_that_is_not_there_is_named(tmp_path):
    settings = StreamSettings(library=tmp_path / "bones.npz", scene=COARSE)
    stream, _ = open_stream(settings, (), 1, tmp_path)
    with pytest.raises(ConfigError, match=r"bones\.npz does not exist"):
        stream.film(0)
