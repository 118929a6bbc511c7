"""A hospital's films, reports and drawings as they are found, each paired with the others."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from spondyl.labels import FilmLabel, load_dataset
from spondyl.labels.reports.sources import Failure, SourceReport, read_sources
from spondyl.study.hospital.build import Hospital, build_hospital
from spondyl.study.plan.form import StudyError, StudyPlan
from spondyl.study.plan.parts import RealHospital, SimulatedHospital

#: Endings of films, in the order in which a report without one finds its film.
_ENDINGS = (".dcm", ".dicom", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", "")
_TOLD = 5


@dataclass(frozen=True)
class Entry:
    """One film with what is at hand of it.

    Attributes
    ----------
    name : str
        Relative to the hospital's folder of films.
    report : SourceReport or None
    drawn : FilmLabel or None
    truth : FilmLabel or None
    """

    name: str
    report: SourceReport | None
    drawn: FilmLabel | None
    truth: FilmLabel | None


@dataclass(frozen=True)
class Gathered:
    """A hospital as it is found.

    Attributes
    ----------
    name : str
    films : Path
    entries : tuple of Entry
    failures : tuple of str
        Sentences on reports that cannot be used, with file and line.
    site : str or None
    simulated : bool or None
    facts : mapping
        Of a simulated hospital.
    """

    name: str
    films: Path
    entries: tuple[Entry, ...]
    failures: tuple[str, ...] = ()
    site: str | None = None
    simulated: bool | None = None
    facts: Mapping[str, object] = field(default_factory=dict)


def simulate(
    name: str, settings: SimulatedHospital, out: Path, workers: int, progress: bool | None = None
) -> RealHospital:
    """Simulate a hospital, or what is missing of it; then it is like any other."""
    made: Hospital = build_hospital(out / name, settings.simulate, workers, progress)
    return RealHospital(films=made.films, reports=made.reports, labels=made.drawn, truth=made.truth)


def gather(
    name: str, hospital: RealHospital, incomplete: str = "stop", simulated: bool | None = None
) -> Gathered:
    """Pair films, reports and drawings; nothing is written.

    Parameters
    ----------
    name : str
    hospital : RealHospital
    incomplete : "stop" or "exclude"
        Whether a report that is empty, or whose film is not there, ends the study.
    simulated : bool, optional

    Raises
    ------
    StudyError
        If a folder or file is missing, or (with "stop") a report cannot be used.
    ReportsError, DatasetError
        If a file as a whole is not as it must be.
    """
    for key in ("films", "reports", "labels", "truth"):
        path = getattr(hospital, key)
        if path is not None and not path.exists():
            raise StudyError(f"Hospital {name!r}: {key}: {path} does not exist.")
    if not hospital.films.is_dir():
        raise StudyError(f"Hospital {name!r}: films: {hospital.films} is no folder.")
    drawn = _labels(hospital.labels)
    truth = _labels(hospital.truth)
    entries: list[Entry] = []
    failures: list[str] = []
    if hospital.reports is None:
        assert hospital.labels is not None
        for film in drawn.values():
            if (hospital.films / film.name).is_file():
                entries.append(Entry(film.name, None, film, truth.get(film.name)))
            else:
                failures.append(
                    f"{hospital.labels}, film {film.name!r}: it is not in {hospital.films}."
                )
    else:
        for item in read_sources(hospital.reports):
            if isinstance(item, Failure):
                failures.append(item.sentence)
                continue
            found = _find(hospital.films, item)
            if isinstance(found, str):
                entries.append(Entry(found, item, drawn.get(found), truth.get(found)))
            else:
                failures.append(found[0])
    if failures and incomplete == "stop":
        raise StudyError(_several(name, failures))
    if not entries:
        raise StudyError(f"Hospital {name!r} has no film that can be used. " + " ".join(failures))
    return Gathered(name, hospital.films, tuple(entries), tuple(failures), hospital.site, simulated)


def _labels(path: Path | None) -> dict[str, FilmLabel]:
    return {} if path is None else {film.name: film for film in load_dataset(path)}


def _several(name: str, failures: Sequence[str]) -> str:
    shown = " ".join(failures[:_TOLD])
    more = f" (and {len(failures) - _TOLD} more)" if len(failures) > _TOLD else ""
    return (
        f"Hospital {name!r}: {shown}{more} Mend them, or leave such films out with "
        "`incomplete: exclude`."
    )


def _find(folder: Path, report: SourceReport) -> str | tuple[str]:
    """Name of a report's film, or in a tuple the sentence that says why there is none."""
    given = folder / report.film
    if not given.resolve().is_relative_to(folder.resolve()):
        return (f"{report.where}: the film's name {report.film!r} leads out of its folder.",)
    endings = ("",) if report.exact else _ENDINGS
    for ending in endings:
        path = given.with_name(given.name + ending)
        if path.is_file() and path.suffix.lower() not in (".txt", ".csv", ".json"):
            return path.relative_to(folder).as_posix()
    return (f"{report.where}: its film {report.film!r} is not in {folder}.",)


def check_hospitals(plan: StudyPlan) -> Iterator[str]:
    """A line on each hospital: what is at hand, or what will be simulated; nothing is written.

    Raises
    ------
    StudyError, ReportsError, DatasetError
        If something is not as it must be.
    """
    for name in (*plan.internal, *plan.external):
        one = plan.hospitals[name]
        role = "internal" if name in plan.internal else "external"
        if isinstance(one, SimulatedHospital):
            sites = ", ".join(one.simulate.sites)
            yield f"{name} ({role}): {one.simulate.films} films will be simulated ({sites})."
            continue
        found = gather(name, one, plan.incomplete)
        counts = {
            "films": len(found.entries),
            "with a report": sum(entry.report is not None for entry in found.entries),
            "with drawn trapezoids": sum(entry.drawn is not None for entry in found.entries),
            "reports or labels that cannot be used": len(found.failures),
        }
        yield f"{name} ({role}): " + ", ".join(f"{n} {words}" for words, n in counts.items()) + "."


def gather_all(
    hospitals: Mapping[str, SimulatedHospital | RealHospital],
    names: Sequence[str],
    out: Path,
    workers: int,
    incomplete: str,
    say: Callable[[str], None],
) -> Iterator[Gathered]:
    """Gather hospitals, one after the other; those that are simulated are made first."""
    for name in names:
        one = hospitals[name]
        if isinstance(one, SimulatedHospital):
            say(f"Simulating hospital {name}: {one.simulate.films} films")
            yield gather(name, simulate(name, one, out, workers), incomplete, simulated=True)
        else:
            yield gather(name, one, incomplete)
