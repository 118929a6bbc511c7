"""STUDY.yaml: hospitals, split, comparison, page; its form, defaults and sentences for mistakes."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator

from spondyl.forms import checked, read_yaml, sentence
from spondyl.labels.split import SIDES
from spondyl.study.compare.plan import ComparePlan, PlanError, parse_plan
from spondyl.study.compare.plan_parts import Form
from spondyl.study.plan.parts import (
    PageSettings,
    RealHospital,
    SimulatedHospital,
    SplitSettings,
)
from spondyl.study.results.model import INTERNAL

_NAME = r"^[A-Za-z0-9][A-Za-z0-9_-]*$"
_Name = Annotated[str, Field(pattern=_NAME)]
SIDE_NAMES = SIDES[3]


class StudyError(ValueError):
    """A study cannot be run; the message says what is wrong, and where."""


class StudyPlan(Form):
    """A whole study.

    Attributes
    ----------
    name : str
    description : str
    seed : int
        Of the split, and of whatever says no other.
    hospitals : mapping
        By name.
    internal : tuple of str
        Hospitals whose films are trained, validated and tested on.
    external : tuple of str
        Hospitals that are tested on alone, each by itself.
    split : SplitSettings
    incomplete : "stop" or "exclude"
        What becomes of a report that is empty or whose film is missing.
    silent, suspected : "exclude" or "keep"
        What becomes of films whose report says nothing of any body, and of those whose report
        suspects a fracture and is sure of none.
    undrawn : "exclude" or "reader"
        What becomes of films without trapezoids: left out, or drawn by the installed reader.
    faults : "exclude", "stop" or "keep"
        What becomes of films whose trapezoids cannot be right.
    patients : "apart" or "shared"
        Whether the same patient number in two hospitals is the same patient.
    pictures : bool
        Look at every film: its size, and whether it is there twice.
    complete : bool or None
        Every body on each internal film has its trapezoid; None asks whether all are simulated.
    compare : mapping
        Arms, systems, seeds, folds and budget, as in a file for `spondyl compare`; its ``data`` and
        ``externals`` are the study's own.
    page : PageSettings
    workers : int
        Processes that simulate.
    """

    name: str = Field(min_length=1)
    description: str = ""
    seed: int = Field(0, ge=0)
    hospitals: dict[_Name, SimulatedHospital | RealHospital] = Field(min_length=1)
    internal: tuple[str, ...] = Field(min_length=1)
    external: tuple[str, ...] = ()
    split: SplitSettings = SplitSettings()
    incomplete: Literal["stop", "exclude"] = "stop"
    silent: Literal["exclude", "keep"] = "exclude"
    suspected: Literal["exclude", "keep"] = "exclude"
    undrawn: Literal["exclude", "reader"] = "exclude"
    faults: Literal["exclude", "stop", "keep"] = "exclude"
    patients: Literal["apart", "shared"] = "apart"
    pictures: bool = True
    complete: bool | None = None
    compare: dict[str, Any] = Field(default_factory=dict)
    page: PageSettings = PageSettings()
    workers: int = Field(2, ge=1)

    @model_validator(mode="before")
    @classmethod
    def _lists(cls, values: Any) -> Any:
        """One name stands for a list of one; each hospital is of one kind."""
        if not isinstance(values, dict):
            return values
        values = dict(values)
        for key in ("internal", "external"):
            if isinstance(values.get(key), str):
                values[key] = [values[key]]
        hospitals = values.get("hospitals")
        if isinstance(hospitals, dict):
            values["hospitals"] = {name: _one_kind(name, one) for name, one in hospitals.items()}
        return values

    @model_validator(mode="after")
    def _roles(self) -> "StudyPlan":
        for role, names in (("internal", self.internal), ("external", self.external)):
            for name in names:
                if name not in self.hospitals:
                    known = ", ".join(self.hospitals)
                    raise ValueError(f"{role}: no hospital {name!r}; hospitals are {known}")
        both = set(self.internal) & set(self.external)
        if both:
            raise ValueError(f"{min(both)!r} is internal and external; it can be one of them")
        if INTERNAL in self.external:
            raise ValueError(f"no external hospital may be called {INTERNAL!r}")
        for name in self.internal:
            one = self.hospitals[name]
            if isinstance(one, SimulatedHospital) and one.simulate.held_back:
                raise ValueError(
                    f"hospital {name!r} is internal, and one of its sites is held back: no "
                    "training may see it; name another site, or make the hospital external"
                )
        return self

    @model_validator(mode="after")
    def _compare_fits(self) -> "StudyPlan":
        for key in ("data", "externals"):
            if key in self.compare:
                raise ValueError(f"compare.{key}: the study's hospitals are its data; leave it out")
        try:
            self.comparison({})
        except PlanError as error:
            raise ValueError(str(error).replace("\n", " ").rstrip(".")) from None
        return self

    def comparison(self, folders: Mapping[str, Path], films: Path = Path()) -> ComparePlan:
        """The plan of the comparison.

        Parameters
        ----------
        folders : mapping of str to Path
            The data sets: "internal", and the external ones by name.
        films : Path
            Stands for a folder that is not there yet.

        Raises
        ------
        PlanError
            If ``compare`` cannot be used.
        """
        complete = self.complete
        if complete is None:
            complete = all(
                isinstance(one, SimulatedHospital) and one.simulate.drawn == 1
                for one in map(self.hospitals.__getitem__, self.internal)
            )
        values = {
            "name": re.sub(r"[^A-Za-z0-9_.-]+", "-", self.name).strip("-.") or "study",
            "description": self.description,
            **self.compare,
            "data": {"folder": folders.get(INTERNAL, films), "complete": complete},
            "externals": [
                {"name": name, "folder": folders.get(name, films)} for name in self.external
            ],
        }
        return parse_plan(values, "compare")


def _one_kind(name: str, value: Any) -> Any:
    """Checked by itself, so that a mistake is told of the kind that was meant."""
    if not isinstance(value, dict):
        raise ValueError(f"hospital {name!r}: expected keys and values, found {value!r}")
    form: type[Form] = SimulatedHospital if "simulate" in value else RealHospital
    try:
        return form.model_validate(value)
    except ValidationError as error:
        told = [sentence(f"hospitals.{name}", item).rstrip(".") for item in error.errors()]
        raise ValueError("; ".join(told)) from None


def parse_study(values: Any, where: str = "study") -> StudyPlan:
    """Check plain values.

    Raises
    ------
    StudyError
        One sentence per mistake, with the key's path.
    """
    return checked(StudyPlan, values, where, StudyError)


def load_study(path: Path) -> StudyPlan:
    """Read a STUDY.yaml; relative paths in it start from its own folder.

    Raises
    ------
    StudyError
        If the file is missing, is no YAML, or does not follow the form.
    """
    path = Path(path)
    plan = parse_study(read_yaml(path, StudyError), str(path))
    return plan.model_copy(
        update={"hospitals": {n: _rooted(one, path.parent) for n, one in plan.hospitals.items()}}
    )


def _rooted(
    one: SimulatedHospital | RealHospital, folder: Path
) -> SimulatedHospital | RealHospital:
    if isinstance(one, SimulatedHospital):
        return one
    paths = {key: getattr(one, key) for key in ("films", "reports", "labels", "truth")}
    return one.model_copy(
        update={key: folder / path for key, path in paths.items() if path is not None}
    )
