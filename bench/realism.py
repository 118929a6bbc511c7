"""Simulated films beside real ones: ``python bench/realism.py --real FOLDER``.

Both are measured by their labels: contrast and width of endplates and walls, texture inside the
bodies, greys, field of view, shape of normal bodies. A line tells the median and the middle 80 % of
both, the share of real values within the middle 90 % of the simulated ones, and the largest
difference between the two distribution functions (Kolmogorov-Smirnov). Training mixes many chains
on purpose: simulated values may spread wider than real ones, but should hold them.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1]))  # `python bench/realism.py` finds `bench`

from bench.appearance import Measures, gather, measure
from spondyl.labels import FilmLabel, load_dataset

Values = Mapping[str, NDArray[np.float64]]
_FEWEST = 8


@dataclass(frozen=True)
class Difference:
    """One measure of both kinds of films.

    Attributes
    ----------
    name : str
    real, simulated : tuple of float
        10th, 50th, 90th percentile.
    distance : float
        Largest difference of the distribution functions, 0..1.
    held : float
        Share of real values between the 5th and 95th percentile of the simulated ones.
    """

    name: str
    real: tuple[float, float, float]
    simulated: tuple[float, float, float]
    distance: float
    held: float


def differences(real: Values, simulated: Values) -> list[Difference]:
    """All measures that both have often enough, the largest distance first."""
    made = []
    for name in sorted(real.keys() & simulated.keys()):
        here, there = real[name], simulated[name]
        if min(here.size, there.size) < _FEWEST:
            continue
        low, high = np.percentile(there, [5, 95])
        made.append(
            Difference(
                name,
                _middle(here),
                _middle(there),
                _distance(here, there),
                float(((here >= low) & (here <= high)).mean()),
            )
        )
    return sorted(made, key=lambda line: -line.distance)


def _middle(values: NDArray[np.float64]) -> tuple[float, float, float]:
    low, median, high = np.percentile(values, [10, 50, 90])
    return float(low), float(median), float(high)


def _distance(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    places = np.concatenate([one, other])
    shares = [
        np.searchsorted(np.sort(values), places, side="right") / values.size
        for values in (one, other)
    ]
    return float(np.abs(shares[0] - shares[1]).max())


def stored(folder: Path) -> Iterator[tuple[NDArray[np.float32], FilmLabel]]:
    """Films of a data set that have labelled bodies, bone bright."""
    dataset = load_dataset(folder)
    for label in dataset:
        film = cv2.imread(str(dataset.path(label)), cv2.IMREAD_GRAYSCALE | cv2.IMREAD_ANYDEPTH)
        if film is None or not label.vertebrae:
            continue
        grey = film.astype(np.float32) / np.float32(np.iinfo(film.dtype).max)
        yield (1 - grey if label.extra.get("inverted") else grey), label


def simulated(
    count: int, seed: int, sites: tuple[str, ...]
) -> Iterator[tuple[NDArray[np.float32], FilmLabel]]:
    """Films made on the spot, without fractures, bone bright."""
    from spondyl.simulate.film import FilmSettings, simulate_film
    from spondyl.simulate.finish import FinishSettings
    from spondyl.simulate.settings import SceneSettings

    settings = FilmSettings(
        SceneSettings(fracture_share=0.0), replace(FinishSettings(), invert_share=0.0), sites=sites
    )
    for index in range(count):
        made = simulate_film(seed, index, settings)
        yield made.pixels, made.label


def _all(films: Iterator[tuple[NDArray[np.float32], FilmLabel]]) -> Iterator[Measures]:
    for film, label in films:
        yield measure(film, label)


def main() -> int:
    """Measure both kinds of films and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--real", type=Path, help="data set of real films")
    parser.add_argument("--only", default="", help="real films whose name starts with this")
    parser.add_argument("--films", type=int, default=200, help="simulated films")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--sites", default="", help="names with commas; all chains by default")
    parser.add_argument("--by-level", action="store_true", help="endplates of each level, too")
    parser.add_argument("--json", action="store_true", help="print JSON, and nothing else")
    given = parser.parse_args()
    if given.real is None or not given.real.is_dir():
        print(
            "There are no real films to compare with; name a data set's folder with --real.",
            file=sys.stderr,
        )
        return 0
    films = [
        (film, label) for film, label in stored(given.real) if label.name.startswith(given.only)
    ]
    real = gather(_all(iter(films)))
    sites = tuple(name for name in given.sites.split(",") if name)
    made = gather(_all(simulated(given.films, given.seed, sites)))
    lines = [
        line
        for line in differences(real, made)
        if given.by_level or not (line.name.startswith("endplate") and ", " in line.name)
    ]
    if given.json:
        print(json.dumps([asdict(line) for line in lines], indent=1))
        return 0
    print(f"{len(films)} real films, {given.films} simulated ones (seed {given.seed})")
    print(f"{'':<50} {'real median [p10, p90]':>28} {'simulated':>28}  distance  held")
    for line in lines:
        print(
            f"{line.name:<50} {_text(line.real):>28} {_text(line.simulated):>28}"
            f"  {line.distance:8.2f}  {line.held:4.0%}"
        )
    print(f"{'mean':<50} {'':>28} {'':>28}  {np.mean([x.distance for x in lines]):8.3f}")
    return 0


def _text(middle: tuple[float, float, float]) -> str:
    low, median, high = middle
    return f"{median:.3g} [{low:.3g}, {high:.3g}]"


if __name__ == "__main__":
    sys.exit(main())
