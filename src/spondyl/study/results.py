"""A comparison read back from its folder: every system on every set, body by body.

``DIR`` of ``spondyl compare COMPARE.yaml --out DIR`` holds ``compare.json`` (form
``spondyl.compare/1``), and per system, seed and fold ``thresholds.json`` and per set
``evaluation.json`` as :func:`spondyl.evaluate.run.evaluate` writes it.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from spondyl.anatomy import Level, Shape, Status
from spondyl.evaluate.outcome import BodyOutcome, FilmOutcome
from spondyl.labels import DatasetError, FilmLabel, load_dataset

SCHEMA = "spondyl.compare/1"
COMPARE_NAME = "compare.json"
THRESHOLDS_NAME = "thresholds.json"
EVALUATION_NAME = "evaluation.json"
READINGS_NAME = "readings"
EVALUATION_SCHEMA = "spondyl.evaluation/1"
#: Name of the test films of the study's own data set.
INTERNAL = "internal"

_BODY_KEYS = frozenset(item.name for item in fields(BodyOutcome)) - {"film", "patient"}
_FILM_KEYS = frozenset(item.name for item in fields(FilmOutcome))


class ComparisonError(ValueError):
    """A comparison's folder cannot be read back; the message says which file and why."""


@dataclass(frozen=True)
class SetFacts:
    """One set of test films.

    Attributes
    ----------
    name : str
    external : bool
        From elsewhere than the films that were trained on.
    simulated : bool or None
        None where the data set does not say.
    folder : Path
        Of the data set.
    films, patients : int
    labels : tuple of FilmLabel
        Of the films that were tested, in the order of the outcomes.
    note : str
        The data set's own.
    """

    name: str
    external: bool
    simulated: bool | None
    folder: Path
    films: int
    patients: int
    labels: tuple[FilmLabel, ...]
    note: str = ""


@dataclass(frozen=True)
class SystemOnSet:
    """What one system, trained with one seed on one fold, said of one set.

    Attributes
    ----------
    system : str
    seed : int
    fold : int or None
        None where the data set's own split was used.
    set_name : str
    external : bool
    outcomes : tuple of FilmOutcome
        In the same order for every system of a set.
    body_threshold, film_threshold : float
        Chosen on validation films.
    folder : Path
        Of ``evaluation.json``; ``readings/`` lies beside it.
    """

    system: str
    seed: int
    fold: int | None
    set_name: str
    external: bool
    outcomes: tuple[FilmOutcome, ...]
    body_threshold: float
    film_threshold: float
    folder: Path


@dataclass(frozen=True)
class RunFacts:
    """One training: which, how long, on how many steps."""

    arm: str
    seed: int
    fold: int | None
    steps: int
    minutes: float
    parameters: int
    epochs: float
    score: float | None = None


