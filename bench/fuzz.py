"""Mutated DICOM files through the reader and through a node: does anything crash, hang or lie?

Films of the examples in several transfer syntaxes are changed at random: bytes, lengths, values of
the header, pieces cut out or doubled. Each is read in a reading process, as a node does, and must
end in a result that is whole or in a refusal in words. Some are sent to a node as data sets, and
damaged PDUs beside them.
"""

import argparse
import json
import logging
import random
import socket
import struct
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # `python bench/fuzz.py` finds `bench`

from pydicom import uid
from pydicom.dataset import FileDataset

from bench.node_kit import config, echo, film, free_port
from bench.node_load import memory_mb
from spondyl.serve.dicom.model import FilmState
from spondyl.serve.dicom.reading_process import (
    ReaderSettings,
    ReadingDiedError,
    ReadingFailedError,
    ReadingProcess,
)
from spondyl.serve.dicom.results import Outcome, Task

SYNTAXES = (
    uid.ExplicitVRLittleEndian,
    uid.ImplicitVRLittleEndian,
    uid.ExplicitVRBigEndian,
    uid.DeflatedExplicitVRLittleEndian,
    uid.RLELossless,
    uid.JPEGLSLossless,
    uid.JPEG2000Lossless,
    uid.HTJ2KLossless,
)
HANGS_S = 5.0
MEMORY_MB = 1000.0
#: Values that programs trip over.
_BAD = (b"\x00" * 4, b"\xff" * 4, b"\xff\xff\x00\x00", b"\x7f\xff\xff\xff", b"\x80\x00\x00\x00")
_WORDS = (b"-1", b"0", b"1e99", b"nan", b"99999999", b"\\\\\\\\", b"1\\2\\3", b"", b"\xff\xfe")


def encoded(dataset: FileDataset) -> bytes:
    """The file of a film."""
    buffer = BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def seeds() -> list[bytes]:
    """Whole films to start from."""
    found = []
    for number, syntax in enumerate(SYNTAXES):
        kind = ("DX", "CR", "SC")[number % 3]
        try:
            found.append(encoded(film(f"fuzz {number}", modality=kind, transfer_syntax=syntax)))
        except (RuntimeError, NotImplementedError, ValueError):
            continue  # no encoder for this one
    return found


def mutated(data: bytes, chance: random.Random) -> bytes:
    """A film with one to six changes, most of them in its header."""
    content = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        # The header is a few kilobytes before the pixels; both ends of the pixels matter, too.
        header = min(len(content) - 8, 1800)
        place = chance.choice(
            (
                chance.randrange(132, max(133, header)),
                chance.randrange(132, max(133, header)),
                chance.randrange(132, max(133, len(content) - 8)),
            )
        )
        way = chance.randrange(7)
        if way == 0:
            content[place] = chance.randrange(256)
        elif way == 1:
            content[place : place + 4] = chance.choice(_BAD)
        elif way == 2:
            word = chance.choice(_WORDS)
            content[place : place + len(word)] = word
        elif way == 3:
            del content[place : place + chance.choice((1, 2, 8, 100, 5000))]
        elif way == 4:
            piece = content[place : place + chance.choice((2, 8, 64))]
            content[place:place] = piece * chance.choice((1, 2, 50))
        elif way == 5:
            content[place] ^= 1 << chance.randrange(8)
        else:
            del content[place:]
        if len(content) < 160:
            break
    return bytes(content)


def judge(outcome: Outcome) -> str:
    """One word for what came of a film."""
    if outcome.verdict is None:
        return "refused" if outcome.refusal.strip() else "EMPTY"
    whole = all(made.path.is_file() and made.path.stat().st_size > 1000 for made in outcome.made)
    return "read" if outcome.made and whole else "EMPTY"


def fuzz_reader(count: int, seed: int, keep: Path | None) -> dict[str, object]:
    """Read mutated films; what came of them."""
    chance = random.Random(seed)
    films = seeds()
    found: Counter[str] = Counter()
    slowest = most = 0.0
    process = ReadingProcess(ReaderSettings(threads=1))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        process.start()
        for number in range(count):
            path = folder / "film.dcm"
            path.write_bytes(mutated(chance.choice(films), chance))
            task = Task(path, _uid_of(path), ("sr",), folder / "results" / "one")
            start = time.monotonic()
            try:
                word = judge(process.read(task, HANGS_S))
            except ReadingDiedError as error:
                word = "HUNG" if "longer" in str(error) else "CRASHED"
                process.start()
            except ReadingFailedError:
                word = "FAILED"
            slowest = max(slowest, time.monotonic() - start)
            memory = memory_mb(process.pid or 0)
            most = max(most, memory)
            if memory > MEMORY_MB:
                word = "TOO MUCH MEMORY"
                process.stop()
                process.start()
            found[word] += 1
            if word.isupper() and keep is not None:
                keep.mkdir(parents=True, exist_ok=True)
                name_of = f"{word.lower().replace(' ', '-')}-{seed}-{number}.dcm"
                (keep / name_of).write_bytes(path.read_bytes())
        process.stop()
    return {"films": count, **found, "slowest_s": round(slowest, 2), "memory_mb": round(most)}


def _uid_of(path: Path) -> str:
    """As it would be announced with: what the header says, if it can be read."""
    from spondyl.serve.dicom.model import Origin
    from spondyl.serve.dicom.watch_folder import arrival_of

    return arrival_of(path.read_bytes(), Origin.FOLDER, "fuzz").sop_instance_uid


