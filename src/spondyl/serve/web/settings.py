"""What the reading room is told at its start: by a YAML file, by options, or not at all."""

import ipaddress
from pathlib import Path
from typing import Annotated, Any

from pydantic import AnyHttpUrl, BaseModel, ConfigDict, Field, SecretStr, model_validator

from spondyl.forms import checked, laid_over, read_yaml
from spondyl.serve.store.engine import sqlite_url
from spondyl.serve.store.kinds import Role

DEFAULT_PORT = 8750
Port = Annotated[int, Field(ge=0, le=65535)]


class RoomError(ValueError):
    """The room cannot run with these settings; a sentence says why."""


def _key(default: Any, description: str, **limits: Any) -> Any:
    return Field(default, description=description, **limits)


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class OidcSettings(_Settings):
    """Sign-in by the house's own identity provider (OpenID Connect)."""

    issuer: AnyHttpUrl = _key(..., "address of the provider, as it names itself")
    client_id: str = _key(..., "name of this program at the provider")
    client_secret: SecretStr | None = _key(None, "or client_secret_file")
    client_secret_file: Path | None = _key(None, "file that holds the client's secret")
    scopes: tuple[str, ...] = _key(("openid", "profile", "email"), "what is asked for")
    label: str = _key("your organisation", "who one signs in with, as the page says it")
    new_users: bool = _key(True, "who signs in for the first time becomes a user")
    new_role: Role = _key(Role.READER, "role of a new user whose groups name none")
    groups_claim: str = _key("groups", "claim that holds a user's groups")
    roles: dict[str, Role] = _key({}, "group: role; the highest counts, at each sign-in anew")

    @model_validator(mode="after")
    def _asks_for_an_identity(self) -> "OidcSettings":
        if "openid" not in self.scopes:
            raise ValueError("scopes must hold openid")
        return self


class SignInSettings(_Settings):
    """How long a sign-in lasts, and how many failures are borne."""

    hours: float = _key(12, "after which one signs in again", gt=0, le=24 * 30)
    idle_minutes: float = _key(120, "without a request, after which one signs in again", gt=0)
    failures: int = _key(5, "wrong passwords of one name before it has to wait", ge=1)
    failures_per_address: int = _key(50, "wrong passwords of one address before it waits", ge=1)
    window_minutes: float = _key(15, "in which failures are counted, and the longest wait", gt=0)
    shortest_password: int = _key(12, "letters of a new password", ge=8, le=64)


class RoomLimits(_Settings):
    """What is refused before it can do harm."""

    json_mb: float = _key(8, "largest request that is no upload", gt=0)
    upload_mb: float = _key(2000, "largest upload, all its files together", gt=0)
    film_mb: float = _key(200, "largest single film", gt=0)
    film_megapixels: float = _key(100, "largest picture, unpacked", gt=0)
    zip_files: int = _key(20_000, "files of one zip", ge=1)
    zip_ratio: float = _key(200, "how much larger a zip may become, unpacked", gt=1)
    free_mb: float = _key(500, "room on the disk that uploads leave", ge=0)


