"""Read films warm and cold on two cores: time per film and peak memory."""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # `python bench/speed.py` finds `bench`

from bench.goals import Figure, parser, tell

EXAMPLES = Path(__file__).parents[1] / "examples"
CORES = 2
COLD_RUNS = 3
_KIB_PER_MIB = 1024


def main() -> int:
    """Measure, and print the figures beside their goals."""
    arguments = parser(__doc__)
    arguments.add_argument("--films", type=Path, default=EXAMPLES, help="folder of films")
    arguments.add_argument("--limit", type=int, default=20, help="films at most")
    arguments.add_argument("--weights", type=Path, help="folder of other networks")
    given = arguments.parse_args()

    from spondyl.cli.films import find_films

    films = [film.path for film in find_films([given.films])][: given.limit]
    if not films:
        print(f"No film lies in {given.films}; give --films DIR.", file=sys.stderr)
        return 2
    cores = use_cores(CORES)
    load_s, read_s, both_s, worked_s = warm(films, given.weights)
    cold_s, one_mib = cold(films[:1], given.weights, COLD_RUNS)
    _, many_mib = cold(films, given.weights, 1)
    figures = (
        Figure("file to reading, warm, median", both_s * 1e3, "ms", 150, at_most=True),
        Figure("  of it loading the file", load_s * 1e3, "ms"),
        Figure("  of it reading the film", read_s * 1e3, "ms"),
        # does not depend on what else the machine does, counts both threads
        Figure("  processor time of it", worked_s * 1e3, "ms"),
        Figure("spondyl read of one film, cold, median", cold_s, "s", 1.5, at_most=True),
        Figure("peak memory, one film", one_mib, "MiB", 600, at_most=True),
        Figure(f"peak memory, {len(films)} films", many_mib, "MiB", 600, at_most=True),
    )
    return tell(figures, given, {"films": len(films), "folder": str(given.films), "cores": cores})


def use_cores(count: int) -> int:
    """Keep this process and its children to so many cores, where the system can."""
    if not hasattr(os, "sched_setaffinity"):
        return os.cpu_count() or 1
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:count])
    return len(os.sched_getaffinity(0))


def warm(films: list[Path], weights: Path | None) -> tuple[float, float, float, float]:
    """Median seconds to load, to read, for both, and of processor time; all is loaded before."""
    from spondyl.film import load_film
    from spondyl.read.reader import Reader

    reader = Reader(threads=CORES, weights=weights)
    reader.read(films[0])
    rows = []
    for path in films:
        start, worked = time.perf_counter(), time.process_time()
        film = load_film(path)
        loaded = time.perf_counter()
        reader.read(film)
        done = time.perf_counter()
        worked = time.process_time() - worked
        rows.append((loaded - start, done - loaded, done - start, worked))
    medians = [statistics.median(column) for column in zip(*rows, strict=True)]
    load_s, read_s, both_s, worked_s = medians
    return load_s, read_s, both_s, worked_s


def cold(films: list[Path], weights: Path | None, runs: int) -> tuple[float, float]:
    """Median wall time in seconds and greatest memory in MiB of the whole program."""
    program = [sys.executable, "-c", "from spondyl.cli import main; main()"]
    options = ["--threads", str(CORES), "--json"]
    if weights is not None:
        options += ["--weights", str(weights)]
    command = [*program, "read", *map(str, films), *options]
    seconds, peaks = [], []
    for _ in range(runs):
        start = time.perf_counter()
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        seconds.append(time.perf_counter() - start)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise SystemExit(f"spondyl read ended with exit code {child.returncode}.")
        # Linux counts in KiB, macOS in bytes
        peaks.append(usage.ru_maxrss / (_KIB_PER_MIB**2 if sys.platform == "darwin" else 1024))
    return statistics.median(seconds), max(peaks)


if __name__ == "__main__":
    sys.exit(main())
