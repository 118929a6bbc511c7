"""A real PostgreSQL server of this session, if the machine has one."""

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest


def _programs() -> Path | None:
    """The folder of initdb and pg_ctl; Debian keeps them out of the path."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((each for each in folders if (each / "initdb").is_file()), None)


@contextmanager
def running_postgres(
    auth: str = "trust", options: str = "-c listen_addresses=''", **files: bytes
) -> Iterator[Path]:
    """The folder of a running server's socket.

    Parameters
    ----------
    auth : str
        How users show who they are.
    options : str
        Of the server; ``{folder}`` stands for its folder.
    **files : bytes
        Laid into the folder, for the server alone to read.
    """
    pytest.importorskip("pg8000", reason="the extra [postgres] is not installed")
    programs = _programs()
    if programs is None:
        pytest.skip("there is no PostgreSQL server on this machine (no initdb)")
    # The server refuses to run as root; its folder must be reachable for whom it runs as.
    folder = Path(tempfile.mkdtemp(prefix="spondyl-pg-"))
    who: dict[str, Any] = {"cwd": folder, "check": True, "capture_output": True, "timeout": 120}
    for name, content in {"password": b"correct horse", **files}.items():
        (folder / name).write_bytes(content)
        (folder / name).chmod(0o600)
    if os.name == "posix" and os.geteuid() == 0:
        for each in (folder, *folder.iterdir()):
            shutil.chown(each, "nobody")
        who["user"] = "nobody"
    data = folder / "data"
    control = [programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log"]
    try:
        subprocess.run(
            [programs / "initdb", "-D", data, "-U", "spondyl", f"--auth={auth}", "-E", "UTF8",
             "--no-sync", f"--pwfile={folder / 'password'}"],
            **who,
        )  # fmt: skip
        options = options.format(folder=folder)
        subprocess.run([*control, "-o", f"-k {folder} -c fsync=off {options}", "start"], **who)
        yield folder
        subprocess.run([*control, "-m", "immediate", "stop"], **who)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The folder of a running server's socket."""
    # A socket and no port: nothing that another server of the machine could be in the way of.
    with running_postgres() as folder:
        yield str(folder)


@pytest.fixture
def new_postgres(postgres_server: str) -> Callable[[], str]:
    """Makes an empty database, and says its URL."""
    import pg8000.native

    def make() -> str:
        name = f"room_{uuid.uuid4().hex[:12]}"
        with pg8000.native.Connection(
            "spondyl", database="postgres", unix_sock=f"{postgres_server}/.s.PGSQL.5432"
        ) as connection:
            connection.run(f"CREATE DATABASE {name} TEMPLATE template0")
        return f"postgresql://spondyl@/{name}?host={postgres_server}"

    return make


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database: a SQLite file, and a real PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'room.sqlite'}"
    return str(request.getfixturevalue("new_postgres")())
