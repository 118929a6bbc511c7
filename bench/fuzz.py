"""Mutated DICOM files through the reader and through a node: does anything crash, hang or lie?

Films of the examples in several transfer syntaxes are changed at random: bytes, lengths, values of
the header, elements added, pieces cut out or doubled. Each is read in a reading process, as a node
does, and must end in a result that is whole or in a refusal in words. Some are sent to a node as
data sets, and damaged PDUs beside them.
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
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # `python bench/fuzz.py` finds `bench`

from pydicom import uid

from bench.fuzz_films import Seed, mutated, seeds
from bench.fuzz_reader import fuzz_reader
from bench.node_kit import config, echo, free_port
from spondyl.serve.dicom.model import FilmState


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
        alive = _answers(port)
        end = time.monotonic() + 120
        while node.queue.waiting() and time.monotonic() < end:
            time.sleep(0.2)
        counts = node.queue.counts()
        node.drain()
        archive.stop()
    return {
        "data sets": count,
        "accepted": accepted,
        "known": accepted - sum(counts.values()),
        "delivered": counts[FilmState.DELIVERED],
        "dead": counts[FilmState.DEAD],
        "damaged PDUs": count,
        "answers afterwards": alive,
    }


def _answers(port: int, wait_s: float = 30.0) -> bool:
    """Whether C-ECHO is answered once the associations before have ended."""
    end = time.monotonic() + wait_s
    while not echo(port):
        if time.monotonic() > end:
            return False
        time.sleep(1.0)
    return True


def _send_mutated(port: int, films: Sequence[Seed], count: int, chance: random.Random) -> int:
    """C-STORE mutated data sets, each under a UID of its own; how many were accepted."""
    from pynetdicom import AE
    from pynetdicom.dimse_primitives import C_STORE
    from pynetdicom.presentation import build_context

    accepted = 0
    pairs = {(each.sop_class_uid, each.syntax) for each in films}
    contexts = [build_context(*pair) for pair in sorted(pairs)]
    association = None
    for number in range(count):
        if association is None or not association.is_established:
            entity = AE("FUZZ")
            # Where the node ends the association, no answer comes.
            entity.dimse_timeout = 3
            association = entity.associate("127.0.0.1", port, contexts=contexts, ae_title="SPONDYL")
        seed = chance.choice(films)
        content = mutated(seed, number, chance)
        request = C_STORE()
        request.MessageID = number % 65535 + 1
        request.AffectedSOPClassUID = uid.UID(seed.sop_class_uid)
        request.AffectedSOPInstanceUID = uid.UID(seed.named(number)[1])
        request.Priority = 2
        request.DataSet = BytesIO(content[seed.after_meta :])
        context = next(
            each
            for each in association.accepted_contexts
            if (each.abstract_syntax, each.transfer_syntax[0]) == (seed.sop_class_uid, seed.syntax)
        )
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
    parser.add_argument(
        "--state", type=Path, metavar="FILE", help="a run that was stopped goes on from it"
    )
    parser.add_argument(
        "--each-picture",
        action="store_true",
        help="ask the networks about pictures that look like one before, too",
    )
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    logging.disable()  # of a node in this process
    warnings.simplefilter("ignore")  # of pydicom, about what was broken on purpose
    found: dict[str, dict[str, object]] = {}
    if given.films:
        found["reader"] = fuzz_reader(
            given.films, given.seed, given.keep, given.state, given.each_picture
        )
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
