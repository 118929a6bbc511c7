"""Which results of a film go where."""

from collections.abc import Sequence
from dataclasses import dataclass

from spondyl.serve.dicom.model import Arrival
from spondyl.serve.dicom.settings import Route


@dataclass(frozen=True)
class Verdict:
    """What routes may ask of a reading."""

    fractured: bool
    assessable: bool


def results_needed(routes: Sequence[Route], arrival: Arrival) -> tuple[str, ...]:
    """Kinds of results that a film may need, before it was read."""
    kinds = [kind for route in routes if _fits_arrival(route, arrival) for kind in route.results]
    return tuple(dict.fromkeys(kinds))


def parcels_of(
    routes: Sequence[Route], arrival: Arrival, verdict: Verdict
) -> tuple[tuple[str, str], ...]:
    """Pairs of destination and kind of result, each once."""
    pairs = [
        (name, kind)
        for route in routes
        if _fits_arrival(route, arrival) and _fits_verdict(route, verdict)
        for name in route.to
        for kind in route.results
    ]
    return tuple(dict.fromkeys(pairs))


def _fits_arrival(route: Route, arrival: Arrival) -> bool:
    return (not route.callers or arrival.sender in route.callers) and (
        not route.origins or arrival.origin in route.origins
    )


def _fits_verdict(route: Route, verdict: Verdict) -> bool:
    return route.fractured in (None, verdict.fractured) and route.assessable in (
        None,
        verdict.assessable,
    )
