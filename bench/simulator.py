"""Write simulated films of 2 megapixels with two processes: films per second.

The goal is meant for films of 1,000 x 2,000 pixels. A film's width follows its view, on average
three quarters of its height: 1,640 rows give as many pixels. The mean is printed with the figures.
"""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # `python bench/simulator.py` finds `bench`

from bench.goals import Figure, parser, tell

ROWS = 1640
WORKERS = 2


def main() -> int:
    """Measure, and print the figures beside their goals."""
    arguments = parser(__doc__)
    arguments.add_argument("--films", type=int, default=40)
    arguments.add_argument("--rows", type=int, default=ROWS)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()

    from spondyl.simulate.film import FilmSettings
    from spondyl.simulate.finish import FinishSettings
    from spondyl.simulate.settings import SceneSettings
    from spondyl.simulate.write import WriteSettings, write_dataset

    film = FilmSettings(
        scene=SceneSettings(height_px=given.rows),
        finish=FinishSettings(height_px=(given.rows, given.rows)),
    )
    with tempfile.TemporaryDirectory() as place:
        # compiled code is kept by numba: made here, so that it is not timed
        write_dataset(Path(place, "first"), 1, given.seed, WriteSettings(film), 1, progress=False)
        start, worked = time.perf_counter(), processor_s()
        dataset = write_dataset(
            Path(place, "films"), given.films, given.seed, WriteSettings(film), WORKERS, False
        )
        seconds, worked = time.perf_counter() - start, processor_s() - worked
        written = sorted(dataset.path(label).stat().st_mtime for label in dataset)
        widths = [label.size_px[0] for label in dataset]
    megapixels = statistics.mean(widths) * given.rows / 1e6
    # the first films come when the processes have started: from there on it is steady
    begun = min(2 * WORKERS, len(written) - 1)
    span = written[-1] - written[begun] if begun > 0 else 0
    steady = (len(written) - 1 - begun) / span if span > 0 else None
    figures = (
        Figure("films per second, once started", steady, "", 3.0),
        Figure("films per second, start included", given.films / seconds),
        # does not depend on what else the machine does
        Figure("processor time per film, start included", worked / given.films, "s"),
        Figure("processor time per megapixel", worked / given.films / megapixels, "s"),
    )
    size = f"{statistics.median(widths):.0f} x {given.rows} (median), {megapixels:.2f} megapixels"
    return tell(figures, given, {"films": given.films, "size": size, "processes": WORKERS})


def processor_s() -> float:
    """Processor seconds of this process and of its children that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


if __name__ == "__main__":
    sys.exit(main())