class RoomSettings(_Settings):
    """A reading room."""

    data: Path = _key(
        Path("~/.local/share/spondyl"), "folder of the database, films and secret if not told else"
    )
    database: str | None = _key(None, "URL of the database; by default a SQLite file in data")
    films: str | None = _key(None, "folder or s3://bucket/prefix; by default a folder in data")
    secret_file: Path | None = _key(None, "holds the room's secret; by default a file in data")
    host: str = _key("127.0.0.1", "address to bind; others than this machine's need sign_in")
    port: Port = _key(DEFAULT_PORT, "TCP port; 0 takes any free one")
    hosts: tuple[str, ...] = _key((), "names that the page is called by; empty: any, with sign_in")
    public_url: AnyHttpUrl | None = _key(None, "address that browsers see, behind a proxy")
    proxies: tuple[str, ...] = _key((), "addresses of proxies whose X-Forwarded-* are believed")
    certificate: Path | None = _key(None, "TLS certificate (PEM), if no proxy ends TLS")
    private_key: Path | None = _key(None, "the certificate's key (PEM)")
    sign_in: bool = _key(False, "people sign in; without it one local user may do everything")
    sessions: SignInSettings = _key(SignInSettings(), "how long sign-ins last")
    oidc: OidcSettings | None = _key(None, "sign-in by OpenID Connect, beside passwords")
    limits: RoomLimits = _key(RoomLimits(), "what is refused")
    site: str = _key("default", "whose thresholds are used; or a site file")
    weights: Path | None = _key(None, "folder of other networks")
    workers: int = _key(1, "films read at the same time", ge=1, le=64)
    threads: int = _key(2, "threads for one film", ge=1)
    timeout_s: float = _key(120, "a reading that takes longer is ended", gt=0)
    attempts: int = _key(2, "readings that may die or hang before a film counts as failed", ge=1)
    folder: Path | None = _key(None, "films that appear in this folder are taken in")
    node_queue: Path | None = _key(None, "queue folder of a DICOM node, whose films are shown")
    metrics: bool = _key(True, "answer /metrics")

    @model_validator(mode="after")
    def _fits_together(self) -> "RoomSettings":
        if not self.sign_in and not is_loopback(self.host):
            raise ValueError(
                f"host {self.host} can be reached by other machines, and then people have to sign "
                "in; set sign_in: true, and add a user by `spondyl room user add`"
            )
        if self.oidc is not None and not self.sign_in:
            raise ValueError("oidc needs sign_in: true")
        if (self.certificate is None) != (self.private_key is None):
            raise ValueError("certificate and private_key belong together")
        return self

    @property
    def database_url(self) -> str:
        """The database's URL."""
        return self.database or sqlite_url(self.data_folder / "room.sqlite")

    @property
    def films_url(self) -> str:
        """The film store's URL."""
        return self.films or str(self.data_folder / "films")

    @property
    def data_folder(self) -> Path:
        """The folder of what the room keeps on this machine."""
        return self.data.expanduser()

    @property
    def secret_path(self) -> Path:
        """The file of the room's secret."""
        return self.secret_file or self.data_folder / "secret"


def is_loopback(host: str) -> bool:
    """An address that only this machine reaches.

    Examples
    --------
    >>> is_loopback("localhost"), is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("::")
    (True, True, True, False)
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


_PATHS = frozenset(
    {"data", "secret_file", "certificate", "private_key", "weights", "folder", "node_queue"}
)  # keys whose values are paths


def load_settings(path: Path | None = None, given: dict[str, Any] | None = None) -> RoomSettings:
    """Settings of a YAML file with options laid over it.

    Parameters
    ----------
    path : Path, optional
        Relative paths in it start from its own folder.
    given : dict, optional
        Keys that an option said; those win.

    Raises
    ------
    RoomError
        One sentence a mistake.
    """
    values: Any = {}
    if path is not None:
        values = read_yaml(path, RoomError)
        if isinstance(values, dict):
            values = _rooted(values, path.parent)
    if isinstance(values, dict):
        values = laid_over(values, given or {})
    return checked(RoomSettings, values, str(path or "settings"), RoomError)


def _rooted(values: dict[str, Any], base: Path) -> dict[str, Any]:
    out = {
        name: str(base / Path(each).expanduser())
        if name in _PATHS and isinstance(each, str)
        else each
        for name, each in values.items()
    }
    oidc = out.get("oidc")
    if isinstance(oidc, dict) and isinstance(oidc.get("client_secret_file"), str):
        path = base / Path(oidc["client_secret_file"]).expanduser()
        out["oidc"] = {**oidc, "client_secret_file": str(path)}
    site = out.get("site")
    if isinstance(site, str) and site.endswith(".json"):  # else the name of a site
        out["site"] = str(base / Path(site).expanduser())
    films = out.get("films")
    if isinstance(films, str) and "://" not in films:
        out["films"] = str(base / Path(films).expanduser())
    return out
