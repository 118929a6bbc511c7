"""A simulated hospital: films of its own imaging chains, reports, drawn trapezoids, and the truth.

Its folder looks like what a real hospital hands over, and a study takes both the same way::

    films/        the pictures (and films.json, the simulator's own)
    reports.csv   film, text, patient, sex, age
    drawn/        films.json: the trapezoids that somebody drew, without any status
    truth/        films.json: what is really there; no study trains on it
    hospital.json settings, and how often the reports are wrong
"""

import csv
import io
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from spondyl.anatomy import LEVELS, Status
from spondyl.files import write_whole
from spondyl.labels import FilmLabel, VertebraLabel, load_dataset, save_dataset
from spondyl.simulate.chain import site_named
from spondyl.simulate.settings import SceneSettings
from spondyl.study.hospital.patients import Person, draw_person
from spondyl.study.hospital.reports import Report, write_report
from spondyl.study.hospital.reports_settings import ReportSettings, Share
from spondyl.train.scenes import scene_settings

SCHEMA = "spondyl.hospital/1"
FACTS_NAME = "hospital.json"
REPORTS_NAME = "reports.csv"
COLUMNS = ("film", "text", "patient", "sex", "age")
#: Stands in every data set of simulated films.
SIMULATED_NOTE = (
    "Simulated films. No patient was imaged; figures measured on them are not clinical ones."
)
#: Keeps the draws of reports and patients apart from those of the films.
_STREAM = 7


