"""A site calibrated on labelled films keeps its target, says what to expect, and reads by it."""

from dataclasses import replace

import numpy as np
import pytest

from spondyl.anatomy import JUDGED_LEVELS, LEVELS, Level, Status
from spondyl.evaluate.calibration_cases import Seen, Truth, collect, without_pixels
from spondyl.evaluate.calibration_fit import Refit
from spondyl.evaluate.calibration_run import calibrate
from spondyl.evaluate.calibration_target import Goal, Target, TargetError, Unit
from spondyl.evaluate.fit_site import fit_site
from spondyl.film.model import Film
from spondyl.labels import FilmLabel, VertebraLabel
from spondyl.read.calibration import CalibrationMap
from spondyl.read.prepare import finder_input
from spondyl.read.reader import Reader
from spondyl.read.site import Site
from tests.read.ideal_maps import IdealEngine, spine

SIZE = (900, 1400)
ALARMS = Target(Goal.FALSE_ALARMS, 0.1)


@pytest.fixture(scope="module")
def engine():
    film = np.zeros((SIZE[1], SIZE[0]), np.float32)
    _, to_network = finder_input(film)
    bodies = {level: to_network.inverse()(points) for level, points in spine().items()}
    return IdealEngine(bodies, to_network)


@pytest.fixture(scope="module")
def examined(engine):
    pixels = np.random.default_rng(0).random((SIZE[1], SIZE[0])).astype(np.float32)
    return without_pixels(Reader(Site(), networks=engine).examine(Film(pixels)))


def made_film(number, examined, engine, rng, share=0.12):
    """A film whose networks are far too sure of themselves, and of fractures that there are not."""
    measured, bodies = [], {}
    for body in examined.measured:
        points = engine.bodies[body.level]
        fractured = LEVELS[body.level].judged and rng.random() < share
        bodies[body.level] = VertebraLabel(
            body.level, points[:4], status=Status.FRACTURED if fractured else Status.NORMAL
        )
        logit = rng.normal(4.0 if fractured else -5.0, 5.0)
        measured.append(replace(body, fracture_logit=logit))
    label = FilmLabel(f"{number:03}.png", SIZE, "left", bodies, patient=f"p{number // 2}")
    return Seen(label, replace(examined, measured=tuple(measured)))


@pytest.fixture(scope="module")
def films(examined, engine):
    rng = np.random.default_rng(5)
    return [made_film(k, examined, engine, rng) for k in range(90)]


def readings(films, site, engine):
    reader = Reader(site, networks=engine)
    return [(seen.label, reader.judge(seen.examined).findings) for seen in films]


def sensitivity(films, site, engine):
    calls = [
        finding.fractured
        for label, findings in readings(films, site, engine)
        for finding in findings
        if label.vertebrae[finding.level].status is Status.FRACTURED
        and finding.level in JUDGED_LEVELS
    ]
    return np.mean(calls)


def alarms_per_film(films, site, engine):
    return np.mean([
        sum(f.fractured and label.vertebrae[f.level].status is Status.NORMAL for f in findings)
        for label, findings in readings(films, site, engine)
    ])  # fmt: skip


def fit(films, target, start=None, **settings):
    return calibrate(films, start or Site("start"), target, **({"resamples": 0} | settings))


@pytest.mark.parametrize("refit", [Refit.TEMPERATURE, Refit.LOGISTIC])
def test_readings_by_the_site_keep_a_sensitivity(films, engine, refit):
    site = fit(films, Target(Goal.SENSITIVITY, 0.9), refit=refit)
    assert 0.9 <= sensitivity(films, site, engine) < 0.94


@pytest.mark.parametrize("refit", [Refit.NONE, Refit.ISOTONIC])
def test_readings_by_the_site_keep_the_false_alarms(films, engine, refit):
    site = fit(films, ALARMS, refit=refit)
    assert 0.08 < alarms_per_film(films, site, engine) <= 0.1


def test_the_record_says_what_it_was_made_from(films):
    site = fit(
        films, ALARMS, name="ours", dataset="films", note="A sentence.", model_sha256="f" * 64
    )
    made = site.made_from
    assert (site.name, made.films, made.patients, made.bodies) == ("ours", 90, 45, 90 * 7)
    statuses = [
        body.status for seen in films for level, body in seen.label.vertebrae.items()
        if level in JUDGED_LEVELS
    ]  # fmt: skip
    assert made.fractured == statuses.count(Status.FRACTURED)
    assert made.target == "0.1 false alarms per film"
    assert made.model_sha256 == "f" * 64
    assert made.date.startswith("20")
    assert "90 films of films" in site.note
    assert site.note.endswith("A sentence.")
    assert made.warnings == ()


def test_probabilities_come_to_mean_what_they_say(films):
    site = fit(films, ALARMS, resamples=100)
    expected = site.made_from.expected
    assert site.made_from.method.startswith("temperature: Log loss of patients held out")
    assert 0 < site.calibration.slope < 1
    assert expected["ece"].value < expected["ece_before"].value


def test_every_figure_is_told_with_its_interval(films):
    expected = fit(films, ALARMS, resamples=40).made_from.expected
    assert list(expected) == [
        "sensitivity_body", "specificity_body", "sensitivity_film", "specificity_film",
        "false_alarms_per_film", "ece_before", "ece",
    ]  # fmt: skip
    for figure in expected.values():
        assert figure.low <= figure.value <= figure.high
    assert expected["specificity_film"].n + expected["sensitivity_film"].n == 90
    assert expected["sensitivity_body"].n + expected["specificity_body"].n == 630


