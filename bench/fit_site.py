"""Fit the packaged site to simulated films: ``python bench/fit_site.py DATASET OUT.json``.

The same as ``spondyl calibrate DATASET --refit logistic --name default --out OUT.json``.
"""

import argparse
import subprocess
import sys
from pathlib import Path


def main() -> int:
    """Read every film of the data set once, fit, write the site file and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--false-alarms", type=float, default=0.05, help="per film")
    parser.add_argument("--weights", type=Path, default=None, help="folder of other weights")
    given = parser.parse_args()
    call = [sys.executable, "-m", "spondyl", "calibrate", str(given.dataset), "--json"]
    call += ["--refit", "logistic", "--name", "default", "--out", str(given.out)]
    call += ["--target-false-alarms", str(given.false_alarms)]
    if given.weights is not None:
        call += ["--weights", str(given.weights)]
    return subprocess.run(call, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
