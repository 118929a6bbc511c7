"""The site that a room reads with: its own only after an administrator has accepted it.

A recalibration proposes a site; accepting it, by its checksum, makes the room read with it. Both
are kept in the database, so that every server of a room reads alike.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from spondyl.files import write_whole
from spondyl.read.site import SCHEMA, Site, SiteError, load_site, site_sha256
from spondyl.serve.room.errors import ConflictError, NotThereError
from spondyl.serve.store.engine import Database
from spondyl.serve.store.tables import Setting, utc_now

ACCEPTED, PROPOSED = "site.accepted", "site.proposed"


def site_json(site: Site) -> dict[str, Any]:
    """A site as its file states it."""
    content: dict[str, Any] = json.loads(json.dumps({"schema": SCHEMA, **asdict(site)}))
    return content


def propose(session: Session, site: Site, by: str) -> None:
    """Keep a site until it is accepted; the caller commits."""
    _put(
        session,
        PROPOSED,
        {
            "sha256": site_sha256(site),
            "site": site_json(site),
            "made_by": by,
            "made_at": utc_now().isoformat(),
        },
    )


def kept(session: Session, which: str) -> dict[str, Any]:
    """An accepted or proposed site with its checksum, and who made or accepted it when.

    Raises
    ------
    NotThereError
        If there is none.
    """
    row = session.get(Setting, which)
    if row is None or not row.value:
        word = "accepted" if which == ACCEPTED else "proposed"
        raise NotThereError(f"There is no {word} site: the room reads with the one it was given.")
    return dict(row.value)


def accept(session: Session, sha256: str, by: str) -> dict[str, Any]:
    """Read with the proposed site from now on; the caller commits.

    Parameters
    ----------
    session : Session
    sha256 : str
        Of the site that the administrator has looked at.
    by : str
        The administrator's id.

    Raises
    ------
    NotThereError
        If there is no proposal.
    ConflictError
        If the proposal is another one by now.
    """
    proposal = kept(session, PROPOSED)
    if proposal["sha256"] != sha256:
        raise ConflictError("The proposed site is another one by now; look at its figures first.")
    accepted = {**proposal, "accepted_by": by, "accepted_at": utc_now().isoformat()}
    _put(session, ACCEPTED, accepted)
    _forget(session, PROPOSED)
    return accepted


def withdraw(session: Session) -> None:
    """Read with the site that the room was given; the caller commits.

    Raises
    ------
    NotThereError
        If no other one was accepted.
    """
    kept(session, ACCEPTED)
    _forget(session, ACCEPTED)


def site_to_read_with(database: Database, folder: Path, given: str) -> str:
    """Name or file of the site that a room reads with.

    Parameters
    ----------
    database : Database
    folder : Path
        Where the accepted site is written for the processes that read.
    given : str
        What the room was told, which counts as long as no other site was accepted.
    """
    with database.session() as session:
        row = session.get(Setting, ACCEPTED)
        content = None if row is None or not row.value else row.value["site"]
    if content is None:
        return given
    path = folder / f"site-{sha256_of(content)[:12]}.json"
    _write(path, content)
    try:
        load_site(path)
    except SiteError:
        return given  # of an older program: better the room's own than none
    return str(path)


def sha256_of(content: Mapping[str, Any]) -> str:
    """Checksum of a site file's content."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _write(path: Path, content: Mapping[str, Any]) -> None:
    write_whole(path, json.dumps(content, indent=1) + "\n", make_folder=True)


def _put(session: Session, key: str, value: dict[str, Any]) -> None:
    row = session.get(Setting, key)
    if row is None:
        session.add(Setting(key=key, value=value))
    else:
        row.value = value
    session.flush()


def _forget(session: Session, key: str) -> None:
    row = session.get(Setting, key)
    if row is not None:
        session.delete(row)
    session.flush()
