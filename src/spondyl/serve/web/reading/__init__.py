"""Films read in the background, as the room's settings say."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from spondyl.serve.logs import log
from spondyl.serve.quality.site_file import site_to_read_with
from spondyl.serve.room.reading.process import HandsProcess, HandsSettings, Runs
from spondyl.serve.room.reading.service import Hooks, RoomReading, ServiceSettings
from spondyl.serve.room.reading.worker import WorkerSettings
from spondyl.serve.room.relay import Relay
from spondyl.serve.room.taking import TakingLimits
from spondyl.serve.room.telling import Retelling
from spondyl.serve.web.room import Room
from spondyl.serve.web.settings import RoomSettings

_MB = 1_000_000

#: Makes what opens and reads films; tests put something without processes in its place.
make_hands: Callable[[HandsSettings], Runs] = HandsProcess


def start_reading(room: Room) -> RoomReading:
    """Begin to read the films that wait, with the site that an administrator has accepted."""
    settings = service_settings(room.settings)
    site = site_to_read_with(room.database, settings.disk, room.settings.site)
    found = RoomReading(
        room.database,
        room.films,
        replace(settings, hands=replace(settings.hands, site=site)),
        Hooks(noted=_noted, seconds=room.metrics.reading_seconds.observe),
        make_hands,
    )
    if not room.database.is_sqlite:
        # A SQLite file has one room, and that one process.
        retelling = Retelling(room.database, found.bus, found.show_film)
        relay = Relay(room.database, retelling, _noted)
        found.bus.others = relay
        relay.start()
    found.start()
    return found


def read_anew(room: Room) -> None:
    """Go on reading with another site: films that are being read are queued again."""
    reading_of(room).stop()
    room.reading = start_reading(room)


def service_settings(settings: RoomSettings) -> ServiceSettings:
    """What the reading of films needs of a room's settings."""
    cache = settings.data_folder / "cache"
    return ServiceSettings(
        cache=cache,
        disk=settings.data_folder,
        hands=HandsSettings(cache, settings.site, settings.weights, settings.threads),
        worker=WorkerSettings(settings.timeout_s, settings.attempts),
        limits=taking_limits(settings),
        workers=settings.workers,
        # A site file's path names no site of films.
        site="default" if settings.site.endswith(".json") else settings.site,
        most_pixels=int(settings.limits.film_megapixels * 1e6),
        spare_bytes=settings.limits.free_mb * _MB,
        folder=settings.folder,
        node_queue=settings.node_queue,
    )


def taking_limits(settings: RoomSettings) -> TakingLimits:
    """What is refused of uploads."""
    limits = settings.limits
    return TakingLimits(
        film_bytes=int(limits.film_mb * _MB),
        total_bytes=int(limits.upload_mb * _MB),
        entries=limits.zip_files,
        ratio=limits.zip_ratio,
    )


def _noted(name: str, fields: Mapping[str, Any]) -> None:
    log(name, **dict(fields))


def film_changed(room: Room, film_id: str) -> None:
    """Tell all pages how a film stands."""
    if room.reading is not None:
        room.reading.film_changed(film_id)


def reading_of(room: Room) -> RoomReading:
    """What reads films in a running room."""
    assert isinstance(room.reading, RoomReading), "The application's lifespan has not begun."
    return room.reading
