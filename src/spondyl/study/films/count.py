"""The flow of films through a study, counted on the way."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from spondyl.labels import FilmLabel
from spondyl.study.films.data import StudyData
from spondyl.study.films.labels import Labelled
from spondyl.study.flow.model import SPLITS, Excluded, Flow, Step, Stream, labelled_step
from spondyl.study.plan.form import StudyPlan

_UNUSABLE = "the report is empty or its film is missing"


def flow_of(plan: StudyPlan, labelled: Mapping[str, Labelled], data: StudyData) -> Flow:
    """Every film at hand, and where it went.

    Parameters
    ----------
    plan : StudyPlan
    labelled : mapping of str to Labelled
        By hospital.
    data : StudyData
    """
    own = [labelled[name] for name in plan.internal]
    words = dict(SPLITS)
    ends = tuple(
        labelled_step(words[side], [film for film in data.internal if film.split == side])
        for side, _ in SPLITS
    )
    streams = [_stream(f"Internal: {', '.join(plan.internal)}", own, data, ends)]
    for name in plan.external:
        tested = (labelled_step("External test", data.external[name]),)
        streams.append(_stream(f"External: {name}", [labelled[name]], data, tested))
    return Flow(tuple(streams))


def _stream(
    name: str, hospitals: Sequence[Labelled], data: StudyData, ends: tuple[Step, ...]
) -> Stream:
    found = sum(len(one.hospital.entries) for one in hospitals)
    failed = sum(len(one.hospital.failures) for one in hospitals)
    by_report = any(one.reports for one in hospitals)
    reasons: Counter[str] = sum((one.reasons for one in hospitals), Counter())
    labels: list[FilmLabel] = [film for one in hospitals for film in one.labels]
    later = Counter(data.left_out[film.name] for film in labels if film.name in data.left_out)
    steps = []
    if failed:
        steps.append(
            Step("Reports at hand" if by_report else "Labels at hand", found + failed,
                 excluded=_excluded({_UNUSABLE: failed}.items()))
        )  # fmt: skip
    steps.append(
        Step("Films with a report" if by_report else "Films with labels", found,
             excluded=_excluded(reasons.most_common()))
    )  # fmt: skip
    last = labelled_step("Labelled from reports" if by_report else "Labelled", labels)
    steps.append(
        Step(last.words, last.count, last.patients, detail=last.detail,
             excluded=_excluded(later.most_common()))
    )  # fmt: skip
    said = {one.hospital.simulated for one in hospitals}
    simulated = said.pop() if len(said) == 1 else None
    return Stream(name, tuple(steps), ends, simulated)


def _excluded(reasons: Iterable[tuple[str, int]]) -> tuple[Excluded, ...]:
    return tuple(Excluded(reason[:1].upper() + reason[1:], count) for reason, count in reasons)
