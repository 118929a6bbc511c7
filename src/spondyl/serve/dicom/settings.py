"""What one YAML file says of a node: its form, defaults and limits.

The reference page of the keys is made from these classes: each ``description`` is a sentence there.
"""

import ipaddress
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from spondyl.serve.dicom.model import Origin
from spondyl.serve.dicom.settings_ways import (
    Destination,
    FolderSettings,
    PullSettings,
    TlsServer,
    key,
)

#: Printable ASCII without the backslash, no space at either end (PS3.5, table 6.2-1).
_AE_TITLE = r"^[\x21-\x5b\x5d-\x7e]([\x20-\x5b\x5d-\x7e]{0,14}[\x21-\x5b\x5d-\x7e])?$"
AeTitle = Annotated[str, Field(pattern=_AE_TITLE)]
Port = Annotated[int, Field(ge=0, le=65535)]
ResultKind = Literal["sr", "sc", "sc-grey", "gsps", "dcmpdf"]


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ListenSettings(_Settings):
    """Where the node takes associations."""

    address: str = key("127.0.0.1", "address to bind; 0.0.0.0 is every network of the machine")
    port: Port = key(11112, "TCP port; 0 takes any free one")
    tls: TlsServer | None = key(None, "certificates, if associations must be encrypted")


class Caller(_Settings):
    """Who may call: an AE title, an address, or both together."""

    ae_title: AeTitle | None = key(None, "calling AE title; any if left out")
    address: str | None = key(None, "address (10.0.0.5) or network (10.0.0.0/24); any if left out")

    @field_validator("address")
    @classmethod
    def _is_network(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                ipaddress.ip_network(value, strict=False)
            except ValueError:
                raise ValueError(
                    "expected an address as 10.0.0.5 or a network as 10.0.0.0/24 (no host name)"
                ) from None
        return value

    @model_validator(mode="after")
    def _says_something(self) -> "Caller":
        if self.ae_title is None and self.address is None:
            raise ValueError("a caller needs an ae_title, an address, or both")
        return self


class LimitSettings(_Settings):
    """What is refused before it can do harm."""

    object_mb: float = key(200, "largest film; a larger one ends its association", gt=0)
    in_flight_mb: float = key(1000, "of all films that are being received at once", gt=0)
    object_s: float = key(120, "a film must be through in this time", gt=0)
    idle_s: float = key(60, "an association without a word is ended after this time", gt=0)
    associations: int = key(16, "at once; the next is told to come later", ge=1)
    films_per_minute: float | None = key(None, "of one AE title; more are told to come later", gt=0)
    waiting_films: int = key(100_000, "in the queue; more are told to come later", ge=1)
    free_mb: float = key(500, "room on the disk that films leave for results", ge=0)


class QueueSettings(_Settings):
    """Where films are kept until their results are delivered."""

    folder: Path = key(..., "on a local disk; made if it is missing")
    remember_days: float = key(
        90, "how long a delivered film's UID is known, so that it is not read twice", gt=0
    )


class ReadingSettings(_Settings):
    """How films are read."""

    site: str = key("default", "whose thresholds are used; or a site file")
    weights: Path | None = key(None, "folder of other networks")
    processes: int = key(1, "films read at the same time", ge=1, le=64)
    threads: int = key(2, "threads for one film", ge=1)
    timeout_s: float = key(120, "a reading that takes longer is ended", gt=0)
    attempts: int = key(2, "readings that may die or hang before the film is a dead letter", ge=1)


class CaptureSettings(_Settings):
    """How pictures (sc, sc-grey) are kept."""

    compression: Literal["none", "rle", "jpeg-ls", "jpeg2000"] = key(
        "none", "without loss; a destination by C-STORE that cannot take it is sent plain pixels"
    )


class Route(_Settings):
    """Which results go where; all routes that fit a film are followed."""

    callers: tuple[AeTitle, ...] = key((), "films from these AE titles or sources; empty: from all")
    origins: tuple[Origin, ...] = key((), "dicom, folder, dicomweb; empty: all")
    fractured: bool | None = key(None, "only films that were, or were not, called fractured")
    assessable: bool | None = key(None, "only films that could, or could not, be judged")
    results: tuple[ResultKind, ...] = key(("sr", "sc"), "sr, sc, sc-grey, gsps, dcmpdf")
    to: tuple[str, ...] = key(..., "names of destinations")

    @model_validator(mode="after")
    def _goes_somewhere(self) -> "Route":
        if not self.results:
            raise ValueError("results: name at least one")
        return self


class RetrySettings(_Settings):
    """When and how often a result is sent again."""

    first_s: float = key(5, "wait after the first failure", gt=0)
    factor: float = key(2, "each wait is so much longer", ge=1)
    longest_s: float = key(600, "longest wait", gt=0)
    jitter: float = key(0.2, "share by which waits are spread", ge=0, lt=1)
    attempts: int = key(
        450, "failures after which a result is a dead letter (450 are about three days)", ge=1
    )


class MetricsSettings(_Settings):
    """Where /metrics, /healthz and /readyz answer."""

    address: str = key("127.0.0.1", "address to bind")
    port: Port = key(9108, "TCP port; 0 takes any free one")


class NodeConfig(_Settings):
    """All settings of a node."""

    ae_title: AeTitle = key("SPONDYL", "of this node; callers must use it")
    listen: ListenSettings = key(ListenSettings(), "where the node takes associations")
    allow: tuple[Caller, ...] = key(..., "who may call")
    limits: LimitSettings = key(LimitSettings(), "what is refused")
    queue: QueueSettings = key(..., "where films are kept")
    reading: ReadingSettings = key(ReadingSettings(), "how films are read")
    destinations: tuple[Destination, ...] = key(..., "where results can go")
    routes: tuple[Route, ...] = key(
        (), "which results go where; empty: sr and sc of every film to all destinations"
    )
    captures: CaptureSettings = key(CaptureSettings(), "how pictures are kept")
    retry: RetrySettings = key(RetrySettings(), "when results are sent again")
    folders: tuple[FolderSettings, ...] = key((), "folders whose films are taken")
    pulls: tuple[PullSettings, ...] = key((), "DICOMweb archives that are asked for films")
    metrics: MetricsSettings | None = key(
        MetricsSettings(), "where the node can be watched; or null"
    )
    drain_s: float = key(30, "after SIGTERM, time for what is being received, read and sent", gt=0)

    @model_validator(mode="after")
    def _fits_together(self) -> "NodeConfig":
        if not self.allow and not self.folders and not self.pulls:
            raise ValueError(
                "allow: name at least one caller (or a folder or a pull), or no film can come in"
            )
        names = [each.name for each in self.destinations]
        if not names:
            raise ValueError("destinations: name at least one, or no result can go out")
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"destinations: two are named {name!r}; give each its own name")
        for index, route in enumerate(self.routes):
            for name in route.to:
                if name not in names:
                    known = ", ".join(names)
                    raise ValueError(
                        f"routes.{index}.to: no destination is named {name!r}; known are {known}"
                    )
        return self

    def all_routes(self) -> tuple[Route, ...]:
        """The routes, or the one that is meant where none is written."""
        if self.routes:
            return self.routes
        return (Route(to=tuple(each.name for each in self.destinations)),)

    def destination(self, name: str) -> Destination:
        """A destination by its name."""
        return next(each for each in self.destinations if each.name == name)
