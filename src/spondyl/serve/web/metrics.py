"""Figures of the room for Prometheus; none of them names a patient, a film or a user."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from spondyl import __version__
from spondyl.serve.store.engine import Database
from spondyl.serve.store.tables import Film, FilmState

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 60)


class Metrics:
    """The room's counters, in a registry of their own.

    Parameters
    ----------
    database : Database
        Whose films are counted whenever somebody asks.
    """

    def __init__(self, database: Database) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self.registry.register(_Films(database))
        self.requests = Counter(
            "spondyl_room_requests", "Requests, by method, route and status",
            ("method", "route", "status"), registry=self.registry,
        )  # fmt: skip
        self.seconds = Histogram(
            "spondyl_room_request_seconds", "Until the answer began, by route", ("route",),
            buckets=_SECONDS, registry=self.registry,
        )  # fmt: skip
        self.sign_ins = Counter(
            "spondyl_room_sign_ins", "Sign-ins, by way and outcome", ("way", "outcome"),
            registry=self.registry,
        )  # fmt: skip
        self.decisions = Counter(
            "spondyl_room_decisions", "Decisions kept, by kind", ("kind",), registry=self.registry
        )
        self.films_taken = Counter(
            "spondyl_room_films_taken", "Films handed in, by way and what became of them",
            ("source", "taken"), registry=self.registry,
        )  # fmt: skip
        self.reading_seconds = Histogram(
            "spondyl_room_reading_seconds", "Reading one film", buckets=_SECONDS,
            registry=self.registry,
        )  # fmt: skip
        Gauge(
            "spondyl_room_info", "Version of the room", ("version",), registry=self.registry
        ).labels(__version__).set(1)

    def text(self) -> bytes:
        """What a Prometheus server is answered."""
        return generate_latest(self.registry)


class _Films(Collector):
    def __init__(self, database: Database) -> None:
        self._database = database

    def describe(self) -> Iterator[Metric]:
        """Names only: the tables may not be there yet when this is registered."""
        yield GaugeMetricFamily("spondyl_room_films", "Films by state", labels=["state"])

    def collect(self) -> Iterator[Metric]:
        films = GaugeMetricFamily("spondyl_room_films", "Films by state", labels=["state"])
        try:
            with self._database.session() as session:
                rows = session.execute(select(Film.state, func.count()).group_by(Film.state))
                counts = {row[0]: row[1] for row in rows}
        except SQLAlchemyError:
            return  # a database that is away is told by /ready
        for state in FilmState:
            films.add_metric([state.value], counts.get(state, 0))
        yield films
