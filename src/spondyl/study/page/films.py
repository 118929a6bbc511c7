"""The films that went worst, truth and reading drawn on them."""

from dataclasses import dataclass

from spondyl.evaluate import pictures
from spondyl.evaluate.outcome import FilmCall, FilmOutcome
from spondyl.evaluate.readings import ReadingError, call_from_json, load_reading, reading_file
from spondyl.labels import FilmLabel
from spondyl.study.results.folder import READINGS_NAME
from spondyl.study.results.readers import Reader, SetReaders

_FILMS = 4


@dataclass(frozen=True)
class WorstFilm:
    """One film of the page; ``picture`` is a ``data:`` address, empty where none could be drawn."""

    name: str
    picture: str
    words: str


def worst_films(readers: SetReaders, reader: Reader, count: int = _FILMS) -> list[WorstFilm]:
    """The films of a set that one training read worst, worst first.

    Films whose picture is gone are named without one.
    """
    labels = {label.name: label for label in readers.facts.labels}
    shown = []
    for i in pictures.worst(reader.outcomes, count):
        outcome = reader.outcomes[i]
        shown.append(
            WorstFilm(outcome.film, _picture(readers, reader, outcome, labels), _words(outcome))
        )
    return shown


def _picture(
    readers: SetReaders, reader: Reader, outcome: FilmOutcome, labels: dict[str, FilmLabel]
) -> str:
    label = labels.get(outcome.film)
    grey = pictures.load_grey(readers.facts.folder / outcome.film)
    if label is None or grey is None:
        return ""
    file = reading_file(reader.trainings[0].folder / READINGS_NAME, outcome.film)
    try:
        call = call_from_json(load_reading(file))
    except (OSError, ReadingError):  # not kept, or the film could not be read: truth alone
        call = FilmCall()
    return pictures.as_data_url(pictures.draw(grey, label, call))


def _words(outcome: FilmOutcome) -> str:
    if outcome.error is not None:
        return f"could not be read: {outcome.error}"
    right = sum(body.named_right for body in outcome.judged)
    said = [f"{right} of {_many(len(outcome.judged), 'body', 'bodies')} named right"]
    if missed := pictures.missed_fractures(outcome):
        said.append(_many(missed, "fracture", "fractures") + " missed")
    if outcome.false_alarms:
        said.append(_many(outcome.false_alarms, "false alarm", "false alarms"))
    return ", ".join(said)


def _many(count: int, one: str, more: str) -> str:
    return f"{count} {one if count == 1 else more}"
