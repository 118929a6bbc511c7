"""How many films the node reads and delivers, sent by eight senders at once, and how fast.

Beside the bare speed of reading the same films, one after the other, in this process.
"""

import argparse
import json
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))  # `python bench/node_load.py` finds `bench`

from pydicom.dataset import Dataset

from bench.node_kit import Archive, NodeProcess, config, mixed_film, send, source_film, until

_BARE = 20
_MADE = 400
_WAIT_S = 24 * 3600


def bare_reading(films: Sequence[Dataset], folder: Path) -> tuple[float, float]:
    """Films a second of the reader alone, and with its results made; warm, on one thread."""
    from spondyl.read.reader import Reader
    from spondyl.serve.dicom.results import Task, make_results

    reader = Reader(threads=1)
    paths = []
    for number, film in enumerate(films[: _BARE + 1]):
        paths.append(folder / f"{number}.dcm")
        film.save_as(paths[-1], enforce_file_format=True)
    tasks = [
        Task(path, str(film.SOPInstanceUID), ("sr", "sc"), folder / "results" / path.stem)
        for path, film in zip(paths, films, strict=False)
    ]
    make_results(reader, tasks[0])
    start = time.perf_counter()
    for path in paths[1:]:
        reader.read(path)
    middle = time.perf_counter()
    for task in tasks[1:]:
        make_results(reader, task)
    end = time.perf_counter()
    count = len(paths) - 1
    return count / (middle - start), count / (end - middle)


def memory_mb(pid: int) -> float:
    """Resident memory of a process and its children."""
    total = 0.0
    for each in (pid, *_children(pid)):
        try:
            for line in Path(f"/proc/{each}/status").read_text().splitlines():
                if line.startswith("VmRSS:"):
                    total += float(line.split()[1]) / 1024
        except OSError:
            continue
    return total


def _children(pid: int) -> list[int]:
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [int(word) for word in text.split()]


def load(
    films: int, senders: int, pace: float | None, quick_s: float | None, processes: int
) -> dict[str, float]:
    """Send films and wait for their results.

    Parameters
    ----------
    films, senders : int
    pace : float or None
        Films a second that all senders send together; None: as fast as they are taken.
    quick_s : float or None
        Read without networks.
    processes : int
        Reading processes of the node.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        archive = Archive(keep=False).start()
        reading = {"threads": 1, "processes": processes}
        values = config(folder, archive.port, reading=reading)
        node = NodeProcess(folder, values, quick_s).start()
        # Made beforehand: on a small machine the senders' own work would be measured, too.
        made = [mixed_film(number, "load") for number in range(min(films, _MADE))]
        began: dict[str, float] = {}
        memory: list[float] = []

        def sender(number: int) -> None:
            for index in range(number, films, senders):
                film = made[index] if index < len(made) else mixed_film(index, "load")
                due = start + index / pace if pace else 0.0
                time.sleep(max(0.0, due - time.monotonic()))
                began[str(film.SOPInstanceUID)] = time.monotonic()
                while send(node.port, [film], f"SENDER{number}") != [0]:
                    time.sleep(0.5)

        try:
            send(node.port, [mixed_film(films, "load")])
            until(node.finished, 120)
            start = time.monotonic()
            threads = [
                threading.Thread(target=sender, args=(number,), daemon=True)
                for number in range(senders)
            ]
            for thread in threads:
                thread.start()
            while any(thread.is_alive() for thread in threads) or not node.finished():
                memory.append(memory_mb(node.pid))
                time.sleep(0.5)
                if time.monotonic() - start > _WAIT_S:
                    raise TimeoutError("the node does not come to an end")
            ends: dict[str, float] = {}
            for uid, dataset in archive.datasets.items():
                film_uid = source_film(dataset)
                ends[film_uid] = max(ends.get(film_uid, 0.0), archive.times[uid])
            waits = [ends[uid] - began[uid] for uid in began if uid in ends]
            span = max(ends.values()) - start
        finally:
            node.stop()
            archive.stop()
        middle = len(memory) // 2
        return {
            "films": len(waits),
            "films_per_s": len(waits) / span,
            "p50_s": float(np.percentile(waits, 50)),
            "p95_s": float(np.percentile(waits, 95)),
            "memory_first_half_mb": max(memory[: middle + 1]),
            "memory_second_half_mb": max(memory[middle:]),
        }


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print."""
    parser = argparse.ArgumentParser(prog="python -m bench node_load", description=__doc__)
    parser.add_argument("--films", type=int, default=200, help="0: bare reading only")
    parser.add_argument("--senders", type=int, default=8)
    parser.add_argument("--processes", type=int, default=1, help="that read in the node")
    parser.add_argument("--quick", type=float, metavar="SECONDS", help="read without networks")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        films = [mixed_film(number, "bare") for number in range(_BARE + 1)]
        bare = bare_reading(films, Path(name)) if given.quick is None else None
    found: dict[str, object] = {"bare_films_per_s": bare}
    if given.films:
        burst = load(given.films, given.senders, None, given.quick, given.processes)
        found["at once"] = burst
        pace = 0.7 * burst["films_per_s"]
        slower = load(given.films, given.senders, pace, given.quick, given.processes)
        found["at 70 % of that"] = slower
    if given.json:
        print(json.dumps(found))
        return
    if bare is not None:
        print(f"bare reading: {bare[0]:.2f} films/s, with results made {bare[1]:.2f} films/s")
    for name, each in found.items():
        if isinstance(each, dict):
            print(
                f"{given.senders} senders, {name}: {each['films_per_s']:.2f} films/s; from C-STORE "
                f"to delivered {each['p50_s']:.2f} s (median), {each['p95_s']:.2f} s (95 %); "
                f"memory {each['memory_first_half_mb']:.0f} then "
                f"{each['memory_second_half_mb']:.0f} MB"
            )


if __name__ == "__main__":
    main()
