"""Figures for Prometheus; none of them names a patient, a film or a study."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from spondyl import __version__
from spondyl.serve.dicom.queue import FilmQueue

_SECONDS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 60, 300, 1800)


class Metrics:
    """The node's counters, in a registry of their own.

    Parameters
    ----------
    queue : FilmQueue, optional
        Whose films are counted whenever somebody asks.
    """

    def __init__(self, queue: FilmQueue | None = None) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        if queue is not None:
            self.registry.register(_QueueCollector(queue))
        self.films_taken = Counter(
            "spondyl_node_films_taken", "Films accepted, by way in and what became of them",
            ("origin", "taken"), registry=self.registry,
        )  # fmt: skip
        self.refused = Counter(
            "spondyl_node_refused", "Associations and films refused or ended, by reason",
            ("reason",), registry=self.registry,
        )  # fmt: skip
        self.films_read = Counter("spondyl_node_films_read", "Films read", registry=self.registry)
        self.dead_letters = Counter(
            "spondyl_node_dead_letters", "Films and results that became dead letters",
            registry=self.registry,
        )  # fmt: skip
        self.sent = Counter(
            "spondyl_node_results", "Results sent, by destination and outcome",
            ("destination", "outcome"), registry=self.registry,
        )  # fmt: skip
        self.reading_seconds = Histogram(
            "spondyl_node_reading_seconds", "Reading a film and making its results",
            buckets=_SECONDS, registry=self.registry,
        )  # fmt: skip
        self.associations = Gauge(
            "spondyl_node_associations", "Associations that callers hold", registry=self.registry
        )
        self.destination_up = Gauge(
            "spondyl_node_destination_up", "1 if the last try to reach a destination worked",
            ("destination",), registry=self.registry,
        )  # fmt: skip
        Gauge(
            "spondyl_node_info", "Version of the node", ("version",), registry=self.registry
        ).labels(__version__).set(1)

    def text(self) -> bytes:
        """What a Prometheus server is answered."""
        return generate_latest(self.registry)


class _QueueCollector(Collector):
    def __init__(self, queue: FilmQueue) -> None:
        self._queue = queue

    def collect(self) -> Iterator[Metric]:
        films = GaugeMetricFamily(
            "spondyl_node_films", "Films by state, since the queue was made", labels=["state"]
        )
        for state, count in self._queue.counts().items():
            films.add_metric([str(state)], count)
        yield films
        parcels = GaugeMetricFamily(
            "spondyl_node_parcels", "Results in the queue, by destination and state",
            labels=["destination", "state"],
        )  # fmt: skip
        for name, states in self._queue.parcels_by_destination().items():
            for each, count in states.items():
                parcels.add_metric([name, str(each)], count)
        yield parcels
        yield GaugeMetricFamily(
            "spondyl_node_free_bytes", "Room on the queue's disk",
            value=self._queue.store.free_bytes(),
        )  # fmt: skip
