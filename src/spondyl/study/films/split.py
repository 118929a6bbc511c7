"""Sides of a study's films by whole numbers: so many to train, to validate, to test."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from spondyl.labels import FilmLabel
from spondyl.labels.split import draw_place, film_groups, refuse_leaks, split_films
from spondyl.study.plan.form import SIDE_NAMES, StudyError
from spondyl.study.plan.parts import SplitSettings

#: The side of films that a split by numbers does not ask for; dropped before anything is written.
SPARE = "spare"


def split_study(
    films: Sequence[FilmLabel],
    settings: SplitSettings,
    seed: int,
    same: Iterable[tuple[str, str]] = (),
) -> tuple[FilmLabel, ...]:
    """Give each film its side, by patient and with equal shares of fractured patients.

    Parameters
    ----------
    films : sequence of FilmLabel
    settings : SplitSettings
        Its own seed goes first.
    seed : int
    same : iterable of (str, str)
        Films that are one picture: they stay together.

    Returns
    -------
    tuple of FilmLabel
        In the order given; films beyond the numbers asked for are of the side ``SPARE``.

    Raises
    ------
    StudyError
        If more films are asked for than there are, or a side would be empty.
    LeakError
        If a patient or a picture would be on two sides.
    """
    same = tuple(same)
    seed = seed if settings.seed is None else settings.seed
    if settings.counts is None:
        done = split_films(films, settings.values, seed, same)
    else:
        done = split_counts(films, settings.counts, seed, same)
    placed = {film.split for film in done}
    empty = [side for side in SIDE_NAMES if side not in placed]
    if empty:
        raise StudyError(
            f"split: {len(films)} films leave none for {' and '.join(empty)}; add films or change "
            "the split."
        )
    refuse_leaks(done, same)
    return done


def split_counts(
    films: Sequence[FilmLabel],
    counts: Sequence[int],
    seed: int = 0,
    same: Iterable[tuple[str, str]] = (),
) -> tuple[FilmLabel, ...]:
    """Split by numbers of films.

    Exact where patients have one film each; patients of several films are kept whole, so that the
    numbers may then be missed by few films.

    Parameters
    ----------
    films : sequence of FilmLabel
    counts : sequence of int
        Of train, validation, test.
    seed : int
    same : iterable of (str, str)
        Films that are one picture.

    Raises
    ------
    StudyError
        If there are too few films.
    """
    wanted = sum(counts)
    if wanted > len(films):
        raise StudyError(
            f"split: {wanted} films are asked for ({', '.join(map(str, counts))}), "
            f"{len(films)} can be used; ask for fewer, or give shares."
        )
    names = (*SIDE_NAMES, SPARE)
    sizes = [*counts, len(films) - wanted]
    strata: dict[bool | None, list[list[FilmLabel]]] = defaultdict(list)
    for group in film_groups(films, same):
        known = [film.fractured for film in group if film.fractured is not None]
        strata[any(known) if known else None].append(group)
    given: dict[str, str] = {}
    left = list(sizes)
    rest = len(films)
    for key in sorted(strata, key=str):
        groups = strata[key]
        total = sum(len(group) for group in groups)
        room = _rounded([size * total / rest for size in left], left, total)
        groups.sort(key=lambda group: (-len(group), draw_place(seed, group)))
        for group in groups:
            side = max(range(len(room)), key=lambda k: room[k])
            room[side] -= len(group)
            left[side] -= len(group)
            given.update({film.name: names[side] for film in group})
        rest -= total
    return tuple(replace(film, split=given[film.name]) for film in films)


def _rounded(shares: Sequence[float], most: Sequence[int], total: int) -> list[int]:
    """Whole numbers near the shares that add up to the total, none above its most."""
    whole = [min(int(share), limit) for share, limit in zip(shares, most, strict=True)]
    by_rest = sorted(range(len(shares)), key=lambda k: whole[k] - shares[k])
    while sum(whole) < total:
        before = sum(whole)
        for k in by_rest:
            if sum(whole) < total and whole[k] < most[k]:
                whole[k] += 1
        if sum(whole) == before:  # patients of several films have taken more than their room
            whole[by_rest[0]] += total - before
    return whole
