"""A recipe: all stages of making a reader's networks and site, in one YAML file.

Its keys, and what a stage of it is, stand in :class:`Recipe`; running it is
:mod:`spondyl.train.recipe_run`.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from spondyl.forms import checked, laid_over, read_yaml
from spondyl.network.export import Kind
from spondyl.simulate.settings import SceneSettings
from spondyl.train.config import SHIPPED, ConfigError, Experiment, parse_experiment
from spondyl.train.scenes import scene_settings

SCHEMA = "spondyl.recipe/1"
_NAME = r"^[A-Za-z0-9][A-Za-z0-9_.-]*$"


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class GeometrySettings(_Settings):
    """A folder of simulated geometries: how many, from which seed, of which scenes."""

    count: int = Field(ge=2)
    seed: int = Field(ge=0)
    scene: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _scene_fits(self) -> "GeometrySettings":
        self.scene_settings()
        return self

    def scene_settings(self) -> SceneSettings:
        """Settings of the simulator."""
        return scene_settings(self.scene)


class SiteSettings(_Settings):
    """The site that is fitted to simulated films of their own with `spondyl calibrate`.

    Attributes
    ----------
    films, seed : int
        Simulated films; of a seed that no stage trains on.
    options : mapping
        Options of `spondyl calibrate` without their dashes, such as ``target-false-alarms: 0.01``.
    """

    films: int = Field(ge=2)
    seed: int = Field(ge=0)
    options: dict[str, str | int | float] = Field(default_factory=dict)


class Recipe(_Settings):
    """All stages.

    Attributes
    ----------
    recipe : str
        The form's name, ``spondyl.recipe/1``.
    name, description : str
    geometries : mapping
        Folders of geometries by name. A stage's ``data.geometry`` names one of them.
    common : mapping
        Settings of an experiment that all stages share; a stage's own go first.
    stages : mapping
        Experiments by name, in their order. ``start_from`` names an earlier stage, an exported
        ``.onnx`` file, or ``shipped``.
    weights : mapping
        For each network of a reader the stage that makes it, or ``shipped``: the packaged one.
    checkpoint : "last" or "best"
        Which of a stage's checkpoints is exported.
    site : SiteSettings or None
    """

    recipe: Literal["spondyl.recipe/1"]
    name: str = Field(pattern=_NAME)
    description: str = ""
    geometries: dict[str, GeometrySettings] = Field(default_factory=dict)
    common: dict[str, Any] = Field(default_factory=dict)
    stages: dict[str, dict[str, Any]] = Field(min_length=1)
    weights: dict[Kind, str] = Field(default_factory=dict)
    checkpoint: Literal["last", "best"] = "last"
    site: SiteSettings | None = None

    @model_validator(mode="after")
    def _names_are_known(self) -> "Recipe":
        if SHIPPED in self.stages:
            raise ValueError(f"stages: {SHIPPED!r} means the packaged weights; take another name")
        for kind, stage in self.weights.items():
            if stage not in (*self.stages, SHIPPED):
                known = ", ".join(self.stages)
                raise ValueError(f"weights.{kind}: no stage {stage!r}; stages are {known}")
        if self.site is not None and set(self.weights) != set(Kind):
            raise ValueError("site: a site is fitted with all three networks; weights names fewer")
        return self

    def stage(self, name: str) -> dict[str, Any]:
        """A stage's settings with the common ones, names of geometries and stages as written."""
        return {**laid_over(self.common, self.stages[name]), "name": name}

    def geometry(self, stage: str) -> str | None:
        """Name of the geometries that a stage trains on."""
        found = self.stage(stage).get("data", {}).get("geometry")
        return None if found is None else str(found)

    def earlier(self, stage: str) -> str | None:
        """The stage that a stage starts from; None where it starts from nothing or a file."""
        found = self.stage(stage).get("start_from")
        return None if found is None or _is_file(str(found)) else str(found)

    def needed(self, stages: list[str]) -> list[str]:
        """These stages and those that they start from, in the recipe's order."""
        wanted = set()
        for name in stages:
            following: str | None = name
            while following is not None and following not in wanted:
                wanted.add(following)
                following = self.earlier(following)
        return [name for name in self.stages if name in wanted]

    def experiment(self, stage: str, out: Path, bones: Path | None = None) -> Experiment:
        """A stage as an experiment, its folders under ``out``.

        Parameters
        ----------
        stage : str
        out : Path
            The recipe's folder: geometries in ``geometries/NAME``, runs in ``runs/STAGE``.
        bones : Path, optional
            Library of bones that streams of patients mix in.

        Raises
        ------
        ConfigError
            If the stage's settings cannot be used.
        """
        values = self.stage(stage)
        data = dict(values.get("data", {}))
        if data.get("geometry") is not None:
            if data["geometry"] not in self.geometries:
                known = ", ".join(self.geometries) or "none"
                raise ConfigError(
                    f"stages.{stage}: data.geometry: no geometries {data['geometry']!r} in this "
                    f"recipe; there are: {known}."
                )
            data["geometry"] = out / "geometries" / data["geometry"]
        if bones is not None and isinstance(data.get("stream"), Mapping):
            data["stream"] = {"library": bones, **data["stream"]}
        values["data"] = data
        if self.earlier(stage) is not None:
            earlier = list(self.stages)[: list(self.stages).index(stage)]
            if values["start_from"] not in earlier:
                raise ConfigError(
                    f"stages.{stage}: start_from: no earlier stage {values['start_from']!r}; "
                    f"stages before it: {', '.join(earlier) or 'none'}. "
                    f"It may also be {SHIPPED!r} or an .onnx file."
                )
            values["start_from"] = out / "runs" / values["start_from"] / "last.ckpt"
        return parse_experiment(values, f"stages.{stage}")


def _is_file(start: str) -> bool:
    """The start is no stage: shipped weights, or an exported file."""
    return start == SHIPPED or start.endswith(".onnx")


def is_recipe(path: Path) -> bool:
    """The file is a recipe, not one experiment; a file that cannot be read is none."""
    try:
        values = read_yaml(path, ConfigError)
    except ConfigError:
        return False
    return isinstance(values, dict) and "recipe" in values


def load_recipe(path: Path) -> Recipe:
    """Read a recipe and check every stage of it.

    Raises
    ------
    ConfigError
        One sentence per mistake, with the key's path.
    """
    recipe = checked(Recipe, read_yaml(path, ConfigError), str(path), ConfigError)
    for stage in recipe.stages:
        experiment = recipe.experiment(stage, Path())
        made = [kind for kind, name in recipe.weights.items() if name == stage]
        if any(kind is not experiment.kind for kind in made):
            raise ConfigError(
                f"{path}: weights.{made[0]}: stage {stage!r} trains the {experiment.kind} network."
            )
    return recipe
