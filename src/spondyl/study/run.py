"""A whole study: films and reports in, the page out; every stage goes on where it was stopped.

``OUT`` holds ``hospitals/`` (what was simulated), ``data/`` (the data sets, ``flow.json``, review
of the labels), ``compare/`` (networks, readings, evaluations), ``study.html`` and ``tables/``, and
``study.json``: seed, settings, time of each stage, hardware.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spondyl.files import write_whole
from spondyl.labels import load_dataset
from spondyl.labels.reports.review import Reviewed, write_review
from spondyl.study.compare.films import Progress, silent
from spondyl.study.compare.run import run_compare
from spondyl.study.compare.train import Launch, launch
from spondyl.study.films.count import flow_of
from spondyl.study.films.data import StudyData, divide, load_truth, save_data
from spondyl.study.films.gather import Gathered, check_hospitals, gather_all
from spondyl.study.films.labels import Labelled, Rules, draw_by_reader, label_hospital
from spondyl.study.flow.model import Flow, flow_from_json
from spondyl.study.log import StudyLog
from spondyl.study.plan.form import StudyError, StudyPlan
from spondyl.study.plan.parts import RealHospital
from spondyl.study.results.model import INTERNAL, Comparison
from spondyl.study.tables.table import Column, Row, Table
from spondyl.study.tables.truth import against_truth, report_labels

HOSPITALS, DATA, COMPARE = "hospitals", "data", "compare"
FLOW_NAME, FAULTS_NAME, LEFT_OUT_NAME = "flow.json", "faults.csv", "left-out.csv"
REVIEW_NAME = "review.html"

Say = Callable[[str], None]


@dataclass(frozen=True)
class Study:
    """A finished study.

    Attributes
    ----------
    folder : Path
    page : Path
    comparison : Comparison
    flow : Flow
    facts : mapping
        ``study.json``.
    """

    folder: Path
    page: Path
    comparison: Comparison
    flow: Flow
    facts: Mapping[str, Any]

    @property
    def stages(self) -> Mapping[str, Mapping[str, Any]]:
        """Name of a stage -> seconds, runs, when it ended."""
        stages: Mapping[str, Mapping[str, Any]] = self.facts["stages"]
        return stages


def run_study(
    plan: StudyPlan,
    out: Path,
    say: Say | None = None,
    *,
    progress: Progress = silent,
    start: Launch = launch,
) -> Study:
    """Run a study, or what is missing of it.

    Parameters
    ----------
    plan : StudyPlan
    out : Path
        Its folder. A run that was stopped goes on there.
    say : callable, optional
        Told a line as each stage begins and ends.
    progress : callable
        ``with progress(words, total) as advance``, for the labels.
    start : callable
        Starts a training; by default in a process of its own.

    Returns
    -------
    Study

    Raises
    ------
    StudyError, ReportsError, DatasetError, LeakError, PlanError, PageError
        If something at hand is not as it must be; the message names file and line. Files of
        earlier stages stay, whole.
    """
    say = say or (lambda line: None)
    out = Path(out)
    log = StudyLog(out, plan)
    _unchanged(plan, log)
    folders = {name: out / DATA / name for name in (INTERNAL, *plan.external)}
    if log.done("split") and all((one / "films.json").is_file() for one in folders.values()):
        say("Films, labels and sides are there already.")
    else:
        _make_data(plan, out, log, say, progress)
    flow = load_flow(out)
    say("Training and testing every arm")
    with log.stage("compare"):
        comparison = run_compare(plan.comparison(folders), out / COMPARE, say, start)
    say("Writing the page")
    with log.stage("page"):
        page = _page(plan, out, comparison, flow, folders, log)
    return Study(out, page, comparison, flow, log.facts)


def load_flow(out: Path) -> Flow:
    """The flow that was counted.

    Raises
    ------
    StudyError
        If it is not there or not whole.
    """
    file = out / DATA / FLOW_NAME
    try:
        return flow_from_json(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise StudyError(
            f"{file} cannot be read ({error}); remove {out / 'study.json'} to count anew."
        ) from None


def _make_data(plan: StudyPlan, out: Path, log: StudyLog, say: Say, progress: Progress) -> None:
    for line in check_hospitals(plan):  # before the first file is written
        say(line)
    with log.stage("films"):
        names = [*plan.internal, *plan.external]
        found: list[Gathered] = list(
            gather_all(plan.hospitals, names, out / HOSPITALS, plan.workers, plan.incomplete, say)
        )
    rules = Rules(
        plan.silent, plan.suspected, plan.undrawn, plan.faults, plan.pictures,
        plan.patients == "shared",
    )  # fmt: skip
    labelled: dict[str, Labelled] = {}
    with log.stage("labels"):
        draw = draw_by_reader() if plan.undrawn == "reader" else None
        for one in found:
            say(f"Labels of hospital {one.name}: {len(one.entries)} films")
            with progress(f"Labelling {one.name}", len(one.entries)) as advance:
                labelled[one.name] = label_hospital(one, rules, draw, advance)
        _refuse_faults(plan, labelled)
    with log.stage("split"):
        data = divide(plan, labelled)
        save_data(out / DATA, plan, data, labelled)
        flow = flow_of(plan, labelled, data)
        write_whole(
            out / DATA / FLOW_NAME, json.dumps(flow.to_json(), indent=1) + "\n", make_folder=True
        )
        _write_lists(out / DATA, labelled, data)
    log.note(
        hospitals={
            one.name: {"films": len(one.entries), "unusable": list(one.failures)} for one in found
        },
        same_pictures=[list(pair) for pair in data.same],
    )
    log.facts["inputs"] = _inputs(plan)
    log.save()
    for stream in flow.streams:
        ends = ", ".join(f"{end.words.lower()} {end.count}" for end in stream.ends)
        say(f"{stream.name}: {stream.steps[0].count} films; {ends}")


def _refuse_faults(plan: StudyPlan, labelled: Mapping[str, Labelled]) -> None:
    if plan.faults != "stop":
        return
    faults = [fault for one in labelled.values() for fault in one.faults]
    if faults:
        shown = " ".join(
            f"{fault.film}{'' if fault.level is None else f', {fault.level}'}: {fault.sentence}"
            for fault in faults[:5]
        )
        more = f" (and {len(faults) - 5} more)" if len(faults) > 5 else ""
        raise StudyError(f"{shown}{more} Correct them, or say `faults: exclude`.")


def _write_lists(folder: Path, labelled: Mapping[str, Labelled], data: StudyData) -> None:
    """What was left out and why, and every fault that was found, for people to go through."""
    import csv
    import io

    read = [Reviewed(name, said) for one in labelled.values() for name, said in one.reports.items()]
    if read:
        write_review(read, folder / REVIEW_NAME)
    left_out = {name: why for one in labelled.values() for name, why in one.left_out.items()}
    rows = [("film", "reason"), *sorted({**left_out, **data.left_out}.items())]
    faults = [("film", "level", "kind", "sentence")]
    faults += [
        (f.film, str(f.level or ""), str(f.kind), f.sentence)
        for one in labelled.values() for f in one.faults
    ]  # fmt: skip
    for name, table in ((LEFT_OUT_NAME, rows), (FAULTS_NAME, faults)):
        text = io.StringIO(newline="")
        csv.writer(text).writerows(table)
        write_whole(folder / name, text.getvalue(), make_folder=True)


def _inputs(plan: StudyPlan) -> dict[str, list[int]]:
    """Size and time of every file that labels were read from."""
    found = {}
    for one in plan.hospitals.values():
        if not isinstance(one, RealHospital):
            continue
        for path in (one.reports, one.labels, one.truth):
            if path is None:
                continue
            file = path / "films.json" if (path / "films.json").is_file() else path
            if file.is_file():
                found[str(file)] = [file.stat().st_size, file.stat().st_mtime_ns]
    return found


def _unchanged(plan: StudyPlan, log: StudyLog) -> None:
    before = log.facts.get("inputs")
    if not isinstance(before, dict):
        return
    now = _inputs(plan)
    changed = [name for name in before if before[name] != now.get(name)]
    if changed:
        raise StudyError(
            f"{changed[0]} was changed or is gone since this study began; choose another folder "
            "for the new study, or bring the file back."
        )


def _page(
    plan: StudyPlan,
    out: Path,
    comparison: Comparison,
    flow: Flow,
    folders: Mapping[str, Path],
    log: StudyLog,
) -> Path:
    from spondyl.study.page.write import write_page

    truths = {name: load_truth(folder) for name, folder in folders.items()}
    films = {name: load_dataset(folder).films for name, folder in folders.items()}
    tables = (
        report_labels({_words(name): (films[name], truths[name]) for name in folders}),
        against_truth(comparison, truths),
        stage_table(log),
    )
    return write_page(
        comparison, flow, out, title=plan.page.title or plan.name, claim=plan.page.claim,
        extra=[table for table in tables if table is not None], pictures=plan.page.pictures,
    )  # fmt: skip


def _words(name: str) -> str:
    return "Internal (all sides)" if name == INTERNAL else f"External: {name}"


def stage_table(log: StudyLog) -> Table:
    """What each stage took, over all runs."""
    words = {
        "films": "Films simulated or found", "labels": "Labels from reports, films looked at",
        "split": "Sides, data sets", "compare": "Training, reading, evaluation",
    }  # fmt: skip
    rows = [
        Row((words[name], round(float(entry["seconds"]) / 60, 2), entry["runs"]))
        for name, entry in log.stages.items()
        if name in words
    ]
    total = sum(float(log.stages[name]["seconds"]) for name in words if name in log.stages)
    rows.append(Row(("Together", round(total / 60, 2), None)))
    return Table(
        "stages",
        "Time of each stage",
        (Column("Stage"), Column("Minutes", "number"), Column("Runs", "count")),
        tuple(rows),
        (f"Seed of the study: {log.facts['seed']}.",),
    )
