"""Fit the packaged site to simulated films: ``python bench/fit_site.py DATASET OUT.json``."""

import argparse
from pathlib import Path

from rich.progress import track

from spondyl.evaluate.fit_site import Seen, fit_site
from spondyl.labels import load_dataset
from spondyl.read import Reader
from spondyl.read.site import Site, save_site


def main() -> None:
    """Read every film of the data set once, fit, write the site file and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--false-alarms", type=float, default=0.05, help="per film")
    parser.add_argument("--weights", type=Path, default=None, help="folder of other weights")
    given = parser.parse_args()
    dataset = load_dataset(given.dataset)
    reader = Reader(Site(), weights=given.weights)
    seen = [
        Seen(film, reader.examine(dataset.path(film))) for film in track(dataset.films, "Reading")
    ]
    site = fit_site(seen, reader.site, given.false_alarms)
    note = (
        f"Fitted to {len(dataset)} films ({dataset.note or 'no note'}) at "
        f"{given.false_alarms:g} false alarms per film."
    )
    site = Site(site.name, site.threshold, site.fracture, site.judge, note)
    save_site(site, given.out)
    print(given.out.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
