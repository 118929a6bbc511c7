"""A look at the labelled sets of an experiment before anything starts."""

from collections.abc import Sequence

from spondyl.anatomy import LEVELS, Status
from spondyl.labels import DatasetError, FilmLabel, VertebraLabel, load_dataset
from spondyl.labels.split import LeakError, refuse_leaks
from spondyl.network.export import Kind
from spondyl.network.tasks import ARM_TASKS, Arm, Task
from spondyl.train.config import ConfigError, DatasetSettings, Experiment
from spondyl.train.finder_data import MINIMUM_BODIES
from spondyl.train.mixture import side_of


def check_datasets(experiment: Experiment) -> list[str]:
    """What each data set of an experiment holds, one sentence for each.

    Raises
    ------
    ConfigError
        If a set is no data set, has a patient on two sides, no film for training, or no body that
        this kind of network can learn from.
    """
    data = experiment.data
    return [_checked(item, data.validation_share, experiment) for item in data.datasets]


def _checked(item: DatasetSettings, share: float, experiment: Experiment) -> str:
    where = item.labels or item.folder
    try:
        films = load_dataset(where).films
        refuse_leaks(films)
    except (DatasetError, LeakError) as error:
        raise ConfigError(f"data.datasets: {where}: {error}") from None
    training = [film for film in films if side_of(film, share) is False]
    validation = [film for film in films if side_of(film, share)]
    if not training:
        raise ConfigError(
            f"data.datasets: {where}: none of its {len(films)} films is for training; give films "
            'the split "train" (`spondyl labels split`), or leave their split out.'
        )
    sentence = (
        f"{where}: {len(training)} films to train on, {len(validation)} to validate on, "
        f"{len(films) - len(training) - len(validation)} left alone"
    )
    if experiment.kind is Kind.VIEW:
        return f"{sentence}."
    bodies = _drawn(training)
    if not bodies:
        raise ConfigError(
            f"data.datasets: {where}: no T11-L5 body on its training films has its four corners; "
            f"the {experiment.kind} network learns from drawn bodies. Draw them, or take this set "
            "out."
        )
    if experiment.kind is Kind.FINDER and not any(_enough(film) for film in training):
        raise ConfigError(
            f"data.datasets: {where}: no training film has {MINIMUM_BODIES} bodies with corners, "
            "which the finder network needs; draw more of each film, or take this set out."
        )
    judged = [body for body in bodies if body.assessable and body.status is not Status.UNKNOWN]
    fractured = sum(body.status is Status.FRACTURED for body in judged)
    sentence += (
        f"; of {len(bodies)} drawn T11-L5 bodies to train on {len(judged)} are judged, "
        f"{fractured} fractured."
    )
    if not judged and _learns_fractures(experiment):
        sentence += (
            ' No status says "normal" or "fractured": fractures are learned from other films alone.'
        )
    if not validation:
        sentence += " None validates: its figures will be of other films."
    return sentence


def _drawn(films: Sequence[FilmLabel]) -> list[VertebraLabel]:
    return [
        body
        for film in films
        for level, body in film.vertebrae.items()
        if body.has_quad and LEVELS[level].judged
    ]


def _enough(film: FilmLabel) -> bool:
    return sum(body.corners_px is not None for body in film.vertebrae.values()) >= MINIMUM_BODIES


def _learns_fractures(experiment: Experiment) -> bool:
    if experiment.kind is Kind.BODY:
        return True
    arm = Arm(str(experiment.network.get("arm", Arm.READER)))
    return Task.FRACTURE in ARM_TASKS[arm]
