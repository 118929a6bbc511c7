"""``python -m bench [--json] [NAME]``: time what is done most often; print the machine, too.

Where NAME is a script of this folder, that script runs, with the arguments that follow.
"""

import argparse
import json
import os
import platform
import sys
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from bench.cases import CASES
from bench.timing import MissingError, Timing, run

#: Scripts with arguments of their own, and what they measure.
SCRIPTS = {
    "speed": "time and memory of a reading",
    "install_size": "a plain install",
    "simulator": "simulated films a second",
    "accuracy": "finding, naming, fractures, heights against labels",
    "warped": "fractures warped into real films",
    "prints": "how alike films are to a print: the threshold of what is one picture",
    "passes": "the finder alone against finder and body network",
    "naming": "class per pixel against instances with a sequence search",
    "ingredients": "what each ingredient of the simulation is worth",
    "retraining": "what retraining on a few films of one's own is worth",
    "reports": "labels from reports against hand-made truth",
    "faults": "what becomes of films when a DICOM node, its disk or its peers fail",
    "fuzz": "what becomes of mutated DICOM files through the reader and a node",
    "node_load": "films through a DICOM node a second, by eight senders",
    "reading_memory": "memory of a reading process over many films",
    "page": "how soon the reading room's page answers, in Chromium",
    "card": "nothing: puts measured figures into the model card",
}
_LIBRARIES = ("numpy", "opencv-python-headless", "onnxruntime")


def machine() -> dict[str, str]:
    """Processor, cores, Python and the libraries that do the work."""
    facts = {
        "processor": _processor(),
        "cores": str(len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count()),
        "python": platform.python_version(),
        "spondyl": version("spondyl"),
    }
    return facts | {name: version(name) for name in _LIBRARIES}


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def main() -> None:
    """Run a script, or the timed cases whose name holds NAME; all of these by default."""
    if len(sys.argv) > 1 and sys.argv[1] in SCRIPTS:
        del sys.argv[0]
        sys.exit(import_module(f"bench.{sys.argv[0]}").main())
    scripts = "\n".join(f"  {name:<14}{about}" for name, about in SCRIPTS.items())
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=main.__doc__, epilog=f"scripts:\n{scripts}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("name", nargs="?", default="")
    parser.add_argument("--json", action="store_true", help="print JSON, and nothing else")
    given = parser.parse_args()
    timings: list[Timing] = []
    for case in CASES:
        if given.name not in case.name:
            continue
        try:
            timings.append(run(case))
        except MissingError as reason:
            print(f"{case.name}: left out, {reason}", file=sys.stderr)
            continue
        if not given.json:
            last = timings[-1]
            spread = f"{min(last.seconds) * 1e3:.1f}-{max(last.seconds) * 1e3:.1f}"
            print(f"{last.name:<26} {last.median * 1e3:9.1f} ms per {last.unit:<6} ({spread})")
    if given.json:
        result = {t.name: {"unit": t.unit, "seconds": list(t.seconds)} for t in timings}
        print(json.dumps({"machine": machine(), "timings": result}, indent=1))
    else:
        print("\n" + "\n".join(f"{name}: {value}" for name, value in machine().items()))


if __name__ == "__main__":
    main()
