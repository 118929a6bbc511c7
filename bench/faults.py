"""What becomes of films when things go wrong: killed nodes, full disks, peers that fail.

Senders send each film until it is answered with success, as devices do. Then every film that was
answered with success must be delivered or a dead letter, and no film may have two objects of a
kind.
"""

import argparse
import json
import logging
import random
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))  # `python bench/faults.py` finds `bench`

from pydicom.dataset import Dataset

from bench.node_kit import (
    Archive,
    NodeProcess,
    QuickReading,
    broken_film,
    config,
    mixed_film,
    send,
    source_film,
    until,
)
from spondyl.serve.dicom.queue import FilmQueue

_WAIT_S = 1800


@dataclass(frozen=True)
class Outcome:
    """What a fault did.

    Attributes
    ----------
    fault : str
    times : int
        How often it struck.
    accepted : int
        Films answered with success.
    refused : int
        Films answered otherwise, or not at all; they were sent again.
    delivered, dead : int
        Of the accepted ones.
    lost : int
        Accepted, and neither.
    resent : int
        Objects that the destination took again, under the UID that it had.
    duplicates : int
        Objects beyond one of a kind of a film.
    """

    fault: str
    times: int
    accepted: int
    refused: int
    delivered: int
    dead: int
    lost: int
    resent: int
    duplicates: int

    @property
    def right(self) -> bool:
        """Nothing was lost, nothing doubled."""
        return self.lost == 0 and self.duplicates == 0 and self.accepted > 0


@dataclass
class Senders:
    """Send films until each was accepted.

    Attributes
    ----------
    port : int
    films : list of Dataset
    again : bool
        Send each film a second time after it was accepted.
    """

    port: int
    films: Sequence[Dataset]
    threads: int = 2
    again: bool = False
    pause_s: float = 0.0
    accepted: "Counter[str]" = field(default_factory=Counter)
    refused: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _running: list[threading.Thread] = field(default_factory=list)

    def start(self) -> "Senders":
        """Begin."""
        for number in range(self.threads):
            part = self.films[number :: self.threads]
            thread = threading.Thread(target=self._send, args=(part, number), daemon=True)
            thread.start()
            self._running.append(thread)
        return self

    @property
    def done(self) -> bool:
        """All films were accepted."""
        return not any(each.is_alive() for each in self._running)

    def _send(self, films: Sequence[Dataset], number: int) -> None:
        for film in films:
            for _ in range(1 + self.again):
                while send(self.port, [film], f"SENDER{number}") != [0]:
                    with self._lock:
                        self.refused += 1
                    time.sleep(0.3)
                with self._lock:
                    self.accepted[str(film.SOPInstanceUID)] += 1
            time.sleep(self.pause_s)


@dataclass
class Ground:
    """Where a fault is tried: a folder, a destination, films."""

    folder: Path
    archive: Archive
    films: Sequence[Dataset]
    quick_s: float | None
    chance: random.Random

    def node(self, **changes: Any) -> NodeProcess:
        """A node as a process."""
        values = config(self.folder, self.archive.port, **changes)
        return NodeProcess(self.folder, values, self.quick_s)

    def judge(self, fault: str, times: int, senders: Senders) -> Outcome:
        """Compare what was accepted with what became of it."""
        return judge(fault, times, senders, self.folder / "queue", self.archive)


def judge(fault: str, times: int, senders: Senders, folder: Path, archive: Archive) -> Outcome:
    """Compare what was accepted with what the queue and the destination hold."""
    queue = FilmQueue(folder, create=False)
    dead = {letter.film.arrival.sop_instance_uid for letter in queue.dead_letters()}
    queue.close()
    objects: Counter[tuple[str, str]] = Counter()
    for dataset in archive.datasets.values():
        objects[source_film(dataset), str(dataset.SOPClassUID) + str(dataset.Modality)] += 1
    kinds = Counter(film for film, _ in objects)
    whole = max(kinds.values(), default=0)
    delivered = {film for film, count in kinds.items() if count == whole}
    accepted = set(senders.accepted)
    return Outcome(
        fault=fault,
        times=times,
        accepted=len(accepted),
        refused=senders.refused,
        delivered=len(accepted & delivered - dead),
        dead=len(accepted & dead),
        lost=len(accepted - delivered - dead),
        resent=sum(archive.counts.values()) - len(archive.counts),
        duplicates=sum(count - 1 for count in objects.values()) + len(delivered & dead),
    )


# ---- faults ------------------------------------------------------------------------------------


