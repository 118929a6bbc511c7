"""A site: how the networks' answers become probabilities and calls at one source of films."""

import hashlib
import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from spondyl.files import write_whole
from spondyl.read.calibration import (
    CalibrationMap,
    MadeFrom,
    calibration_from_json,
    made_from_json,
)
from spondyl.read.weights import packaged_folder

SCHEMA = "spondyl.site/1"
DEFAULT_SITE = "default"


class SiteError(ValueError):
    """A site is unknown or its file does not follow the form."""


@dataclass(frozen=True)
class FractureModel:
    """Logistic model of a body's fracture.

    ``logit = intercept + body * body_logit + finder * finder_logit + loss * (height_loss - 0.2)``,
    with both networks' logits clipped to -8..8.
    """

    intercept: float = -0.5
    body: float = 0.7
    finder: float = 0.15
    loss: float = 5.0


@dataclass(frozen=True)
class JudgeSettings:
    """How heights become losses and what can be judged. Shares are of the body's depth or height.

    Attributes
    ----------
    geometry_share : float
        Weight of the losses counted from the six points; the rest is the body network's own.
    film_ratio_limit : float
        Most that a film's own median height ratio (log) may move the expected one.
    suspicious_loss : float
        A body that seems to have lost more is no reference for its neighbours.
    crush_from : float
        Posterior loss from which a body's front and middle are measured against its neighbours'
        posterior height, not its own.
    neighbours : int
        Reference bodies on each side for the posterior height.
    least_confidence : float
        Under this a body is not judged.
    most_spread : float
        Expected error of the points (share of depth) above which a body is not judged.
    most_flat : float
        Share of the area without any grain above which a body is hidden.
    most_seam : float
        Share of an endplate under a cassette's seam above which a body is not judged.
    edge_share : float
        A corner may lie this share of the depth outside the film; negative: it must lie so far
        inside, because points near the edge are partly guessed.
    flatness : (float, float)
        Least and most height / depth of a plausible body.
    size_ratio : (float, float)
        Least and most depth over the column's median.
    least_bodies : int
        Consecutive clear bodies that a film must show to be judged.
    lumbar_floor : float
        Logit of "a lateral lumbar film" under which a film is turned away.
    """

    geometry_share: float = 0.5
    film_ratio_limit: float = 0.08
    suspicious_loss: float = 0.15
    crush_from: float = 0.12
    neighbours: int = 2
    least_confidence: float = 0.35
    most_spread: float = 0.09
    most_flat: float = 0.5
    most_seam: float = 0.3
    edge_share: float = -0.05
    flatness: tuple[float, float] = (0.12, 1.35)
    size_ratio: tuple[float, float] = (0.6, 1.6)
    least_bodies: int = 3
    lumbar_floor: float = -2.0


@dataclass(frozen=True)
class Site:
    """Thresholds and calibration of one source of films.

    Attributes
    ----------
    name : str
    threshold : float
        A body is called fractured at or above this probability.
    fracture : FractureModel
    judge : JudgeSettings
    note : str
        What the figures were fitted on.
    calibration : CalibrationMap
        From the fracture model's probability to the one that is told and held against the
        threshold.
    made_from : MadeFrom or None
        Films, model and expected figures, where `spondyl calibrate` made the site.
    """

    name: str = DEFAULT_SITE
    threshold: float = 0.5
    fracture: FractureModel = field(default_factory=FractureModel)
    judge: JudgeSettings = field(default_factory=JudgeSettings)
    note: str = "Not fitted: round figures."
    calibration: CalibrationMap = field(default_factory=CalibrationMap)
    made_from: MadeFrom | None = None

    def __post_init__(self) -> None:
        if not 0 < self.threshold < 1:
            raise SiteError(
                f"Site {self.name!r}: a threshold lies between 0 and 1, found {self.threshold}."
            )


def load_site(site: str | Path = DEFAULT_SITE) -> Site:
    """Load a site by name (packaged) or from a JSON file.

    Raises
    ------
    SiteError
        If the site does not exist or its file does not follow the form.
    """
    path = Path(site)
    if path.suffix == ".json":
        source = path
    else:
        packaged = packaged_folder() / f"site-{site}.json"
        if not packaged.is_file():
            if str(site) == DEFAULT_SITE:
                return Site()
            raise SiteError(
                f"No site {str(site)!r} is packaged. Give the path of a site file (.json), "
                f"or use {DEFAULT_SITE!r}."
            )
        return _site_from_text(packaged.read_text(encoding="utf-8"), str(packaged))
    try:
        text = source.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SiteError(f"The site file {source} does not exist.") from None
    return _site_from_text(text, str(source))


def _site_from_text(text: str, where: str) -> Site:
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise SiteError(f"The site file {where} is not valid JSON ({error}).") from None
    if not isinstance(content, dict) or content.pop("schema", None) != SCHEMA:
        raise SiteError(f'The site file {where}: expected "schema": "{SCHEMA}".')
    content["fracture"] = _filled(FractureModel, content.get("fracture", {}), where)
    content["judge"] = _filled(JudgeSettings, content.get("judge", {}), where)
    for key, form in (("calibration", calibration_from_json), ("made_from", made_from_json)):
        if content.get(key) is None:
            content.pop(key, None)
            continue
        try:
            content[key] = form(content[key])
        except (AttributeError, TypeError, ValueError) as error:
            raise SiteError(f'The site file {where}: "{key}" has not its form: {error}') from None
    site: Site = _filled(Site, content, where)
    return site


def _filled(kind: type, content: Any, where: str) -> Any:
    """A dataclass from JSON; keys left out keep their defaults, unknown ones are an error."""
    if not isinstance(content, dict):
        raise SiteError(f"The site file {where}: {kind.__name__} must be an object.")
    unknown = set(content) - {item.name for item in fields(kind)}
    if unknown:
        raise SiteError(f"The site file {where}: unknown keys {', '.join(sorted(unknown))}.")
    values = {key: tuple(v) if isinstance(v, list) else v for key, v in content.items()}
    return kind(**values)


def site_sha256(site: Site) -> str:
    """Checksum of all that a site says, however its file is written."""
    content = json.dumps(asdict(site), sort_keys=True, default=str)
    return hashlib.sha256(content.encode("utf-8")).hexdigest()


def save_site(site: Site, path: Path) -> None:
    """Write a site file (whole or not at all)."""
    content = {"schema": SCHEMA, **asdict(site)}
    write_whole(path, json.dumps(content, indent=1) + "\n")
