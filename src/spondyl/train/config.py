"""One experiment, one YAML file: its form, defaults and sentences for what is wrong with it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from spondyl.forms import checked, read_yaml
from spondyl.network import Arm, BodyNetConfig, UNetConfig, ViewNetConfig
from spondyl.network.export import Kind
from spondyl.network.losses import BodyLossWeights, FinderLossWeights
from spondyl.simulate.settings import SceneSettings
from spondyl.train.scenes import scene_settings

NetworkConfig = UNetConfig | BodyNetConfig | ViewNetConfig
#: ``start_from`` of the packaged weights.
SHIPPED = "shipped"


class ConfigError(ValueError):
    """An experiment's file cannot be used; the message says which key, and what was expected."""


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]


class DatasetSettings(_Settings):
    """A ``spondyl.dataset/1`` folder to train on.

    ``complete`` says that every body on each film has its corners; otherwise the places where
    unlabelled bodies may lie give no signal. ``weight`` is this set's share of the drawn films,
    against the weights of the other sources. ``labels`` is another ``films.json`` over films of
    this folder (other splits, or labels of another reader).
    """

    folder: Path
    labels: Path | None = None
    complete: bool = False
    weight: Positive = 1.0


class StreamSettings(_Settings):
    """Patients simulated while training goes on (:mod:`spondyl.train.simulated`).

    Attributes
    ----------
    seed : int
        Patient ``i`` depends on it and ``i`` alone.
    scene : mapping
        Fields of ``SceneSettings``; ``views`` as shares by name.
    library : Path or None
        Bones to mix in: a folder of meshes, or the file of a saved library.
    films_per_patient : int
        Films of each patient; more of them cost less.
    lanes : int
        Patients in use are ``lanes * films_per_patient``; best a multiple of all workers.
    validation_seed : int
        Of the patients that validate; none of them is trained on, whatever the seeds.
    weight : float
        Share of the drawn films, against the weights of the other sources.
    """

    seed: int = Field(0, ge=0)
    scene: dict[str, Any] = Field(default_factory=dict)
    library: Path | None = None
    films_per_patient: int = Field(8, ge=1)
    lanes: int = Field(24, ge=1)
    validation_seed: int = Field(1_000_003, ge=0)
    weight: Positive = 1.0

    @model_validator(mode="after")
    def _scene_fits(self) -> "StreamSettings":
        self.scene_settings()
        return self

    def scene_settings(self) -> SceneSettings:
        """Settings of the simulator."""
        return scene_settings(self.scene)


class DataSettings(_Settings):
    """Where films come from.

    Attributes
    ----------
    stream : StreamSettings or None
        Patients simulated on the fly, in place of a folder or beside it.
    geometry : Path or None
        Folder of simulated geometries (``simulate.cache``).
    geometry_weight : float
        Its share of the drawn films, against the weights of the datasets.
    sites : tuple of str
        Simulated imaging chains to draw from; empty for the simulator's own mixture.
    datasets : tuple of DatasetSettings
    fractured_share : float or None
        At least this share of the drawn films shows a fracture; None takes films as they come.
    collapse_share : float
        Share of training films into which further fractures are pressed by a warp of the film.
    validation_share : float
        Share of geometries, and of films without a ``split``, kept for validation (by a hash of
        the name, or of the patient where one is given).
    validation_films : int
        At most this many films are used in each validation.
    film_px : int
        Films of a data set are kept at this size at most (their longer side).
    packed : bool
        Keep the films of a data set in one file, prepared before the first step: an epoch then
        costs little more than its arithmetic.
    cache : Path or None
        Folder of prepared films, which several runs may share; in the run's own by default.
    """

    stream: StreamSettings | None = None
    geometry: Path | None = None
    geometry_weight: Positive = 1.0
    sites: tuple[str, ...] = ()
    datasets: tuple[DatasetSettings, ...] = ()
    fractured_share: Share | None = None
    collapse_share: Share = 0.0
    validation_share: Share = 0.05
    validation_films: int = Field(64, ge=1)
    film_px: int = Field(1400, ge=64)
    packed: bool = False
    cache: Path | None = None

    @model_validator(mode="after")
    def _some_source(self) -> "DataSettings":
        if self.geometry is None and self.stream is None and not self.datasets:
            raise ValueError("a source of films is needed: stream, geometry or datasets")
        return self


class FramingSettings(_Settings):
    """How far a drawn view may differ from the film it is drawn from."""

    trim: Share = 0.6
    cut_bottom: Share = 0.06
    rotation_deg: float = Field(4.0, ge=0)
    stretch: float = Field(0.03, ge=0, lt=0.5)


class BodySettings(_Settings):
    """Drawing of single-body crops; lengths in body depths, tails twice as wide now and then.

    ``normal_keep`` is the share of normal bodies that is used (fractured ones always are),
    ``negatives`` the number of crops beside bodies per exposed film, ``pitch_mm`` the range of
    the exposed film's pixel pitch, ``buffer`` the crops among which the order is shuffled.
    """

    shift: float = Field(0.06, ge=0)
    rotation_deg: float = Field(5.0, ge=0)
    scale: float = Field(0.08, ge=0)
    tail_share: Share = 0.15
    normal_keep: Share = 0.6
    negatives: int = Field(1, ge=0)
    pitch_mm: tuple[float, float] = (0.5, 0.75)
    whole_film_share: Share = 0.2
    buffer: int = Field(256, ge=1)


