"""One system against another on the same films: difference, interval, p, Holm's p."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from spondyl.evaluate.comparison import compare_outcomes
from spondyl.evaluate.multiple import adjusted
from spondyl.evaluate.pair import PairedTest
from spondyl.evaluate.statistics import Figure
from spondyl.study.results.readers import UNITS, Reader, SetReaders
from spondyl.study.tables.paper import file_key
from spondyl.study.tables.table import Column, Row, Table, p_value, share

#: What is tested, in this order; the abstract's claim is of sensitivity and AUC.
TESTED: tuple[tuple[str, str], ...] = (
    ("auc", "AUC"),
    ("sensitivity", "Sensitivity"),
    ("specificity", "Specificity"),
    ("accuracy", "Accuracy"),
    ("level_success", "Level success"),
)


@dataclass(frozen=True)
class PairKey:
    """What a test is of: set, the two systems, which trainings, unit, figure."""

    set_name: str
    first: str
    second: str
    training: str
    averaged: bool
    unit: str
    figure: str


Pairs = Mapping[PairKey, PairedTest]


def pair_tests(sets: Sequence[SetReaders], systems: Sequence[str]) -> Pairs:
    """Every test of the first system against each other one, with Holm's p.

    Trainings are paired by seed and fold. Where a system was trained once, its only training
    stands for the average. The averages' tests are the study's primary ones: Holm's adjustment of
    theirs goes over them all; that of single trainings goes over every test there is.
    """
    tests: dict[PairKey, PairedTest] = {}
    for readers in sets:
        for other in systems[1:]:
            if systems[0] not in readers.averages or other not in readers.averages:
                continue
            for first, second, averaged in _matched(readers, systems[0], other):
                for (unit, figure), test in _tests(first, second).items():
                    key = PairKey(
                        readers.facts.name, systems[0], other, first.words, averaged, unit, figure
                    )
                    tests[key] = test
    primary = adjusted({key: test for key, test in tests.items() if key.averaged})
    return adjusted(tests) | primary


def _matched(readers: SetReaders, one: str, other: str) -> list[tuple[Reader, Reader, bool]]:
    pairs = [(readers.averages[one], readers.averages[other], True)]
    if len(readers.trainings[one]) > 1:
        by_place = {(r.seed, r.fold): r for r in readers.trainings[other]}
        pairs += [
            (reader, by_place[reader.seed, reader.fold], False)
            for reader in readers.trainings[one]
            if (reader.seed, reader.fold) in by_place
        ]
    return pairs


def _tests(first: Reader, second: Reader) -> dict[tuple[str, str], PairedTest]:
    found = {}
    for unit, _ in UNITS:
        compared = compare_outcomes(first.outcomes, second.outcomes, unit=unit)
        for key, _ in TESTED:
            if key in compared:
                found[unit, key] = compared[key]
    return found


def pairs_table(pairs: Pairs, readers: SetReaders, second: str, averaged: bool) -> Table:
    """The tests of one set, of the averages or of each training."""
    chosen = {
        key: test
        for key, test in pairs.items()
        if key.set_name == readers.facts.name and key.second == second and key.averaged is averaged
    }
    first = next((key.first for key in chosen), "")
    units, figures = dict(UNITS), dict(TESTED)
    rows = []
    for key, test in chosen.items():
        group = units[key.unit] if averaged else f"{key.training}, {units[key.unit].lower()}"
        rows.append(
            Row(
                (
                    figures[key.figure],
                    test.first,
                    test.second,
                    Figure(test.difference, test.n, test.low, test.high, test.interval_method),
                    test.p,
                    test.adjusted_p,
                    test.method,
                ),
                group,
            )
        )
    training = next((key.training for key in chosen), "")
    which = training if averaged else "each training"
    name = "pair" if averaged else "pair-trainings"
    return Table(
        key=f"{name}-{file_key(readers.facts.name)}-{file_key(second)}",
        title=f"{first} against {second}, {which}. {readers.title}",
        columns=(
            Column(""),
            Column(first, "share"),
            Column(second, "share"),
            Column("Difference (95 % interval)", "difference"),
            Column("p", "p"),
            Column("p, Holm", "p"),
            Column("Test"),
        ),
        rows=tuple(rows),
        notes=(
            f"Two-sided tests on the same films. {_family(pairs, averaged)}",
            *_notes(chosen),
        ),
    )


def _family(pairs: Pairs, averaged: bool) -> str:
    """Over which tests Holm's adjustment went."""
    made = sum(test.p is not None and (key.averaged or not averaged) for key, test in pairs.items())
    if averaged:
        return (
            f"Holm’s adjustment goes over the {made} tests of this kind: sets, units and figures."
        )
    return f"Holm’s adjustment goes over all {made} tests, those of the averages too."


def _notes(chosen: Pairs) -> list[str]:
    """Why something is missing, each reason once; how the intervals were made."""
    reasons = dict.fromkeys(test.note for test in chosen.values() if test.note)
    methods = dict.fromkeys(t.interval_method for t in chosen.values() if t.interval_method)
    said = list(reasons)
    if methods:
        said.append("Intervals: " + ", ".join(methods) + ".")
    return said


def verdict(pairs: Pairs, sets: Sequence[SetReaders], alpha: float = 0.05) -> list[str]:
    """What came out of the averages' tests of AUC and sensitivity, a sentence per set and pair."""
    figures = dict(TESTED)
    said = []
    for readers in sets:
        for (first, second), tests in _by_pair(pairs, readers.facts.name).items():
            words = [
                f"{_as_in_text(figures[key.figure])} per {key.unit} {_came_out(test, alpha)}"
                for key, test in tests
                if test.difference is not None and test.p is not None
            ]
            if words:
                said.append(f"{readers.title}, {first} less {second}: {'; '.join(words)}.")
    return said


def _as_in_text(words: str) -> str:
    """Abbreviations keep their capitals."""
    return words if words.isupper() else words.lower()


def _by_pair(pairs: Pairs, name: str) -> dict[tuple[str, str], list[tuple[PairKey, PairedTest]]]:
    found: dict[tuple[str, str], list[tuple[PairKey, PairedTest]]] = {}
    for key, test in pairs.items():
        if key.set_name == name and key.averaged and key.figure in ("auc", "sensitivity"):
            found.setdefault((key.first, key.second), []).append((key, test))
    return found


def _came_out(test: PairedTest, alpha: float) -> str:
    p = 1.0 if test.adjusted_p is None else test.adjusted_p
    value = share(test.difference or 0.0, signed=True)
    return f"{value} ({'significant' if p < alpha else 'not significant'}, Holm’s p {p_value(p)})"
