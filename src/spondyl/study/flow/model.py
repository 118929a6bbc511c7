"""The flow of films through a study, from what was at hand to what was trained on and tested.

A :class:`Flow` holds one :class:`Stream` per source of films. Its counts must add up: what is not
in the next box was excluded for a reason that is counted.
:mod:`spondyl.study.flow.picture` draws it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from spondyl.labels import FilmLabel

#: Names of the sides of a split, in the order they are shown, and what they are called.
SPLITS: tuple[tuple[str, str], ...] = (
    ("train", "Training"),
    ("validation", "Validation"),
    ("test", "Internal test"),
)


@dataclass(frozen=True)
class Excluded:
    """So many were left out, and why."""

    reason: str
    count: int


@dataclass(frozen=True)
class Step:
    """One box.

    Attributes
    ----------
    words : str
        "Films found", "Labelled from reports".
    count : int
    patients : int or None
    unit : str
        What is counted, in the plural.
    detail : str
        One more line, as "41 fractured, 59 normal".
    excluded : tuple of Excluded
        Left out between this box and the next.
    """

    words: str
    count: int
    patients: int | None = None
    unit: str = "films"
    detail: str = ""
    excluded: tuple[Excluded, ...] = ()

    @property
    def left(self) -> int:
        """What goes on to the next box."""
        return self.count - sum(one.count for one in self.excluded)


@dataclass(frozen=True)
class Stream:
    """One source of films, top to bottom.

    Attributes
    ----------
    name : str
    steps : tuple of Step
    ends : tuple of Step
        Into which the last step is divided (training, validation, test); may be empty.
    simulated : bool or None
        None where nobody says.

    Raises
    ------
    ValueError
        If the counts of neighbouring boxes of one unit do not add up, or there is no box.
    """

    name: str
    steps: tuple[Step, ...]
    ends: tuple[Step, ...] = ()
    simulated: bool | None = None

    def __post_init__(self) -> None:
        if not self.steps:
            raise ValueError(f"The flow of {self.name!r} needs at least one step, found none.")
        for before, after in zip(self.steps, self.steps[1:], strict=False):
            if before.unit == after.unit and before.left != after.count:
                raise ValueError(
                    f"Flow of {self.name!r}: {before.left:,} {before.unit} are left of "
                    f"“{before.words}”, but “{after.words}” counts {after.count:,}. "
                    "Count what was excluded, with its reason."
                )
        last = self.steps[-1]
        total = sum(end.count for end in self.ends)
        if self.ends and last.left != total:
            raise ValueError(
                f"Flow of {self.name!r}: {last.left:,} {last.unit} are left of “{last.words}”, but "
                f"its parts hold {total:,}. Count what was excluded, with its reason."
            )


@dataclass(frozen=True)
class Flow:
    """Every stream, the study's own data set first."""

    streams: tuple[Stream, ...]

    def to_json(self) -> list[dict[str, Any]]:
        """Plain values, to keep between stages of a study."""
        return [asdict(stream) for stream in self.streams]


def flow_from_json(value: Sequence[Mapping[str, Any]]) -> Flow:
    """The inverse of :meth:`Flow.to_json`.

    Raises
    ------
    ValueError
        If the value does not follow the form, or its counts do not add up.
    """

    def step(one: Mapping[str, Any]) -> Step:
        excluded = tuple(Excluded(**item) for item in one.get("excluded", ()))
        return Step(**{**one, "excluded": excluded})

    try:
        return Flow(
            tuple(
                Stream(
                    stream["name"],
                    tuple(map(step, stream["steps"])),
                    tuple(map(step, stream.get("ends", ()))),
                    stream.get("simulated"),
                )
                for stream in value
            )
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"This is not a flow of films as it is kept on disk ({error}).") from None


def patients_of(labels: Iterable[FilmLabel]) -> int:
    """Patients; a film without one counts as its own."""
    return len({label.patient or label.name for label in labels})


def statuses(labels: Sequence[FilmLabel]) -> str:
    """How many films are fractured, normal, unknown: ``"2 fractured, 1 normal"``.

    Examples
    --------
    >>> statuses([])
    ''
    """
    said = [label.fractured for label in labels]
    counts = (("fractured", True), ("normal", False), ("of unknown status", None))
    return ", ".join(f"{said.count(value):,} {words}" for words, value in counts if value in said)


def labelled_step(words: str, labels: Sequence[FilmLabel]) -> Step:
    """The box of labelled films."""
    return Step(words, len(labels), patients_of(labels), detail=statuses(labels))


def flow_of_labels(
    splits: Mapping[str, Sequence[FilmLabel]],
    external: Mapping[str, Sequence[FilmLabel]],
    simulated: Mapping[str, bool | None] | None = None,
) -> Flow:
    """The least flow: labelled films, the sides of the split, the external sets.

    Parameters
    ----------
    splits : mapping
        Side of the split ("train", "validation", "test") -> its labels.
    external : mapping
        Name of an external set -> its labels.
    simulated : mapping, optional
        By name of the set; the study's own is "internal".
    """
    said = simulated or {}
    words = dict(SPLITS)
    order = [name for name, _ in SPLITS if name in splits]
    order += [name for name in splits if name not in words]
    own = [label for name in order for label in splits[name]]
    ends = tuple(labelled_step(words.get(name, name), splits[name]) for name in order)
    streams = [
        Stream("The study’s films", (labelled_step("Labelled", own),), ends, said.get("internal"))
    ]
    streams += [
        Stream(name, (labelled_step("Labelled, tested", labels),), (), said.get(name))
        for name, labels in external.items()
    ]
    return Flow(tuple(streams))