class OptimiserSettings(_Settings):
    """AdamW with a linear warm-up and a cosine fall to ``final_share`` of the rate."""

    rate: Positive = 2e-3
    weight_decay: float = Field(1e-2, ge=0)
    warmup_steps: int = Field(200, ge=0)
    final_share: Share = 0.01
    clip: Positive = 5.0
    ema_decay: float = Field(0.999, ge=0, lt=1)


class BudgetSettings(_Settings):
    """When training ends; the rate falls along whichever limit comes first.

    ``max_minutes`` counts this run's own training time, also over resumes.
    """

    max_steps: int = Field(20_000, ge=1)
    max_minutes: Positive | None = None
    validate_every: int = Field(500, ge=1)
    checkpoint_every: int = Field(200, ge=1)
    patience: int | None = Field(None, ge=1)


class Experiment(_Settings):
    """All settings of one training.

    ``devices`` processes train together, each on ``batch_size`` films a step; ``strategy`` is
    Lightning's name of how ("auto" is "ddp" as soon as there are several). ``precision`` "auto" is
    bfloat16 where the device has it, else float16 on GPUs and full precision elsewhere.

    ``start_from``: ``shipped`` (the packaged weights of this kind) or an exported ``.onnx`` file,
    of the same sizes; or another run's checkpoint, taken where it fits. ``network``
    and ``loss`` are those of the kind: ``UNetConfig`` and ``FinderLossWeights``, ``BodyNetConfig``
    and ``BodyLossWeights``, or ``ViewNetConfig`` (its loss has no settings).
    """

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")
    kind: Kind
    description: str = ""
    version: str = "0.1.0"
    seed: int = Field(0, ge=0)
    start_from: Literal["shipped"] | Path | None = None
    network: dict[str, Any] = Field(default_factory=dict)
    loss: dict[str, Any] = Field(default_factory=dict)
    data: DataSettings
    framing: FramingSettings = FramingSettings()
    body: BodySettings = BodySettings()
    optimiser: OptimiserSettings = OptimiserSettings()
    budget: BudgetSettings = BudgetSettings()
    batch_size: int = Field(12, ge=1)
    workers: int = Field(1, ge=0)
    threads: int | None = Field(None, ge=1)
    precision: Literal["auto", "32-true", "bf16-mixed", "16-mixed"] = "bf16-mixed"
    accelerator: Literal["auto", "cpu", "gpu"] = "auto"
    devices: Annotated[int, Field(ge=1)] | Literal["auto"] = "auto"
    nodes: int = Field(1, ge=1)
    strategy: Literal["auto", "ddp"] = "auto"

    @model_validator(mode="after")
    def _parts_fit(self) -> "Experiment":
        self.network_config()
        self.loss_weights()
        return self

    def network_config(self) -> NetworkConfig:
        """Sizes of the network."""
        return network_config(self.kind, self.network)

    def loss_weights(self) -> FinderLossWeights | BodyLossWeights | None:
        """Weights of the loss terms; None for the view network."""
        if self.kind is Kind.VIEW:
            if self.loss:
                raise ValueError("loss: the view network's loss has no settings; leave it out")
            return None
        return _build(
            FinderLossWeights if self.kind is Kind.FINDER else BodyLossWeights, self.loss, "loss"
        )


def network_config(kind: Kind, network: Mapping[str, Any]) -> NetworkConfig:
    """Sizes of a kind's network from plain values; those left out keep their defaults.

    Raises
    ------
    ValueError
        If a key is unknown, or sizes do not fit.
    """
    kinds = {Kind.FINDER: UNetConfig, Kind.BODY: BodyNetConfig, Kind.VIEW: ViewNetConfig}
    values = {k: tuple(v) if isinstance(v, list) else v for k, v in network.items()}
    if kind is Kind.FINDER and "arm" in values:
        if values["arm"] not in list(Arm):
            known = ", ".join(Arm)
            raise ValueError(f"network.arm: expected one of {known}, found {values['arm']!r}")
        values["arm"] = Arm(str(values["arm"]))
    config: NetworkConfig = _build(kinds[kind], values, "network")
    return config


def _build(form: type, values: dict[str, Any], where: str) -> Any:
    known = set(form.__dataclass_fields__)  # type: ignore[attr-defined]
    unknown = sorted(set(values) - known)
    if unknown:
        raise ValueError(
            f"{where}: unknown key {unknown[0]!r}; known are {', '.join(sorted(known))}"
        )
    try:
        return form(**values)
    except TypeError as error:
        raise ValueError(f"{where}: {error}") from None


def parse_experiment(values: Any, where: str = "experiment") -> Experiment:
    """Check plain values.

    Raises
    ------
    ConfigError
        One sentence per mistake, with the key's path.
    """
    return checked(Experiment, values, where, ConfigError)


def load_experiment(path: Path) -> Experiment:
    """Read an experiment's YAML file; relative folders in it start from the working directory.

    Raises
    ------
    ConfigError
        If the file is missing, is no YAML, or does not follow the form.
    """
    path = Path(path)
    return parse_experiment(read_yaml(path, ConfigError), str(path))