def test_the_same_films_give_the_same_site(films):
    one, again = (fit(films[:40], ALARMS, resamples=20) for _ in range(2))
    assert one == again


def test_normal_films_alone(films):
    def healed(seen):
        bodies = {k: replace(v, status=Status.NORMAL) for k, v in seen.label.vertebrae.items()}
        return replace(seen, label=replace(seen.label, vertebrae=bodies))

    normal = [healed(seen) for seen in films[:30]]
    with pytest.raises(TargetError, match="Normal films alone can set"):
        fit(normal, Target(Goal.SENSITIVITY, 0.9))
    with pytest.raises(TargetError, match="at least 5 of each"):
        fit(normal, ALARMS, refit=Refit.TEMPERATURE)
    start = Site("start", calibration=CalibrationMap(0.9, 0.1))
    site = fit(normal, Target(Goal.SPECIFICITY, 0.97), start)
    assert site.calibration == start.calibration
    assert site.fracture == start.fracture
    (warning,) = site.made_from.warnings
    assert "nothing is known of the sensitivity" in warning
    assert not {"sensitivity_body", "ece", "ece_before"} & set(site.made_from.expected)


def test_few_films_are_told_with_the_number_wanted(films):
    site = fit(films[:12], Target(Goal.SENSITIVITY, 0.9, Unit.FILM))
    assert any("about 139 are wanted" in warning for warning in site.made_from.warnings)
    with pytest.raises(TargetError, match="several patients; found 1"):
        fit(films[:2], ALARMS)


def test_unknown_statuses_are_no_evidence(films):
    def silenced(seen, levels):
        bodies = {
            k: replace(v, status=Status.UNKNOWN) if k in levels else v
            for k, v in seen.label.vertebrae.items()
        }
        return replace(seen, label=replace(seen.label, vertebrae=bodies))

    silent = [silenced(seen, tuple(Level)) for seen in films[40:60]]
    site = fit([*films[:40], *silent], ALARMS)
    alone = fit(films[:40], ALARMS)
    assert site.threshold == alone.threshold
    assert site.made_from.films == 40
    assert any("20 films have no body of known status" in w for w in site.made_from.warnings)
    cases, judged = collect([silenced(films[0], (Level.L2,))], Site())
    assert [j.truth is Truth.UNKNOWN for j in judged] == [
        j.measured.level is Level.L2 for j in judged
    ]
    assert cases.lost_normal.sum() == 0


def test_bodies_are_matched_by_place_and_without_corners_by_name(films):
    def without_corners(seen):
        bodies = {k: replace(v, corners_px=None) for k, v in seen.label.vertebrae.items()}
        return replace(seen, label=replace(seen.label, vertebrae=bodies))

    drawn, _ = collect(films[:10], Site())
    told, _ = collect([without_corners(seen) for seen in films[:10]], Site())
    assert (drawn.truth == told.truth).all()
    # a label that shows one body speaks of no other, by name; drawn, all beside it is no body
    one = {Level.L1: films[0].label.vertebrae[Level.L1]}
    drawn_one = replace(films[0], label=replace(films[0].label, vertebrae=one))
    _, judged = collect([drawn_one], Site())
    assert sum(j.truth is Truth.NO_BODY for j in judged) == len(judged) - 1
    _, judged = collect([without_corners(drawn_one)], Site())
    assert sum(j.truth is Truth.UNKNOWN for j in judged) == len(judged) - 1


def test_a_fracture_that_was_not_found_is_lost(films):
    seen = films[0]
    kept = tuple(m for m in seen.examined.measured if m.level is not Level.L2)
    bodies = {
        **seen.label.vertebrae,
        Level.L2: replace(seen.label.vertebrae[Level.L2], status=Status.FRACTURED),
    }
    label = replace(seen.label, vertebrae=bodies)
    cases, _ = collect([Seen(label, replace(seen.examined, measured=kept))], Site())
    assert cases.lost_fractured.tolist() == [1]
    assert cases.lost_normal.tolist() == [0]


def test_logistic_fits_the_share_of_measured_heights_too(films):
    """Where the labels know the true losses: the bodies are whole, the network says that too."""
    known = [
        replace(seen, label=replace(seen.label, vertebrae={
            k: replace(v, height_loss=0.0) for k, v in seen.label.vertebrae.items()
        }))
        for seen in films[:20]
    ]  # fmt: skip
    wrong = [
        replace(seen, examined=replace(seen.examined, measured=tuple(
            replace(m, network_loss=np.full(3, 0.4)) for m in seen.examined.measured
        )))
        for seen in known
    ]  # fmt: skip
    site = fit(wrong, ALARMS, refit=Refit.LOGISTIC)
    assert site.judge.geometry_share == 1.0
    assert site.fracture.body > 0
    assert site.calibration == CalibrationMap()
    assert fit(films[:20], ALARMS, refit=Refit.LOGISTIC).judge == Site().judge


def test_fit_site_is_the_same_without_intervals(films):
    quick = fit_site(films, Site("start"), 0.1)
    whole = fit(films, ALARMS, refit=Refit.LOGISTIC)
    assert quick == whole
    assert all(figure.low is None for name, figure in quick.made_from.expected.items()
               if name != "ece_before")  # fmt: skip
