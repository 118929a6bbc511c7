import random
from dataclasses import replace

import pytest

from spondyl.anatomy import Level, Status
from spondyl.labels import FilmLabel, VertebraLabel
from spondyl.labels.split import LeakError, find_leaks, refuse_leaks, split_films


def film(name, patient=None, status=None, split=None):
    bodies = {} if status is None else {Level.L1: VertebraLabel(Level.L1, status=status)}
    return FilmLabel(name, (9, 9), "left", bodies, patient=patient, split=split)


def patients(count=60, films=2, fractured=3):
    return [
        film(f"{p}-{k}", f"p{p}", Status.NORMAL if p % fractured else Status.FRACTURED)
        for p in range(count)
        for k in range(1 + (films - 1) * (p % 2))
    ]


def sides(films):
    return {film.name: film.split for film in films}


def test_shares_and_fractures_on_every_side():
    films = split_films(patients(300), (0.8, 0.1, 0.1), seed=4)
    for side, share in (("train", 0.8), ("validation", 0.1), ("test", 0.1)):
        members = [f for f in films if f.split == side]
        assert len(members) == pytest.approx(share * len(films), abs=3)
        fractured = sum(f.fractured for f in members)
        assert fractured / len(members) == pytest.approx(1 / 3, abs=0.04)


def test_patients_stay_together():
    films = split_films(patients(80, films=5), (0.5, 0.5), seed=1)
    by_patient = {}
    for one in films:
        by_patient.setdefault(one.patient, set()).add(one.split)
    assert all(len(found) == 1 for found in by_patient.values())
    assert find_leaks(films) == ()


def test_the_order_of_films_does_not_matter_and_the_seed_does():
    films = patients()
    first = sides(split_films(films, seed=7))
    shuffled = films[:]
    random.Random(0).shuffle(shuffled)
    assert sides(split_films(shuffled, seed=7)) == first
    assert sides(split_films(films, seed=8)) != first


def test_films_come_back_in_their_order_with_nothing_else_changed():
    films = patients(9)
    back = split_films(films, (0.5, 0.5))
    assert [replace(f, split=None) for f in back] == films


def test_one_picture_of_two_patients_stays_together_and_pulls_both_along():
    films = patients(40)
    same = [("0-0", "1-0"), ("1-1", "2-0")]
    found = sides(split_films(films, (0.5, 0.5), seed=2, same=same))
    assert len({found[name] for name in ("0-0", "1-0", "1-1", "2-0")}) == 1


def test_silent_films_are_shared_out_as_well():
    films = [film(f"{k}", f"p{k}") for k in range(20)]
    found = list(sides(split_films(films, (0.5, 0.5))).values())
    assert found.count("train") == 10


def test_leaks_are_named():
    films = [film("a", "p", split="train"), film("b", "p", split="test"), film("c", "q")]
    with pytest.raises(LeakError, match=r"a \(train\), b \(test\): all are of 'p'"):
        refuse_leaks(films)
    films = [film("a", "p", split="train"), film("b", "q", split="test"), film("c", "p")]
    refuse_leaks(films)
    with pytest.raises(LeakError, match=r"a \(train\), b \(test\): they are one picture"):
        refuse_leaks(films, [("a", "b"), ("a", "c")])


@pytest.mark.parametrize("shares", [(0.5, 0.6), (1.0, 0.0), (1.0,), (0.25,) * 4])
def test_shares_that_are_none(shares):
    with pytest.raises(ValueError, match=r"shares|Shares"):
        split_films(patients(4), shares)


def test_sides_may_have_other_names():
    found = set(
        sides(split_films(patients(), (0.5, 0.5), sides=("internal", "held back"))).values()
    )
    assert found == {"internal", "held back"}
