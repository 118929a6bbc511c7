"""Splits by patient: equal shares of fractured patients on all sides, the same for a seed."""

import hashlib
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from spondyl.labels.model import FilmLabel

#: Names of the sides by their number.
SIDES: Mapping[int, tuple[str, ...]] = {
    2: ("train", "test"),
    3: ("train", "validation", "test"),
}
_DEFAULT_SHARES = (0.8, 0.1, 0.1)


class LeakError(ValueError):
    """A split puts what belongs together on two sides.

    Attributes
    ----------
    leaks : tuple of Leak
    """

    def __init__(self, leaks: Sequence["Leak"]) -> None:
        self.leaks = tuple(leaks)
        shown = [leak.sentence for leak in self.leaks[:5]]
        if len(self.leaks) > len(shown):
            shown.append(f"(and {len(self.leaks) - len(shown)} more)")
        super().__init__("This split leaks: " + " ".join(shown))


@dataclass(frozen=True)
class Leak:
    """Films that belong together, on different sides.

    Attributes
    ----------
    films : tuple of str
    sides : tuple of str
        Of each film.
    patient : str or None
        The patient whose films they are; None where they are one picture.
    """

    films: tuple[str, ...]
    sides: tuple[str, ...]
    patient: str | None = None

    @property
    def sentence(self) -> str:
        """The leak as a sentence."""
        placed = ", ".join(f"{f} ({s})" for f, s in zip(self.films, self.sides, strict=True))
        what = "they are one picture" if self.patient is None else f"all are of {self.patient!r}"
        return f"{placed}: {what}."


def split_films(
    films: Sequence[FilmLabel],
    shares: Sequence[float] = _DEFAULT_SHARES,
    seed: int = 0,
    same: Iterable[tuple[str, str]] = (),
    sides: Sequence[str] | None = None,
) -> tuple[FilmLabel, ...]:
    """Give each film a side.

    Parameters
    ----------
    films : sequence of FilmLabel
        Those without a patient count as a patient each.
    shares : sequence of float
        Share of films per side; they add up to 1.
    seed : int
        The same seed gives the same split, whatever order the films come in.
    same : iterable of (str, str)
        Films that are one picture: they stay together, whoever's they are said to be.
    sides : sequence of str, optional
        Names of the sides; train and test, or train, validation and test.

    Returns
    -------
    tuple of FilmLabel
        In the order given.

    Raises
    ------
    ValueError
        If shares and sides do not fit.
    """
    names = tuple(sides) if sides is not None else SIDES.get(len(shares), ())
    if len(names) != len(shares):
        raise ValueError(
            f"{len(shares)} shares need as many names of sides; found {', '.join(names) or 'none'}."
        )
    if min(shares) <= 0 or not math.isclose(sum(shares), 1.0, abs_tol=1e-6):
        raise ValueError(
            f"Shares must be above 0 and add up to 1, found {', '.join(map(str, shares))}."
        )
    given: dict[str, str] = {}
    strata: dict[bool | None, list[list[FilmLabel]]] = defaultdict(list)
    for group in film_groups(films, same):
        strata[_fractured(group)].append(group)
    for groups in strata.values():
        total = sum(len(group) for group in groups)
        room = [share * total for share in shares]
        # Large groups first: they are the ones that are hard to place.
        groups.sort(key=lambda group: (-len(group), draw_place(seed, group)))
        for group in groups:
            side = max(range(len(room)), key=lambda k: room[k])
            room[side] -= len(group)
            given.update({film.name: names[side] for film in group})
    return tuple(replace(film, split=given[film.name]) for film in films)


def find_leaks(
    films: Sequence[FilmLabel], same: Iterable[tuple[str, str]] = ()
) -> tuple[Leak, ...]:
    """What a split has on two sides; films without a side count for none.

    Parameters
    ----------
    films : sequence of FilmLabel
    same : iterable of (str, str)
        Films that are one picture.
    """
    placed = {film.name: film.split for film in films if film.split is not None}
    leaks = []
    by_patient: dict[str, list[str]] = defaultdict(list)
    for film in films:
        if film.patient is not None and film.name in placed:
            by_patient[film.patient].append(film.name)
    for patient, names in sorted(by_patient.items()):
        if len({placed[name] for name in names}) > 1:
            leaks.append(_leak(names, placed, patient))
    for one, other in same:
        if one in placed and other in placed and placed[one] != placed[other]:
            leaks.append(_leak([one, other], placed, None))
    return tuple(leaks)


def refuse_leaks(films: Sequence[FilmLabel], same: Iterable[tuple[str, str]] = ()) -> None:
    """Raise if a split has one patient or one picture on two sides.

    Raises
    ------
    LeakError
        Naming the films.
    """
    leaks = find_leaks(films, same)
    if leaks:
        raise LeakError(leaks)


def _leak(names: Sequence[str], placed: Mapping[str, str | None], patient: str | None) -> Leak:
    """One film of each side, so that a patient of many films is named in one line."""
    shown: dict[str, str] = {}
    for name in names:
        shown.setdefault(str(placed[name]), name)
    return Leak(tuple(shown.values()), tuple(shown), patient)


def film_groups(
    films: Sequence[FilmLabel], same: Iterable[tuple[str, str]] = ()
) -> list[list[FilmLabel]]:
    """Films that must stay together: of one patient, or one picture, or linked by both."""
    parent = {film.name: film.name for film in films}

    def root(name: str) -> str:
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    first: dict[str, str] = {}
    for film in films:
        if film.patient is not None:
            parent[root(film.name)] = root(first.setdefault(film.patient, film.name))
    for one, other in same:
        if one in parent and other in parent:
            parent[root(one)] = root(other)
    groups: dict[str, list[FilmLabel]] = defaultdict(list)
    for film in films:
        groups[root(film.name)].append(film)
    return list(groups.values())


def _fractured(group: Sequence[FilmLabel]) -> bool | None:
    known = [film.fractured for film in group if film.fractured is not None]
    return any(known) if known else None


def draw_place(seed: int, group: Sequence[FilmLabel]) -> bytes:
    """A place that seed and names alone decide."""
    key = min(film.patient or film.name for film in group)
    return hashlib.sha256(f"{seed}|{key}".encode()).digest()
