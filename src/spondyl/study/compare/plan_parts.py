"""Parts of a comparison's plan: its films, systems, budget and operating point."""

import math
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from spondyl.study.compare.thresholds import OperatingPoint

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]
#: Weights of the package, as a system's ``weights``.
PACKAGED = "packaged"
#: Steps that a budget in minutes alone will not reach.
ENDLESS = 10_000_000


class Form(BaseModel):
    """Keys that are not known are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class StudyData(Form):
    """The study's own films: a ``spondyl.dataset/1`` folder with sides train, validation, test.

    ``complete`` says that every body on each film has its corners; otherwise the places where
    unlabelled bodies may lie give no signal. ``fractured_share`` is the least share of the films
    drawn in training that show a fracture; None takes films as they come.
    """

    folder: Path
    complete: bool = False
    fractured_share: Annotated[float, Field(ge=0, le=1)] | None = None


class ExternalSet(Form):
    """Films from elsewhere, to test on alone; of ``split`` only where it is given."""

    name: Name
    folder: Path
    split: str | None = None


class SystemPlan(Form):
    """What is compared: arms that give names and fractures, or a folder of other networks.

    ``weights`` is a folder as ``spondyl export`` writes it, or ``packaged``; such a system is not
    trained.
    """

    levels: str | None = None
    fracture: str | None = None
    weights: str | None = None

    @model_validator(mode="after")
    def _one_form(self) -> "SystemPlan":
        arms = self.levels is not None and self.fracture is not None
        if (self.weights is not None) == arms or (
            self.weights is not None and (self.levels or self.fracture)
        ):
            raise ValueError("a system needs levels and fracture (two arms), or weights (a folder)")
        return self


class Budget(Form):
    """How long each arm trains: exactly one of the three, the same for every arm.

    ``steps`` and ``epochs`` give every arm the same number of updates, ``minutes`` the same time
    (an arm of one decoder then makes more steps than one of two).
    """

    minutes: Annotated[float, Field(gt=0)] | None = None
    steps: Annotated[int, Field(ge=1)] | None = None
    epochs: Annotated[float, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _one(self) -> "Budget":
        if sum(value is not None for value in (self.minutes, self.steps, self.epochs)) != 1:
            raise ValueError("give one of minutes, steps and epochs")
        return self

    def most_steps(self, films: int, batch_size: int) -> int:
        """Steps after which training ends; beyond reach for a budget in minutes."""
        if self.steps is not None:
            return self.steps
        if self.epochs is not None:
            return max(1, math.ceil(self.epochs * films / batch_size))
        return ENDLESS


class PointPlan(Form):
    """An operating point: ``youden``, or a sensitivity or specificity to reach."""

    youden: Literal[True] | None = None
    sensitivity: Annotated[float, Field(gt=0, le=1)] | None = None
    specificity: Annotated[float, Field(gt=0, le=1)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _named(cls, value: Any) -> Any:
        if isinstance(value, str):
            if value != "youden":
                raise ValueError("expected youden, or a sensitivity, or a specificity")
            return {value: True}
        return value

    @model_validator(mode="after")
    def _one(self) -> "PointPlan":
        if sum(v is not None for v in (self.youden, self.sensitivity, self.specificity)) != 1:
            raise ValueError("expected youden, or a sensitivity, or a specificity")
        return self

    @property
    def point(self) -> OperatingPoint:
        """As thresholds are chosen by it."""
        if self.sensitivity is not None:
            return OperatingPoint("sensitivity", self.sensitivity)
        if self.specificity is not None:
            return OperatingPoint("specificity", self.specificity)
        return OperatingPoint()


def paper_arms() -> dict[str, dict[str, Any] | str]:
    """The paper's network, and one for each of its tasks."""
    return {"multitask": {}, "levels": {}, "fracture": {}}


def paper_systems() -> dict[str, SystemPlan]:
    """The paper's comparison: both maps of one network, or each of its own."""
    return {
        "multi-task": SystemPlan(levels="multitask", fracture="multitask"),
        "single-task": SystemPlan(levels="levels", fracture="fracture"),
    }