def killed(ground: Ground, times: int) -> Outcome:
    """SIGKILL at random moments: at the start, while films come in, are read and are sent."""
    node = ground.node()
    senders = Senders(node.port, ground.films, pause_s=0.2)
    began = time.monotonic()
    node.start()
    start_s = time.monotonic() - began
    senders.start()
    for _ in range(times):
        time.sleep(ground.chance.uniform(0, start_s + 3.0))
        node.kill()
        node.start(wait_s=0)
    until(lambda: node.get("/readyz")[0] == 200, _WAIT_S)
    _finish(node, senders)
    return ground.judge("killed (SIGKILL)", times, senders)


def terminated(ground: Ground, times: int) -> Outcome:
    """SIGTERM while films come in."""
    node = ground.node().start()
    senders = Senders(node.port, ground.films, pause_s=0.2).start()
    for _ in range(times):
        time.sleep(ground.chance.uniform(0.5, 3.0))
        node.terminate(120)
        node.start()
    _finish(node, senders)
    return ground.judge("terminated (SIGTERM)", times, senders)


def destination_down(ground: Ground, times: int) -> Outcome:
    """The destination goes away and comes back, in the middle of what it is sent."""
    node = ground.node().start()
    senders = Senders(node.port, ground.films, pause_s=0.1).start()
    for _ in range(times):
        time.sleep(ground.chance.uniform(0.2, 2.0))
        ground.archive.stop()
        time.sleep(ground.chance.uniform(0.5, 3.0))
        ground.archive.start()
    _finish(node, senders)
    return ground.judge("destination down", times, senders)


def disk_full(ground: Ground, times: int) -> Outcome:
    """The queue lies on a small disk; the destination is down until no film is taken any more.

    Then somebody else takes the last byte of it for a while.
    """
    # Room for two films' results, which are as large as the films are not, for dead letters, and
    # for the log of the queue's table, which grows to 4 MB before it is written over.
    size_mb, free_mb = (30, 18) if ground.quick_s is None else (10, 1.5)
    with _small_disk(ground.folder / "queue", size_mb):
        node = ground.node(limits={"free_mb": free_mb}).start()
        senders = Senders(node.port, ground.films).start()
        for _ in range(times):
            ground.archive.stop()
            until(lambda: senders.refused > 0 or senders.done, _WAIT_S)
            with _no_room(ground.folder / "queue"):
                time.sleep(3.0)
                ground.archive.start()
                time.sleep(3.0)
        _finish(node, senders)
        return ground.judge("disk full", times, senders)


def clock_jumps(ground: Ground, times: int) -> Outcome:
    """The wall clock is set forward and back by up to 400 days; the node is in this process."""
    from spondyl.serve.dicom.clock import SystemClock
    from spondyl.serve.dicom.node import Node
    from spondyl.serve.dicom.settings_load import parse_config

    class Jumping(SystemClock):
        jump = timedelta()

        def now(self) -> datetime:
            return datetime.now(UTC) + Jumping.jump

    ground.archive.stop()  # so that results wait while the clock jumps
    readings = None if ground.quick_s is None else [QuickReading(ground.quick_s)]
    node = Node(parse_config(config(ground.folder, ground.archive.port)), Jumping(), readings)
    node.start()
    senders = Senders(node.receiver.port, ground.films, pause_s=0.1).start()
    for number in range(times):
        time.sleep(0.5)
        Jumping.jump = timedelta(days=ground.chance.uniform(-400, 400))
        if number == times // 2:
            ground.archive.start()
    if times < 2:
        ground.archive.start()
    until(lambda: senders.done and node.queue.waiting() == 0, _WAIT_S)
    node.drain()
    return ground.judge("clock jumps", times, senders)


def bad_peers(ground: Ground, times: int) -> Outcome:
    """Peers that abort in a film, send slowly, say nothing or rubbish, beside good ones."""
    node = ground.node(limits={"free_mb": 1, "object_s": 3, "idle_s": 3}).start()
    senders = Senders(node.port, ground.films, again=True).start()
    for number in range(times):
        (_abort, _slow, _silent, _rubbish)[number % 4](node.port, ground.films[0])
    _finish(node, senders)
    return ground.judge("bad peers, films sent twice", times, senders)


FAULTS: dict[str, tuple[Callable[[Ground, int], Outcome], int]] = {
    "killed": (killed, 50),
    "terminated": (terminated, 5),
    "destination": (destination_down, 5),
    "disk": (disk_full, 1),
    "clock": (clock_jumps, 20),
    "peers": (bad_peers, 20),
}


