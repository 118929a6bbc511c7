"""Ways in and out of a node beside C-STORE: destinations, folders, DICOMweb; TLS."""

import os
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator


def key(default: Any, description: str, **limits: Any) -> Any:
    """A key of the file with its description."""
    return Field(default, description=description, **limits)


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TlsServer(_Settings):
    """Certificates of the node as the one that is called (PEM files)."""

    certificate: Path = key(..., "certificate of the node")
    private_key: Path = key(..., "its key")
    client_ca: Path | None = key(None, "callers must show a certificate that this authority signed")

    @model_validator(mode="after")
    def _files_are_there(self) -> "TlsServer":
        _need(self.certificate, self.private_key, self.client_ca)
        return self


class TlsClient(_Settings):
    """Certificates for calling a destination (PEM files)."""

    ca: Path | None = key(None, "authority that signed the destination's certificate")
    certificate: Path | None = key(
        None, "certificate of the node, where the destination asks for one"
    )
    private_key: Path | None = key(None, "its key")
    server_name: str | None = key(
        None, "name in the destination's certificate; its host by default"
    )

    @model_validator(mode="after")
    def _files_are_there(self) -> "TlsClient":
        _need(self.ca, self.certificate, self.private_key)
        return self


class DimseSettings(_Settings):
    """A destination that takes C-STORE."""

    ae_title: str = key(..., "called AE title", min_length=1, max_length=16)
    host: str = key(..., "host name or address")
    port: int = key(104, "TCP port", ge=1, le=65535)
    tls: TlsClient | None = key(None, "certificates, if the destination wants encryption")
    commitment: bool = key(False, "ask for storage commitment, where the destination offers it")
    commitment_wait_s: float = key(
        5,
        "how long the association is held open for the answer; later it comes on one of its own",
        ge=0,
    )
    commitment_timeout_s: float = key(3600, "after this time it is asked for again", gt=0)
    timeout_s: float = key(30, "for connecting and for each answer", gt=0)


class WebLogin(_Settings):
    """Who the node is to a DICOMweb server; secrets come from the environment, not the file."""

    user: str | None = key(None, "user name for basic authentication")
    password_variable: str | None = key(None, "environment variable that holds the password")
    token_variable: str | None = key(None, "environment variable that holds a bearer token")

    @model_validator(mode="after")
    def _are_there(self) -> "WebLogin":
        for name in (self.password_variable, self.token_variable):
            if name is not None and name not in os.environ:
                raise ValueError(f"the environment variable {name} is not set")
        if (self.user is None) != (self.password_variable is None):
            raise ValueError("user and password_variable belong together")
        return self


class WebSettings(_Settings):
    """A DICOMweb server."""

    url: str = key(..., "root of its DICOMweb services", pattern=r"^https?://")
    login: WebLogin | None = key(None, "who the node is to it")
    ca: Path | None = key(None, "authority that signed its certificate (PEM)")
    timeout_s: float = key(30, "for connecting and for each answer", gt=0)

    @model_validator(mode="after")
    def _files_are_there(self) -> "WebSettings":
        _need(self.ca)
        return self


class Destination(_Settings):
    """Where results can go: by C-STORE, or by STOW-RS."""

    name: str = key(..., "as routes and dead letters call it", pattern=r"^[A-Za-z0-9_.-]{1,40}$")
    dicom: DimseSettings | None = key(None, "by C-STORE")
    dicomweb: WebSettings | None = key(None, "by STOW-RS")

    @model_validator(mode="after")
    def _one_way(self) -> "Destination":
        if (self.dicom is None) == (self.dicomweb is None):
            raise ValueError("a destination needs either dicom or dicomweb")
        return self


class FolderSettings(_Settings):
    """A folder whose films are taken."""

    name: str = key("folder", "as routes call it", pattern=r"^[A-Za-z0-9_.-]{1,16}$")
    folder: Path = key(..., "walked through, but for names that begin with a dot")
    every_s: float = key(2, "how often it is looked at", gt=0)
    settle_s: float = key(3, "a file that has not changed for this time is whole", gt=0)
    after: Literal["move", "delete", "keep"] = key(
        "move", "what becomes of a file once it is in the queue: moved into .taken, deleted, kept"
    )

    @model_validator(mode="after")
    def _is_there(self) -> "FolderSettings":
        if not self.folder.is_dir():
            raise ValueError(f"the folder {self.folder} does not exist")
        return self


class PullSettings(WebSettings):
    """A DICOMweb archive that is asked for films (QIDO-RS, WADO-RS)."""

    name: str = key("pull", "as routes call it", pattern=r"^[A-Za-z0-9_.-]{1,16}$")
    every_s: float = key(60, "how often it is asked", gt=0)
    days: int = key(1, "films of studies of today and so many days before", ge=0)
    modalities: tuple[str, ...] = key(("CR", "DX"), "of the films", min_length=1)
    filters: dict[str, str] = key({}, "further query keys, such as BodyPartExamined: LSPINE")


def _need(*paths: Path | None) -> None:
    for path in paths:
        if path is not None and not path.is_file():
            raise ValueError(f"the file {path} does not exist")