class HospitalSettings(BaseModel):
    """What a simulated hospital is.

    Attributes
    ----------
    sites : tuple of str
        Imaging chains of the simulator, in equal shares.
    films : int
        One film a patient.
    seed : int
    fractured : float
        Share of patients with a fracture at T8-L5.
    size : int or None
        Rows of a film; None leaves each film at the resolution it is made in.
    scene : mapping
        Other fields of ``SceneSettings``: what else these patients have.
    drawn : float
        Share of films on which somebody drew the trapezoids: all of their bodies.
    reports : ReportSettings
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    sites: tuple[str, ...] = Field(min_length=1)
    films: int = Field(ge=2)
    seed: int = Field(ge=0)
    fractured: Share = 0.55
    size: int | None = Field(None, ge=256)
    scene: dict[str, Any] = Field(default_factory=dict)
    drawn: Share = 1.0
    reports: ReportSettings = ReportSettings()

    @model_validator(mode="after")
    def _parts_fit(self) -> "HospitalSettings":
        for name in self.sites:
            site_named(name)
        for key in ("fracture_share", "height_px"):
            if key in self.scene:
                ours = {"fracture_share": "fractured", "height_px": "size"}[key]
                raise ValueError(f"scene.{key}: say {ours} of the hospital instead")
        self.scene_settings()
        return self

    @property
    def held_back(self) -> bool:
        """Some of its imaging chains are held back from all training."""
        return any(site_named(name).held_back for name in self.sites)

    def scene_settings(self) -> SceneSettings:
        """Settings of the simulator."""
        scene = scene_settings(self.scene)
        return replace(scene, fracture_share=self.fractured, height_px=self.size)


@dataclass(frozen=True)
class Hospital:
    """A hospital on disk.

    Attributes
    ----------
    films : Path
        Folder of the pictures.
    reports : Path
        Table of reports.
    drawn, truth : Path
        Folders of ``films.json``.
    facts : mapping
        ``hospital.json``.
    """

    films: Path
    reports: Path
    drawn: Path
    truth: Path
    facts: Mapping[str, Any]


def build_hospital(
    folder: Path, settings: HospitalSettings, workers: int = 1, progress: bool | None = None
) -> Hospital:
    """Simulate a hospital, or what is missing of it.

    Parameters
    ----------
    folder : Path
        Films that a stopped run left there are kept.
    settings : HospitalSettings
    workers : int
        Processes; the hospital does not depend on their number.
    progress : bool, optional
        Show a bar; by default only on a terminal.

    Raises
    ------
    DatasetError
        If the folder holds films of another seed or other settings.
    """
    from spondyl.simulate.film import FilmSettings, film_name
    from spondyl.simulate.finish import FinishSettings
    from spondyl.simulate.write import WriteSettings, write_dataset

    film = FilmSettings(
        scene=settings.scene_settings(),
        finish=FinishSettings(
            height_px=None if settings.size is None else (settings.size, settings.size)
        ),
        sites=settings.sites,
    )
    pictures = folder / "films"
    made = write_dataset(
        pictures, settings.films, settings.seed, WriteSettings(film, bits=8), workers, progress
    )
    by_name = {label.name: label for label in made}
    labels = [by_name[film_name(index)] for index in range(settings.films)]
    truths, reports = [], []
    for index, label in enumerate(labels):
        person = draw_person(label, _rng(settings, index, "person"))
        report = write_report(
            label, _rng(settings, index, "report"), settings.reports, person.age, person.sex == "F"
        )
        truths.append(_true(label, person, report))
        reports.append((label.name, report.text, label.patient or "", person.sex, str(person.age)))
    _save_reports(folder / REPORTS_NAME, reports)
    drawn = [
        _drawn(label)
        for index, label in enumerate(truths)
        if _rng(settings, index, "drawing").random() < settings.drawn
    ]
    save_dataset(folder / "drawn", drawn, SIMULATED_NOTE)
    save_dataset(folder / "truth", truths, SIMULATED_NOTE)
    facts = _facts(settings, truths)
    write_whole(folder / FACTS_NAME, json.dumps(facts, indent=1) + "\n", make_folder=True)
    return Hospital(pictures, folder / REPORTS_NAME, folder / "drawn", folder / "truth", facts)


def load_truth(hospital: Hospital) -> dict[str, FilmLabel]:
    """What is really on each film, by name."""
    return {film.name: film for film in load_dataset(hospital.truth)}


def _rng(settings: HospitalSettings, index: int, what: str) -> np.random.Generator:
    key = (index, _STREAM, {"person": 0, "report": 1, "drawing": 2}[what])
    return np.random.default_rng(np.random.SeedSequence(settings.seed, spawn_key=key))


def _true(label: FilmLabel, person: Person, report: Report) -> FilmLabel:
    opinion = report.opinion
    said: dict[str, object] = {
        "style": str(report.style),
        "missed": [str(level) for level in opinion.missed],
        "overcalled": [str(level) for level in opinion.overcalled],
        "suspected": [str(level) for level in opinion.suspected],
        "shift": opinion.shift,
        "intended": {str(level): str(status) for level, status in report.intended.items()},
    }
    extra = {**label.extra, "sex": person.sex, "age": person.age, "report_by_design": said}
    return replace(label, extra={**extra, "simulated": True})


def _drawn(label: FilmLabel) -> FilmLabel:
    """What a person who draws trapezoids hands over: outlines of named bodies, nothing else."""
    bodies = {
        level: VertebraLabel(level, corners_px=body.corners_px, assessable=body.assessable)
        for level, body in label.vertebrae.items()
    }
    kept = ("inverted", "view", "spacing_mm", "simulated")
    extra = {key: label.extra[key] for key in kept if key in label.extra}
    return replace(label, vertebrae=bodies, extra=extra)


def _save_reports(file: Path, rows: Sequence[Sequence[str]]) -> None:
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(COLUMNS)
    table.writerows(rows)
    write_whole(file, text.getvalue(), make_folder=True)


def _facts(settings: HospitalSettings, truths: Sequence[FilmLabel]) -> dict[str, Any]:
    counts: Counter[str] = Counter(films=len(truths))
    for label in truths:
        said = label.extra["report_by_design"]
        assert isinstance(said, dict)
        bodies = [body for body in label.vertebrae.values() if LEVELS[body.level].judged]
        counts["bodies"] += len(bodies)
        counts["fractured_bodies"] += sum(body.status is Status.FRACTURED for body in bodies)
        counts["fractured_films"] += label.fractured is True
        for key in ("missed", "overcalled", "suspected"):
            counts[f"{key}_bodies"] += len(said[key])
        counts["shifted_reports"] += said["shift"] != 0
    return {
        "schema": SCHEMA,
        "settings": json.loads(settings.model_dump_json()),
        "counts": dict(counts),
    }