def _finish(node: NodeProcess, senders: Senders) -> None:
    until(lambda: node.running and senders.done and node.finished(), _WAIT_S, "all is finished")
    node.terminate(120)


def _abort(port: int, film: Dataset) -> None:
    """Break off in the middle of a film."""
    from pynetdicom import AE
    from pynetdicom.presentation import build_context

    association = AE("ABORTS").associate(
        "127.0.0.1", port, ae_title="SPONDYL",
        contexts=[build_context(film.SOPClassUID, film.file_meta.TransferSyntaxUID)],
    )  # fmt: skip
    if not association.is_established:
        return
    wrapped = association.dul.socket
    assert wrapped is not None
    assert wrapped.socket is not None
    wrapped.socket.sendall(struct.pack(">BBL", 4, 0, 50_000) + b"\0" * 9_000)
    association.abort()


def _slow(port: int, film: Dataset) -> None:
    """One byte now and then."""
    _say(port, [struct.pack(">BBL", 1, 0, 300), *[b"\0"] * 8], pause_s=0.2)


def _silent(port: int, film: Dataset) -> None:
    """Connect, and leave after a while."""
    _say(port, [], pause_s=0.5)


def _rubbish(port: int, film: Dataset) -> None:
    """Another protocol."""
    _say(port, [b"GET / HTTP/1.1\r\nHost: pacs\r\n\r\n"], pause_s=0.2)


def _say(port: int, pieces: Sequence[bytes], pause_s: float) -> None:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            for piece in pieces:
                connection.sendall(piece)
                time.sleep(pause_s)
            time.sleep(pause_s)
    except OSError:
        pass


@contextmanager
def _small_disk(folder: Path, megabytes: int) -> Iterator[None]:
    """A tmpfs of a few megabytes at a folder; needs the right to mount."""
    folder.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        raise PermissionError("left out: a small disk could not be mounted")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


@contextmanager
def _no_room(folder: Path) -> Iterator[None]:
    """Fill a disk to the last byte."""
    path = folder / "of-somebody-else"
    try:
        with path.open("wb", buffering=0) as file:
            while True:
                file.write(b"\0" * 4096)
    except OSError:
        pass
    try:
        yield
    finally:
        path.unlink()


def main(arguments: Sequence[str] | None = None) -> int:
    """Strike, count, print."""
    parser = argparse.ArgumentParser(prog="python -m bench faults", description=__doc__)
    parser.add_argument("faults", nargs="*", metavar="FAULT", help=", ".join(FAULTS))
    parser.add_argument("--films", type=int, default=40, help="of each fault, a tenth are broken")
    parser.add_argument("--times", type=int, help="how often each fault strikes")
    parser.add_argument(
        "--quick", type=float, metavar="SECONDS",
        help="read without networks, so many seconds a film: the node alone is the subject",
    )  # fmt: skip
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--strict", action="store_true", help="exit code 1 if anything was lost")
    given = parser.parse_args(arguments)
    logging.disable()  # of a node in this process
    outcomes: list[Outcome] = []
    for name in given.faults or FAULTS:
        strike, usual = FAULTS[name]
        folder = Path(tempfile.mkdtemp(prefix=f"spondyl-{name}-"))
        films = [
            broken_film(n, f"{name} {given.seed}")
            if n % 10 == 9
            else mixed_film(n, f"{name} {given.seed}")
            for n in range(given.films)
        ]
        archive = Archive().start()
        ground = Ground(folder, archive, films, given.quick, random.Random(given.seed))
        try:
            outcomes.append(strike(ground, given.times or usual))
        except PermissionError as error:
            print(f"{name}: {error}", file=sys.stderr)
            continue
        finally:
            archive.stop()
        if not given.json:
            _print(outcomes[-1], head=len(outcomes) == 1)
        shutil.rmtree(folder, ignore_errors=True)
    if given.json:
        print(json.dumps([asdict(each) for each in outcomes]))
    return int(given.strict and not all(each.right for each in outcomes))


def _print(outcome: Outcome, *, head: bool) -> None:
    if head:
        print(
            f"{'fault':<28}{'times':>6}{'accepted':>9}{'refused':>8}{'delivered':>10}{'dead':>5}"
            f"{'lost':>5}{'resent':>7}{'duplicates':>11}"
        )
    print(
        f"{outcome.fault:<28}{outcome.times:>6}{outcome.accepted:>9}{outcome.refused:>8}"
        f"{outcome.delivered:>10}{outcome.dead:>5}{outcome.lost:>5}{outcome.resent:>7}"
        f"{outcome.duplicates:>11}",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
