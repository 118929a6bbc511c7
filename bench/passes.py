"""One pass against two: the finder alone, and with the body network's crops, on the same films.

Each way of reading gets a site of its own, fitted to one half of the simulated films and tested on
the other, and the other way about. Simulated films are made unless ``--set`` names some.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1]))  # `python bench/passes.py` finds `bench`

from bench.films import add_arguments, films_of, made
from spondyl.anatomy import Status
from spondyl.evaluate.fit_site import Seen, fit_site
from spondyl.evaluate.match import judge_film
from spondyl.evaluate.outcome import BodyOutcome, FilmCall, FilmOutcome
from spondyl.evaluate.statistics import auc
from spondyl.read import Engine, Networks, Reader, Site
from spondyl.read.framing import CropSettings
from spondyl.read.measure import measure_bodies
from spondyl.simulate.film import FilmSettings

Floats = NDArray[np.float64]

SHIPPED = "as shipped"
ARMS = {
    "finder alone": CropSettings(passes=0),
    "framed once": CropSettings(passes=1),
    SHIPPED: CropSettings(),
    "always again": CropSettings(reframe=(-1.0, 0.0, 0.0)),
    "three views": CropSettings(passes=1, views=3),
}
#: Specificities at which sensitivities are compared: per body, per film.
SPECIFICITY = {"body": 0.985, "film": 0.95}
_FALSE_ALARMS = 0.05
_RESAMPLES = 400


@dataclass
class Arm:
    """What one way of reading made of the films."""

    settings: CropSettings
    seen: list[Seen] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


def read(
    folders: Sequence[Path],
    limit: int | None,
    networks: Networks,
    arms: dict[str, CropSettings],
) -> tuple[dict[str, Arm], float]:
    """Read the films once for all arms; only the crops differ.

    Returns
    -------
    arms : dict of name to Arm
    rest_s : float
        Processor time per film of all that the arms share, median.
    """
    reader = Reader(Site(), networks=networks)
    answers = {name: Arm(settings) for name, settings in arms.items()}
    rest = []
    for label, film in films_of(folders, limit):
        start = time.process_time()
        examined = reader.examine(film)
        whole = time.process_time() - start
        bodies = [m.body for m in examined.measured]
        for name, arm in answers.items():
            start = time.process_time()
            measured = measure_bodies(examined.found.pixels, bodies, networks, arm.settings)
            arm.seconds.append(time.process_time() - start)
            if name == SHIPPED:
                rest.append(whole - arm.seconds[-1])
            arm.seen.append(Seen(label, replace(examined, measured=measured)))
    return answers, float(np.median(rest))


def judged(seen: Sequence[Seen], site: Site, networks: Networks) -> list[FilmOutcome]:
    """Hold examined films against their labels, by a site."""
    reader = Reader(site, networks=networks)
    outcomes = []
    for film in seen:
        reading = reader.judge(film.examined)
        call = FilmCall(
            reading.findings, reading.fracture_probability, reading.fractured,
            reading.assessable, reading.numbering.confidence, reading.posterior_side,
        )  # fmt: skip
        outcomes.append(judge_film(film.label, call))
    return outcomes


def cross_judged(seen: Sequence[Seen], networks: Networks) -> list[FilmOutcome]:
    """Each half of the films judged by a site that was fitted to the other half."""
    halves = seen[::2], seen[1::2]
    sites = [fit_site(half, Site(), _FALSE_ALARMS) for half in halves]
    return judged(halves[0], sites[1], networks) + judged(halves[1], sites[0], networks)


class Figures:
    """Figures of one arm, with weights per film so that films can be drawn anew."""

    def __init__(self, films: Sequence[FilmOutcome]) -> None:
        self.film_true = np.array([bool(film.fractured) for film in films])
        self.film_known = np.array([film.fractured is not None for film in films])
        self.film_score = np.array([film.fracture_probability for film in films])
        self.false_alarms = np.array([film.false_alarms for film in films], float)
        pairs = [(n, body) for n, film in enumerate(films) for body in film.judged]
        self.film_of = np.array([n for n, _ in pairs])
        self.bodies = [body for _, body in pairs]
        self.score = self._column(lambda body: body.fracture_probability)
        self.fractured = np.array([body.status is Status.FRACTURED for body in self.bodies])
        self.known = np.array([body.status is not Status.UNKNOWN for body in self.bodies])
        self.values = {
            "corner": self._column(lambda body: body.corner_error),
            "Ha/Hp": np.abs(self._column(lambda body: body.anterior_posterior_error)),
            "Hm/Hp": np.abs(self._column(lambda body: body.middle_posterior_error)),
            "loss": self._column(_loss_error),
        }

    def _column(self, value: Callable[[BodyOutcome], float | None]) -> Floats:
        return np.array([value(body) for body in self.bodies], dtype=float)

    def all(self, films: Floats | None = None) -> dict[str, float]:
        """Every figure; ``films`` says how often each film counts."""
        weight = np.ones(len(self.film_true)) if films is None else films
        of_body = weight[self.film_of]
        corner = self.values["corner"]
        there = np.isfinite(corner)
        known, film = self.known, self.film_known
        body = (self.score[known], self.fractured[known], of_body[known])
        whole = (self.film_score[film], self.film_true[film], weight[film])
        answer = {"corner median": _median(corner[there], of_body[there])}
        for name, values in self.values.items():
            there = np.isfinite(values)
            if there.any():
                answer[name] = float(np.average(values[there], weights=of_body[there]))
        for name, (scores, truth, weights) in (("body", body), ("film", whole)):
            if truth.any() and not truth.all():
                answer[f"AUC {name}"] = float(auc(scores, truth, weights))
                least = SPECIFICITY[name]
                answer[f"sens. {name}"] = _sensitivity(scores, truth, weights, least)
        answer["alarms/film"] = float(np.average(self.false_alarms, weights=weight))
        return answer


def _loss_error(body: BodyOutcome) -> float | None:
    if body.loss_true is None or body.loss_measured is None:
        return None
    return abs(body.loss_measured - body.loss_true)


def _median(values: Floats, weights: Floats) -> float:
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(total, 0.5 * total[-1])])


def _sensitivity(
    scores: Floats, truth: NDArray[np.bool_], weights: Floats, specificity: float
) -> float:
    """Share of the fractured above the cut under which that share of the normal lies."""
    order = np.argsort(scores[~truth])
    normal, total = scores[~truth][order], np.cumsum(weights[~truth][order])
    cut = normal[min(np.searchsorted(total, specificity * total[-1]), len(normal) - 1)]
    return float(np.average(scores[truth] > cut, weights=weights[truth]))


def table(outcomes: dict[str, list[FilmOutcome]]) -> dict[str, dict[str, list[float]]]:
    """Per arm and figure: its value, and its difference from the shipped arm (low, high).

    The interval is the middle 95 % over films drawn anew, the same ones for both arms.
    """
    figures = {name: Figures(films) for name, films in outcomes.items()}
    count = len(next(iter(outcomes.values())))
    rng = np.random.default_rng(20261123)
    draws = rng.multinomial(count, np.full(count, 1 / count), _RESAMPLES).astype(float)
    drawn = {name: [each.all(draw) for draw in draws] for name, each in figures.items()}
    answer: dict[str, dict[str, list[float]]] = {}
    for name, each in figures.items():
        answer[name] = {}
        for key, value in each.all().items():
            gaps = [
                one.get(key, np.nan) - two.get(key, np.nan)
                for one, two in zip(drawn[name], drawn[SHIPPED], strict=True)
            ]
            low, high = np.nanpercentile(gaps, [2.5, 97.5])
            answer[name][key] = [value, float(low), float(high)]
    return answer


def tell(title: str, rows: dict[str, dict[str, list[float]]], ms: dict[str, float]) -> None:
    """Print two tables: the figures, and their differences from the shipped way."""
    print(f"\n{title}\n{'':<15}" + "".join(f"{name:>17}" for name in rows))
    for key in rows[SHIPPED]:
        print(f"{key:<15}" + "".join(f"{row[key][0]:>17.4f}" for row in rows.values()))
    print(f"{'ms per film':<15}" + "".join(f"{ms[name]:>17.0f}" for name in rows))
    print(f"\nless '{SHIPPED}', 95 %")
    for key in rows[SHIPPED]:
        gaps = (
            "" if name == SHIPPED else f"{row[key][1]:+.4f},{row[key][2]:+.4f}"
            for name, row in rows.items()
        )
        print(f"{key:<15}" + "".join(f"{gap:>17}" for gap in gaps))


def main() -> int:
    """Read, fit, judge, and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print JSON, and nothing else")
    add_arguments(parser, films=400)
    given = parser.parse_args()
    networks = Engine(threads=1, folder=given.weights)
    with tempfile.TemporaryDirectory() as place:
        fresh = (given.out or Path(place)) / f"passes-{given.seed}"
        folders = given.set or [made(fresh, given.films, given.seed, FilmSettings())]
        arms, rest_s = read(folders, given.films, networks, ARMS)
    ms = {name: 1e3 * (rest_s + float(np.median(arm.seconds))) for name, arm in arms.items()}
    count = len(arms[SHIPPED].seen)
    title = f"{', '.join(folder.name for folder in folders)}, {count} films"
    results = {title: table({k: cross_judged(arm.seen, networks) for k, arm in arms.items()})}
    if given.real:
        real, _ = read([given.real], None, networks, ARMS)
        sites = {name: fit_site(arm.seen, Site(), _FALSE_ALARMS) for name, arm in arms.items()}
        results[f"{given.real.name}, {len(real[SHIPPED].seen)} films"] = table(
            {name: judged(arm.seen, sites[name], networks) for name, arm in real.items()}
        )
    if given.json:
        print(json.dumps({"results": results, "ms_per_film": ms}, indent=1))
        return 0
    print(f"model: {networks.identity.sha256[:12]}; sensitivity at specificity {SPECIFICITY}")
    for title, rows in results.items():
        tell(title, rows, ms)
    return 0


if __name__ == "__main__":
    sys.exit(main())
