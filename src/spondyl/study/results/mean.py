"""Several trainings of one system as one reader: the mean of their probabilities."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from spondyl.anatomy import Status
from spondyl.evaluate.outcome import BodyOutcome, FilmOutcome
from spondyl.study.results.model import ComparisonError, SystemOnSet


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