@dataclass(frozen=True)
class Comparison:
    """A whole comparison.

    Attributes
    ----------
    folder : Path
    plan : mapping
        As the YAML file had it, defaults filled in.
    systems : tuple of str
    sets : tuple of SetFacts
        The internal one first.
    results : tuple of SystemOnSet
    hardware : mapping
        Versions, processor, cores, accelerators.
    minutes : float
        Of training, all runs together.
    seeds : tuple of int
    folds : int or None
    runs : tuple of RunFacts
    facts : mapping
        The whole of ``compare.json``.
    """

    folder: Path
    plan: Mapping[str, Any]
    systems: tuple[str, ...]
    sets: tuple[SetFacts, ...]
    results: tuple[SystemOnSet, ...]
    hardware: Mapping[str, Any]
    minutes: float
    seeds: tuple[int, ...]
    folds: int | None
    runs: tuple[RunFacts, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    def of(self, system: str, set_name: str) -> tuple[SystemOnSet, ...]:
        """Every seed and fold of one system on one set."""
        return tuple(
            one for one in self.results if one.system == system and one.set_name == set_name
        )

    def set_named(self, name: str) -> SetFacts:
        """The facts of one set.

        Raises
        ------
        KeyError
            If there is none of this name.
        """
        for one in self.sets:
            if one.name == name:
                return one
        raise KeyError(name)


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


def averaged(results: Sequence[SystemOnSet]) -> tuple[FilmOutcome, ...]:
    """Several trainings of one system on one set as one reader: their mean.

    Probabilities are the mean over the trainings (0 where one did not find the body), calls are
    made at the mean of the thresholds, and a body counts as found, assessable or rightly named
    where more than half of the trainings have it so.

    Parameters
    ----------
    results : sequence of SystemOnSet
        Of one system and one set; at least one.

    Raises
    ------
    ComparisonError
        If they are not of one system and one set, or do not hold the same films.
    """
    if not results:
        raise ComparisonError("There is no result to average; give at least one.")
    if len({(one.system, one.set_name) for one in results}) > 1:
        raise ComparisonError("Only results of one system on one set can be averaged.")
    films = [tuple(film.film for film in one.outcomes) for one in results]
    if len(set(films)) > 1:
        raise ComparisonError(
            f"The results of {results[0].system} on {results[0].set_name} are of different films; "
            "run the comparison again."
        )
    if len(results) == 1:
        return results[0].outcomes
    body = _mean(one.body_threshold for one in results)
    film = _mean(one.film_threshold for one in results)
    return tuple(
        _film_mean(same, body, film)
        for same in zip(*(one.outcomes for one in results), strict=True)
    )


def _film_mean(same: Sequence[FilmOutcome], body_at: float, film_at: float) -> FilmOutcome:
    first = same[0]
    bodies = tuple(
        _body_mean(one, body_at) for one in zip(*(film.bodies for film in same), strict=True)
    )
    probability = _mean(film.fracture_probability for film in same)
    assessable = _most(film.assessable for film in same)
    known = [film.side_right for film in same if film.side_right is not None]
    return replace(
        first,
        bodies=bodies,
        false_alarms_on_normal=sum(
            body.called_fractured and body.status is Status.NORMAL for body in bodies
        ),
        # What has no body cannot be paired between trainings: the mean count stands.
        false_alarms_on_no_body=round(_mean(film.false_alarms_on_no_body for film in same)),
        extra_findings=round(_mean(film.extra_findings for film in same)),
        fracture_probability=probability,
        called_fractured=probability >= film_at,
        assessable=assessable,
        numbering_confidence=_mean(film.numbering_confidence for film in same),
        side_right=_most(known) if known else None,
        error=first.error if all(film.error is not None for film in same) else None,
    )


def _body_mean(same: Sequence[BodyOutcome], threshold: float) -> BodyOutcome:
    first = same[0]
    found = _most(body.found for body in same)
    named = Counter(body.named for body in same if body.named is not None)
    right = _most(body.named_right for body in same)
    wrong = [name for name, _ in named.most_common() if name is not first.level]
    name = first.level if right else (wrong[0] if wrong else None)
    shifts = [body.shift for body in same if body.found and body.named is name]
    assessable = _most(body.assessable for body in same)
    probability = _mean(body.fracture_probability for body in same)
    return replace(
        first,
        found=found,
        named=name if found else None,
        shift=shifts[0] if found and shifts else None,
        assessable=assessable,
        fracture_probability=probability,
        called_fractured=assessable and probability >= threshold,
        called_grade=None,
        corner_error=_known_mean(same, lambda body: body.corner_error),
        dice=_known_mean(same, lambda body: body.dice),
        loss_measured=_known_mean(same, lambda body: body.loss_measured),
        anterior_posterior_error=_known_mean(same, lambda body: body.anterior_posterior_error),
        middle_posterior_error=_known_mean(same, lambda body: body.middle_posterior_error),
    )


def _mean(values: Iterable[float]) -> float:
    kept = list(values)
    return sum(kept) / len(kept)


def _most(values: Iterable[bool | None]) -> bool:
    kept = list(values)
    return 2 * sum(bool(value) for value in kept) > len(kept)


def _known_mean(
    same: Sequence[BodyOutcome], value: Callable[[BodyOutcome], float | None]
) -> float | None:
    known = [number for body in same if (number := value(body)) is not None]
    return _mean(known) if known else None


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
        patients=len({film.patient or film.name for film in labels}),
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
