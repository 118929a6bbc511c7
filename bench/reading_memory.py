"""Memory of a node's reading process over many films, with the networks and with results."""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # `python bench/reading_memory.py` finds `bench`

from bench.node_kit import mixed_film
from bench.node_load import memory_mb
from spondyl.serve.dicom.reading_process import ReaderSettings, ReadingProcess
from spondyl.serve.dicom.results import Task

#: Different films; each comes again and again.
_DIFFERENT = 24
_TOLD = 20


def measure(films: int, height_px: int, kinds: tuple[str, ...]) -> list[tuple[int, float]]:
    """Films read and the most memory (MB) since the last time it was told.

    Each film is of another size, one of four transfer syntaxes and one of both polarities.

    Parameters
    ----------
    films : int
    height_px : int
        Of the largest film; the smallest has half of that.
    kinds : tuple of str
        Results made of each.
    """
    told: list[tuple[int, float]] = []
    process = ReadingProcess(ReaderSettings(threads=1))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tasks = []
        for number in range(min(films, _DIFFERENT)):
            height = height_px - number * height_px // (2 * _DIFFERENT)
            film = mixed_film(number, "memory", height)
            path = folder / f"{number}.dcm"
            film.save_as(path, enforce_file_format=True)
            results = folder / "results" / str(number)
            tasks.append(Task(path, str(film.SOPInstanceUID), kinds, results))
        process.start()
        most, every = 0.0, max(1, films // _TOLD)
        for number in range(films):
            outcome = process.read(tasks[number % len(tasks)], 600)
            if outcome.verdict is None:
                raise SystemExit(f"A film was refused: {outcome.refusal}")
            most = max(most, memory_mb(process.pid or 0))
            if (number + 1) % every == 0:
                told.append((number + 1, most))
                print(f"{number + 1} films: {most:.0f} MB", file=sys.stderr, flush=True)
                most = 0.0
        process.stop()
    return told


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print."""
    parser = argparse.ArgumentParser(prog="python -m bench reading_memory", description=__doc__)
    parser.add_argument("--films", type=int, default=2000)
    parser.add_argument("--height", type=int, default=560, metavar="PIXELS")
    parser.add_argument("--results", default="sr,sc", metavar="LIST")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    told = measure(given.films, given.height, tuple(given.results.split(",")))
    middle = given.films / 2
    found = {
        "films": given.films,
        "after_the_first_mb": round(told[0][1]),
        "first_half_mb": round(max(mb for count, mb in told if count <= middle)),
        "second_half_mb": round(max(mb for count, mb in told if count > middle)),
    }
    if given.json:
        print(json.dumps(found))
    else:
        print(", ".join(f"{key} {value}" for key, value in found.items()))


if __name__ == "__main__":
    main()
