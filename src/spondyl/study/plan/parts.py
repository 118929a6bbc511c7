"""Parts of a STUDY.yaml: hospitals, split, page."""

from pathlib import Path

from pydantic import Field, model_validator

from spondyl.study.compare.plan_parts import Form
from spondyl.study.hospital.build import HospitalSettings


class RealHospital(Form):
    """Films and what is known of them.

    Attributes
    ----------
    films : Path
        Folder of films (DICOM, PNG, JPEG, TIFF).
    reports : Path or None
        Table with the columns film and text (and patient, sex, age, site, view where known), a
        folder of text files or DICOM SR objects.
    labels : Path or None
        ``films.json`` (or its folder) with drawn trapezoids, as `spondyl labels import` writes it;
        without reports, with the status of each body, too. Its names are relative to ``films``.
    truth : Path or None
        ``films.json`` of a better reading (a panel's, a CT's): nothing is trained on it; reports
        and readers are held against it.
    site : str or None
        Name of the imaging chain, where a report's row does not say.
    """

    films: Path
    reports: Path | None = None
    labels: Path | None = None
    truth: Path | None = None
    site: str | None = None

    @model_validator(mode="after")
    def _known(self) -> "RealHospital":
        if self.reports is None and self.labels is None:
            raise ValueError("reports or labels are needed: nothing else says what the films show")
        return self


class SimulatedHospital(Form):
    """A hospital that is simulated; see ``HospitalSettings``."""

    simulate: HospitalSettings


class SplitSettings(Form):
    """Sides of the study's own films: numbers of films, or shares that add up to 1.

    Attributes
    ----------
    train, validation, test : int or float
    seed : int or None
        By default the study's.
    """

    train: float = Field(0.8, gt=0)
    validation: float = Field(0.1, gt=0)
    test: float = Field(0.1, gt=0)
    seed: int | None = Field(None, ge=0)

    @model_validator(mode="after")
    def _adds_up(self) -> "SplitSettings":
        values = self.values
        if self.counts is None and abs(sum(values) - 1) > 1e-6:
            raise ValueError(
                "train, validation and test must be whole numbers of films, or shares that add up "
                f"to 1; they are {', '.join(f'{value:g}' for value in values)}"
            )
        return self

    @property
    def values(self) -> tuple[float, float, float]:
        """In the order of the sides."""
        return self.train, self.validation, self.test

    @property
    def counts(self) -> tuple[int, ...] | None:
        """Numbers of films; None where shares are given."""
        if all(value >= 1 and value == int(value) for value in self.values):
            return tuple(int(value) for value in self.values)
        return None


class PageSettings(Form):
    """What the page says beyond its figures.

    Attributes
    ----------
    title : str or None
        By default the study's name.
    pictures : bool
        Draw the films that went worst.
    claim : mapping of int to str
        CLAIM's item number -> the authors' words.
    """

    title: str | None = None
    pictures: bool = True
    claim: dict[int, str] = Field(default_factory=dict)
