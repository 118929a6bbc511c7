"""A comparison read back from its folder: every system on every set, body by body.

``DIR`` of ``spondyl compare COMPARE.yaml --out DIR`` holds ``compare.json`` (form
``spondyl.compare/1``), and per system, seed and fold ``thresholds.json`` and per set
``evaluation.json`` as :func:`spondyl.evaluate.run.evaluate` writes it.
"""

import json
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from spondyl.anatomy import Level, Shape, Status
from spondyl.evaluate.outcome import BodyOutcome, FilmOutcome
from spondyl.labels import DatasetError, load_dataset
from spondyl.study.flow.model import patients_of
from spondyl.study.results.model import (
    Comparison,
    ComparisonError,
    RunFacts,
    SetFacts,
    SystemOnSet,
)

SCHEMA = "spondyl.compare/1"
COMPARE_NAME = "compare.json"
THRESHOLDS_NAME = "thresholds.json"
EVALUATION_NAME = "evaluation.json"
READINGS_NAME = "readings"
EVALUATION_SCHEMA = "spondyl.evaluation/1"

_BODY_KEYS = frozenset(item.name for item in fields(BodyOutcome)) - {"film", "patient"}
_FILM_KEYS = frozenset(item.name for item in fields(FilmOutcome))


def load_comparison(folder: Path) -> Comparison:
    """Read a comparison's folder.

    Raises
    ------
    ComparisonError
        If a file is missing or does not follow its form, or the films' labels are gone.
    """
    folder = Path(folder)
    file = folder / COMPARE_NAME
    facts = _json(file)
    if facts.get("schema") != SCHEMA:
        raise ComparisonError(
            f'{file}: expected "schema": "{SCHEMA}", found {facts.get("schema")!r}.'
        )
    try:
        sets = tuple(_set(folder, one) for one in facts["sets"])
        external = {one.name: one.external for one in sets}
        results = tuple(
            _result(folder, one, external[one["set"]]) for one in facts.get("results", ())
        )
        return Comparison(
            folder=folder,
            plan=facts["plan"],
            systems=tuple(facts["systems"]),
            sets=sets,
            results=results,
            hardware=facts.get("hardware", {}),
            minutes=float(facts.get("minutes", 0.0)),
            seeds=tuple(int(seed) for seed in facts["seeds"]),
            folds=facts.get("folds"),
            runs=tuple(RunFacts(**run) for run in facts.get("runs", ())),
            facts=facts,
        )
    except (KeyError, TypeError) as error:
        raise ComparisonError(f"{file} does not follow the form {SCHEMA} ({error}).") from None


def film_outcome(value: Mapping[str, Any]) -> FilmOutcome:
    """One film of ``evaluation.json`` as it was judged (numbers there have five digits).

    Raises
    ------
    KeyError, TypeError, ValueError
        If the value does not follow the form.
    """
    said = {key: item for key, item in value.items() if key in _FILM_KEYS}
    film, patient = str(value["film"]), str(value["patient"])
    said["bodies"] = tuple(_body(film, patient, body) for body in value["bodies"])
    return FilmOutcome(**said)


def _body(film: str, patient: str, value: Mapping[str, Any]) -> BodyOutcome:
    said = {key: item for key, item in value.items() if key in _BODY_KEYS}
    said["level"], said["status"] = Level(value["level"]), Status(value["status"])
    said["shape"] = None if value.get("shape") is None else Shape(value["shape"])
    said["named"] = None if value.get("named") is None else Level(value["named"])
    said["mimics"] = tuple(value.get("mimics", ()))
    return BodyOutcome(film=film, patient=patient, **said)


def load_outcomes(file: Path) -> tuple[FilmOutcome, ...]:
    """The films of an ``evaluation.json``.

    Raises
    ------
    ComparisonError
        If the file is missing or does not follow the form.
    """
    content = _json(file)
    try:
        if content.get("schema") != EVALUATION_SCHEMA:
            raise ValueError(f'expected "schema": "{EVALUATION_SCHEMA}"')
        return tuple(film_outcome(film) for film in content["films"])
    except (KeyError, TypeError, ValueError) as error:
        raise ComparisonError(
            f"{file} does not follow the form {EVALUATION_SCHEMA} ({error})."
        ) from None


def _result(folder: Path, value: Mapping[str, Any], external: bool) -> SystemOnSet:
    place = folder / str(value["folder"])
    thresholds = _json(place.parent / THRESHOLDS_NAME)
    return SystemOnSet(
        system=str(value["system"]),
        seed=int(value["seed"]),
        fold=value.get("fold"),
        set_name=str(value["set"]),
        external=external,
        outcomes=load_outcomes(place / EVALUATION_NAME),
        body_threshold=float(thresholds["body"]["threshold"]),
        film_threshold=float(thresholds["film"]["threshold"]),
        folder=place,
    )


def _set(folder: Path, value: Mapping[str, Any]) -> SetFacts:
    # Relative to the comparison's folder, so that both can move together.
    place = (folder / str(value["folder"])).resolve()
    split = value.get("split")
    try:
        data = load_dataset(place)
    except DatasetError as error:
        raise ComparisonError(f'The films of set "{value["name"]}" are gone: {error}') from None
    labels = tuple(film for film in data if split is None or film.split == split)
    return SetFacts(
        name=str(value["name"]),
        external=bool(value["external"]),
        simulated=value.get("simulated"),
        folder=place,
        films=len(labels),
        patients=patients_of(labels),
        labels=labels,
        note=data.note,
    )


def _json(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ComparisonError(f"{file} does not exist; run `spondyl compare` first.") from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ComparisonError(
            f"{file} is not valid JSON ({error}). Delete it and run the comparison again."
        ) from None
    if not isinstance(content, dict):
        raise ComparisonError(f"{file}: expected an object, found {type(content).__name__}.")
    return content