def fuzz_node(count: int, seed: int) -> dict[str, object]:
    """Send a node damaged PDUs and mutated films; whether it still answers, and to all."""
    from bench.node_kit import Archive, QuickReading
    from spondyl.serve.dicom.node import Node
    from spondyl.serve.dicom.settings_load import parse_config

    chance = random.Random(seed)
    films = seeds()
    with tempfile.TemporaryDirectory() as name:
        archive = Archive(keep=False).start()
        values = config(Path(name), archive.port, listen={"port": free_port()})
        values["limits"] = {"free_mb": 1, "object_s": 5, "idle_s": 5, "associations": 64}
        node = Node(parse_config(values), readings=[QuickReading()])
        node.start()
        port = node.receiver.port
        accepted = _send_mutated(port, films, count, chance)
        for _ in range(count):
            _damaged_pdus(port, chance)
        alive = echo(port)
        end = time.monotonic() + 120
        while node.queue.waiting() and time.monotonic() < end:
            time.sleep(0.2)
        counts = node.queue.counts()
        node.drain()
        archive.stop()
    return {
        "data sets": count,
        "accepted": accepted,
        "delivered": counts[FilmState.DELIVERED],
        "dead": counts[FilmState.DEAD],
        "damaged PDUs": count,
        "answers afterwards": alive,
    }


def _send_mutated(port: int, films: Sequence[bytes], count: int, chance: random.Random) -> int:
    """C-STORE mutated data sets, each under a UID of its own; how many were accepted."""
    from pynetdicom import AE
    from pynetdicom.dimse_primitives import C_STORE
    from pynetdicom.presentation import build_context

    accepted = 0
    contexts = [build_context("1.2.840.10008.5.1.4.1.1.1.1", each) for each in SYNTAXES]
    association = None
    for number in range(count):
        if association is None or not association.is_established:
            entity = AE("FUZZ")
            # Where the node ends the association, no answer comes.
            entity.dimse_timeout = 3
            association = entity.associate("127.0.0.1", port, contexts=contexts, ae_title="SPONDYL")
        content = mutated(chance.choice(films), chance)
        request = C_STORE()
        request.MessageID = number % 65535 + 1
        request.AffectedSOPClassUID = uid.UID("1.2.840.10008.5.1.4.1.1.1.1")
        request.AffectedSOPInstanceUID = uid.generate_uid(entropy_srcs=[f"fuzz {number}"])
        request.Priority = 2
        # The data set begins after the file's meta information; where does not matter much here.
        request.DataSet = BytesIO(content[chance.choice((132, 340, 360)) :])
        context = chance.choice(association.accepted_contexts)
        association._reactor_checkpoint.clear()
        association.dimse.send_msg(request, int(context.context_id or 1))
        _, answer = association.dimse.get_msg(block=True)
        association._reactor_checkpoint.set()
        accepted += getattr(answer, "Status", None) == 0
    if association is not None and association.is_established:
        association.release()
    return accepted


def _damaged_pdus(port: int, chance: random.Random) -> None:
    """An association request and what may follow, damaged."""
    from pynetdicom.pdu import A_ASSOCIATE_RQ
    from pynetdicom.pdu_primitives import A_ASSOCIATE, MaximumLengthNotification
    from pynetdicom.presentation import build_context

    primitive = A_ASSOCIATE()
    primitive.application_context_name = uid.UID("1.2.840.10008.3.1.1.1")
    primitive.calling_ae_title, primitive.called_ae_title = "FUZZ", "SPONDYL"
    length = MaximumLengthNotification()
    length.maximum_length_received = 16382
    primitive.user_information = [length]
    context = build_context("1.2.840.10008.1.1")
    context.context_id = 1
    primitive.presentation_context_definition_list = [context]
    pdu = A_ASSOCIATE_RQ()
    pdu.from_primitive(primitive)
    request = bytearray(pdu.encode())
    whole = chance.random() < 0.5
    if not whole:
        for _ in range(chance.randint(1, 8)):
            request[chance.randrange(len(request))] = chance.randrange(256)
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.sendall(request)
            if whole:
                connection.recv(4096)
                body = chance.randbytes(chance.randrange(200))
                kind = chance.choice((4, 4, 4, 5, 7, chance.randrange(256)))
                connection.sendall(struct.pack(">BBL", kind, 0, len(body)) + body)
    except OSError:
        pass


def main(arguments: Sequence[str] | None = None) -> int:
    """Mutate, read, print; exit code 1 if anything crashed, hung or lied."""
    parser = argparse.ArgumentParser(prog="python -m bench fuzz", description=__doc__)
    parser.add_argument("--films", type=int, default=20_000, help="through the reader")
    parser.add_argument("--sent", type=int, default=1000, help="through a node")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the films that did harm")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    logging.disable()  # of a node in this process
    warnings.simplefilter("ignore")  # of pydicom, about what was broken on purpose
    found: dict[str, dict[str, object]] = {}
    if given.films:
        found["reader"] = fuzz_reader(given.films, given.seed, given.keep)
        _print("reader", found["reader"], given.json)
    if given.sent:
        found["node"] = fuzz_node(given.sent, given.seed)
        _print("node", found["node"], given.json)
    harm = any(key.isupper() for key in found.get("reader", {}))
    node = found.get("node", {"answers afterwards": True})
    return int(harm or not node["answers afterwards"])


def _print(name: str, found: dict[str, object], as_json: bool) -> None:
    if as_json:
        print(json.dumps({name: found}), flush=True)
    else:
        print(f"{name}: " + ", ".join(f"{key} {v}" for key, v in found.items()), flush=True)


if __name__ == "__main__":
    sys.exit(main())
