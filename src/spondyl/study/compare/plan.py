"""One comparison, one YAML file: its form, defaults and sentences for what is wrong with it."""

import math
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from spondyl.forms import checked, laid_over, read_yaml
from spondyl.network import ARM_TASKS, Arm, Task, UNetConfig
from spondyl.network.export import Kind
from spondyl.study.compare.plan_parts import (
    ENDLESS,
    Budget,
    ExternalSet,
    Form,
    Name,
    PointPlan,
    StudyData,
    SystemPlan,
    paper_arms,
    paper_systems,
)
from spondyl.study.maps.reader import Naming
from spondyl.study.results.model import INTERNAL
from spondyl.train.config import (
    ConfigError,
    Experiment,
    load_experiment,
    parse_experiment,
)

#: Keys of an experiment that a comparison sets itself, the same for every arm.
_OWN = ("name", "kind", "seed", "data", "budget", "threads", "workers", "start_from")
#: Films are kept somewhat larger than the network sees them: views of a part are enlarged.
_KEPT_SHARE = 1.4


class PlanError(ValueError):
    """A comparison's file cannot be used; the message says which key, and what was expected."""


class ComparePlan(Form):
    """All settings of one comparison.

    Attributes
    ----------
    name : str
    description : str
        What the films are; each network's card repeats it.
    data : StudyData
    externals : tuple of ExternalSet
    arms : mapping of name to settings
        Of an experiment, over those of ``training``; or the path of an experiment's file. An arm
        named multitask, levels, fracture or reader has these decoders.
    systems : mapping of name to SystemPlan
    training : mapping
        Settings of an experiment that every arm shares.
    seeds : tuple of int
        Each arm is trained once per seed (and fold).
    folds : int or None
        Instead of one validation side: the training and validation films are dealt, by patient,
        into so many parts, each of which validates once. The test films stay the same.
    budget : Budget
    operating_point : PointPlan
    naming : "sequence" or "regions"
    checkpoint : "last" or "best"
        Which weights are tested: the last, or those best on the validation films.
    workers : int
        Trainings side by side.
    threads : int
        Of each training.
    """

    name: Name = "comparison"
    description: str = ""
    data: StudyData
    externals: tuple[ExternalSet, ...] = ()
    arms: dict[Name, dict[str, Any] | str] = Field(default_factory=paper_arms)
    systems: dict[Name, SystemPlan] = Field(default_factory=paper_systems)
    training: dict[str, Any] = Field(default_factory=dict)
    seeds: tuple[Annotated[int, Field(ge=0)], ...] = (1, 2, 3)
    folds: Annotated[int, Field(ge=2)] | None = None
    budget: Budget
    operating_point: PointPlan = PointPlan(youden=True)
    naming: Naming = Naming.SEQUENCE
    checkpoint: Literal["last", "best"] = "last"
    workers: int = Field(1, ge=1)
    threads: int = Field(1, ge=1)

    @field_validator("arms", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        return {str(name): {} for name in value} if isinstance(value, list | tuple) else value

    @field_validator("seeds")
    @classmethod
    def _seeds_differ(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if not value or len(set(value)) < len(value):
            raise ValueError("expected one or more seeds, each once")
        return value

    @model_validator(mode="after")
    def _fits(self) -> "ComparePlan":
        names = [one.name for one in self.externals]
        if len(set(names)) < len(names) or INTERNAL in names:
            raise ValueError(f"externals need different names, and none may be {INTERNAL!r}")
        if not self.arms or not self.systems:
            raise ValueError("at least one arm and one system are needed")
        for key in _OWN:
            if key in self.training:
                raise ValueError(f"training.{key}: {_instead(key)}")
        for arm in self.arms:
            self.network(arm)
        for name, system in self.systems.items():
            self._check_system(name, system)
        return self

    def _check_system(self, name: str, system: SystemPlan) -> None:
        for task, arm in ((Task.LEVELS, system.levels), (Task.FRACTURE, system.fracture)):
            if arm is None:
                continue
            if arm not in self.arms:
                known = ", ".join(self.arms)
                raise ValueError(
                    f"systems.{name}.{task}: no arm is called {arm!r}; known are {known}"
                )
            if task not in ARM_TASKS[self.network(arm).arm]:
                raise ValueError(f"systems.{name}.{task}: arm {arm!r} has no decoder for {task}")
        if system.levels and system.fracture:
            first, second = self.network(system.levels), self.network(system.fracture)
            if (first.input_px, first.output_stride) != (second.input_px, second.output_stride):
                raise ValueError(
                    f"systems.{name}: its two arms differ in input_px or output_stride, which one "
                    "system needs alike"
                )

    @cached_property
    def _settings(self) -> dict[str, dict[str, Any]]:
        return {name: self._merged(name) for name in self.arms}

    def _merged(self, name: str) -> dict[str, Any]:
        given = self.arms[name]
        if isinstance(given, str):
            try:
                loaded = load_experiment(Path(given))
            except ConfigError as error:
                raise ValueError(f"arms.{name}: {error}") from None
            if loaded.kind is not Kind.FINDER:
                raise ValueError(
                    f"arms.{name}: expected a finder's experiment, found {loaded.kind}"
                )
            given = loaded.model_dump(exclude_unset=True, exclude={*_OWN, "description", "version"})
        for key in _OWN:
            if key in given:
                raise ValueError(f"arms.{name}.{key}: {_instead(key)}")
        settings = laid_over(dict(self.training), given)
        network = dict(settings.get("network", {}))
        if "arm" not in network:
            if name not in list(Arm):
                known = ", ".join(Arm)
                raise ValueError(
                    f"arms.{name}: say which decoders it has, by network.arm (one of {known})"
                )
            network["arm"] = name
        return {**settings, "network": network}

    def network(self, arm: str) -> UNetConfig:
        """Sizes of an arm's network."""
        config = self._parsed(arm, {"datasets": [{"folder": "."}]}, 0, {}).network_config()
        assert isinstance(config, UNetConfig)
        return config

    def film_px(self) -> int:
        """Longer side that films are kept at for training, the same for every arm."""
        return round(_KEPT_SHARE * max(max(self.network(arm).input_px) for arm in self.arms))

    def _parsed(
        self, arm: str, data: Mapping[str, Any], seed: int, budget: Mapping[str, Any]
    ) -> Experiment:
        values = {
            "precision": "auto",
            "accelerator": "auto",
            "devices": 1,
            **self._settings[arm],
            "name": arm,
            "kind": "finder",
            "description": self.description,
            "seed": seed,
            "data": data,
            "budget": budget,
            "workers": 0,
            "threads": self.threads,
        }
        try:
            return parse_experiment(values, f"arms.{arm}")
        except ConfigError as error:
            raise ValueError(str(error).rstrip(".")) from None

    def experiment(
        self, arm: str, seed: int, labels: Path, cache: Path, films: int, validation_films: int
    ) -> Experiment:
        """The training of an arm with a seed.

        Parameters
        ----------
        arm : str
        seed : int
        labels : Path
            ``films.json`` whose sides say what trains and what validates.
        cache : Path
            Of prepared films.
        films, validation_films : int
            How many there are of each side.
        """
        batch = self._parsed(arm, {"datasets": [{"folder": "."}]}, seed, {}).batch_size
        steps = self.budget.most_steps(films, batch)
        every = max(1, steps // 4 if steps < ENDLESS else 4 * math.ceil(films / batch))
        budget = {
            "max_steps": steps,
            "max_minutes": self.budget.minutes,
            "validate_every": every,
            "checkpoint_every": max(1, min(200, every)),
        }
        data = {
            "datasets": [
                {"folder": self.data.folder, "labels": labels, "complete": self.data.complete}
            ],
            "fractured_share": self.data.fractured_share,
            "validation_films": max(1, validation_films),
            "film_px": self.film_px(),
            "packed": True,
            "cache": cache,
        }
        return self._parsed(arm, data, seed, budget)


def _instead(key: str) -> str:
    places = {
        "name": "an arm's name is its key",
        "kind": "arms are film networks (finder)",
        "seed": "seeds are those of the plan, the same for every arm",
        "data": "films are those of the plan, the same for every arm",
        "budget": "the budget is that of the plan, the same for every arm",
        "threads": "threads are those of the plan",
        "workers": "films are kept ready, no worker is needed",
        "start_from": "arms are compared from their first step on",
    }
    return places[key]


def parse_plan(values: Any, where: str = "plan") -> ComparePlan:
    """Check plain values.

    Raises
    ------
    PlanError
        One sentence per mistake, with the key's path.
    """
    return checked(ComparePlan, values, where, PlanError)


def load_plan(path: Path) -> ComparePlan:
    """Read a comparison's YAML file; relative folders in it start from the working directory.

    Raises
    ------
    PlanError
        If the file is missing, is no YAML, or does not follow the form.
    """
    path = Path(path)
    return parse_plan(read_yaml(path, PlanError), str(path))
