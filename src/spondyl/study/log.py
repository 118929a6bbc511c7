"""``study.json``: what a study is, which stages are done, what they took, on which machine."""

import hashlib
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from spondyl.files import write_whole
from spondyl.study.plan.form import StudyError, StudyPlan
from spondyl.train.machine import machine

SCHEMA = "spondyl.study/1"
FILE_NAME = "study.json"
#: Keys of the plan on which the films and their sides depend; the others may change.
_DATA_KEYS = (
    "seed", "hospitals", "internal", "external", "split", "incomplete", "silent", "suspected",
    "undrawn", "faults", "patients", "pictures",
)  # fmt: skip


class StudyLog:
    """The file ``study.json`` of a study, written anew after each stage.

    Parameters
    ----------
    out : Path
        The study's folder; made where it is missing.
    plan : StudyPlan

    Raises
    ------
    StudyError
        If the folder holds a study of other films.
    """

    def __init__(self, out: Path, plan: StudyPlan) -> None:
        self.file = out / FILE_NAME
        values = json.loads(plan.model_dump_json())
        data = {key: values[key] for key in _DATA_KEYS}
        self.data_key = hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
        self.facts: dict[str, Any] = {"schema": SCHEMA, "stages": {}, "figures": {}}
        if self.file.is_file():
            self.facts = self._read()
            if self.done("split") and self.facts.get("data_key") != self.data_key:
                raise StudyError(
                    f"{out} holds a study of other hospitals or another split ({FILE_NAME} "
                    "differs); choose another folder, or remove this one."
                )
        elif any(out.glob("*")):
            raise StudyError(
                f"{out} is not empty and holds no study; choose another folder for this one."
            )
        self.facts |= {
            "data_key": self.data_key,
            "name": plan.name,
            "seed": plan.seed,
            "plan": values,
            "hardware": machine(),
        }

    def _read(self) -> dict[str, Any]:
        try:
            facts = json.loads(self.file.read_text(encoding="utf-8"))
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            raise StudyError(
                f"{self.file} is not valid JSON ({error}); remove it to begin this study anew."
            ) from None
        if not isinstance(facts, dict) or facts.get("schema") != SCHEMA:
            raise StudyError(f'{self.file}: expected "schema": "{SCHEMA}".')
        return facts

    def done(self, stage: str) -> bool:
        """The stage ended in an earlier run."""
        return bool(self.facts["stages"].get(stage, {}).get("done"))

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a stage; its seconds add up over runs that were stopped."""
        entry = self.facts["stages"].setdefault(name, {"seconds": 0.0, "runs": 0, "done": None})
        entry["runs"] += 1
        before, started = float(entry["seconds"]), time.monotonic()
        try:
            yield
            entry["done"] = datetime.now(UTC).isoformat(timespec="seconds")
        finally:
            entry["seconds"] = round(before + time.monotonic() - started, 1)
            self.save()

    def note(self, **facts: Any) -> None:
        """Keep figures of the study beside its stages."""
        self.facts["figures"].update(facts)
        self.save()

    @property
    def stages(self) -> Mapping[str, Mapping[str, Any]]:
        """Name -> seconds, runs, when it ended."""
        stages: Mapping[str, Mapping[str, Any]] = self.facts["stages"]
        return stages

    def save(self) -> None:
        """Write the file, whole or not at all."""
        write_whole(self.file, json.dumps(self.facts, indent=1) + "\n", make_folder=True)
