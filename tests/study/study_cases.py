"""Small hospitals for tests: films drawn in a moment, with reports and trapezoids."""

import csv
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from spondyl.anatomy import JUDGED_LEVELS, Level, Shape, Status
from spondyl.labels import FilmLabel, VertebraLabel, save_dataset
from spondyl.study.hospital.reports import ReportSettings, Style, write_report

SIZE_PX = (160, 224)
_TOP, _HEIGHT, _STEP = 14.0, 18.0, 26.0
PLAIN = ReportSettings(
    styles={Style.STRUCTURED: 1, Style.PROSE: 1},
    missed=0, shifted=0, hedged=0, overcalled=0, partial=0, silent=0,
)  # fmt: skip


def truth(name: str, fractured: tuple[Level, ...] = (), patient: str | None = None) -> FilmLabel:
    """A film of T11-S1, straight, posterior left; fractured bodies are wedges."""
    bodies = {}
    for place, level in enumerate((*JUDGED_LEVELS, Level.S1)):
        top = _TOP + _STEP * place
        lost = 0.4 * _HEIGHT if level in fractured else 0.0
        corners = [[60, top], [95, top + lost], [95, top + _HEIGHT], [60, top + _HEIGHT]]
        known = level is not Level.S1
        bodies[level] = VertebraLabel(
            level,
            corners_px=np.array(corners, np.float64),
            status=(Status.FRACTURED if lost else Status.NORMAL) if known else Status.UNKNOWN,
            genant_grade=(3 if lost else 0) if known else None,
            shape=(Shape.WEDGE if lost else Shape.NORMAL) if known else None,
            height_loss=(0.4 if lost else 0.0) if known else None,
        )
    return FilmLabel(name, SIZE_PX, "left", bodies, patient=patient)


def picture(label: FilmLabel, seed: int) -> np.ndarray:
    """Bright bodies on a dark, mottled ground, no two films alike."""
    rng = np.random.default_rng(seed)
    coarse = rng.uniform(0, 160, (32, 20)).astype(np.float32)
    film = cv2.resize(coarse, SIZE_PX, interpolation=cv2.INTER_CUBIC)
    for body in label.vertebrae.values():
        assert body.corners_px is not None
        quad = np.round(body.corners_px).astype(np.int32)
        cv2.fillPoly(film, [quad], float(rng.uniform(140, 200)))
    film += rng.normal(0, 6, film.shape).astype(np.float32)
    return np.clip(film, 0, 255).astype(np.uint8)


def write_hospital(folder: Path, films: int, seed: int = 1) -> dict[str, Any]:
    """Write films, reports and trapezoids; every other film has a fracture.

    Returns
    -------
    dict
        The hospital's settings in a STUDY.yaml.
    """
    pictures = folder / "films"
    pictures.mkdir(parents=True)
    truths, rows = [], []
    for number in range(films):
        name = f"{number:03d}.png"
        hit = (JUDGED_LEVELS[(number // 2) % 7],) if number % 2 else ()
        label = truth(name, hit, patient=f"P{number}")
        cv2.imwrite(str(pictures / name), picture(label, 1000 * seed + number))
        rng = np.random.default_rng([seed, number])
        text = write_report(label, rng, PLAIN).text
        rows.append((name, text, f"P{number}", "FM"[number % 2], str(60 + number)))
        truths.append(label)
    write_reports(folder / "reports.csv", rows)
    drawn = [
        FilmLabel(
            label.name, SIZE_PX, "left",
            {v: VertebraLabel(v, body.corners_px) for v, body in label.vertebrae.items()},
        )
        for label in truths
    ]  # fmt: skip
    save_dataset(folder / "drawn", drawn)
    save_dataset(folder / "truth", truths)
    return {
        "films": str(pictures),
        "reports": str(folder / "reports.csv"),
        "labels": str(folder / "drawn"),
        "truth": str(folder / "truth"),
        "site": folder.name,
    }


def write_reports(file: Path, rows: list[tuple[str, ...]]) -> None:
    """The table of reports."""
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([("film", "text", "patient", "sex", "age"), *rows])


class Ended:
    """A training that is over."""

    def poll(self) -> int:
        return 0

    def terminate(self) -> None:
        return

    def wait(self) -> int:
        return 0


def train_here(training: Any) -> Any:
    """Train in this process: nothing is imported anew."""
    from spondyl.study.compare.train import train_one

    train_one(training.folder)
    return Ended()
