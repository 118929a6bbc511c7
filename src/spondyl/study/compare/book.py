"""The record of a comparison, ``compare.json``: plan, sets, runs, results, hardware."""

import datetime
import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from spondyl.files import write_whole
from spondyl.study.compare.films import StudyFilms
from spondyl.study.compare.plan import ComparePlan
from spondyl.study.compare.train import Training
from spondyl.study.flow.model import patients_of
from spondyl.study.results.folder import COMPARE_NAME, SCHEMA


class Book:
    """Keeps ``compare.json``.

    Parameters
    ----------
    plan : ComparePlan
    films : StudyFilms
    out : Path
    """

    def __init__(self, plan: ComparePlan, films: StudyFilms, out: Path) -> None:
        from spondyl.evaluate.run import is_simulated
        from spondyl.train.machine import code_version, machine

        file = out / COMPARE_NAME
        before = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
        self._file = file
        self._facts: dict[str, Any] = {
            "schema": SCHEMA,
            "plan": json.loads(plan.model_dump_json()),
            "systems": list(plan.systems),
            "seeds": list(plan.seeds),
            "folds": plan.folds,
            "sets": [
                {
                    "name": one.name,
                    "external": one.external,
                    "simulated": is_simulated(one.data),
                    "folder": _relative(one.data.folder, out),
                    "split": one.split,
                    "films": len(one.films),
                    "patients": patients_of(one.films),
                }
                for one in films.sets
            ],
            "training_films": {
                "folds": [
                    {
                        "fold": fold.number,
                        "train": fold.train,
                        "validation": len(fold.validation),
                    }
                    for fold in films.folds
                ],
                "left_out_without_corners": films.left_out,
            },
            "hardware": machine(),
            "code_version": code_version(),
            "started": before.get("started") or _now(),
        }

    def write(self, trainings: list[Training], results: list[dict[str, Any]]) -> None:
        """Write what is there by now, whole or not at all."""
        runs = [one.facts() for one in trainings if one.finished]
        facts = {
            **self._facts,
            "written": _now(),
            "minutes": round(sum(run.minutes for run in runs), 2),
            "runs": [asdict(run) for run in runs],
            "results": results,
        }
        write_whole(self._file, json.dumps(facts, indent=1) + "\n", make_folder=True)


def _relative(folder: Path, out: Path) -> str:
    try:
        return Path(os.path.relpath(folder.resolve(), out.resolve())).as_posix()
    except ValueError:  # another drive
        return folder.resolve().as_posix()


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
