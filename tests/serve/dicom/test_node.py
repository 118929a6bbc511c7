"""A node between a sender and an archive, over loopback."""

import json
import urllib.request
from collections.abc import Callable

import pytest
from pydicom import uid

from bench.node_kit import (
    Archive,
    QuickReading,
    broken_film,
    echo,
    film,
    mixed_film,
    send,
    uids,
    until,
)
from spondyl.serve.dicom.model import FilmState
from spondyl.serve.dicom.node import Node
from spondyl.serve.dicom.status import finished
from spondyl.serve.dicom.syntaxes import TRANSFER_SYNTAXES

Make = Callable[..., Node]


def _port(node: Node) -> int:
    return node.receiver.port


def test_echo_and_films_of_several_syntaxes_reach_the_archive(node: Make, archive: Archive) -> None:
    made = node()
    assert echo(_port(made))
    films = [mixed_film(number, "syntaxes") for number in range(6)]
    assert send(_port(made), films) == [0] * 6
    until(lambda: finished(made.queue), 60)
    assert made.queue.counts()[FilmState.DELIVERED] == 6
    assert archive.sources() == uids(films)
    # Two results of each film, each once; nothing left on the disk.
    assert sorted(archive.counts.values()) == [1] * 12
    until(lambda: not list(made.queue.store.films.iterdir()), 5)
    until(lambda: not list(made.queue.store.results.iterdir()), 5)


def test_every_syntax_that_can_be_decoded_is_offered() -> None:
    wanted = {uid.JPEGLosslessSV1, uid.JPEGLSLossless, uid.JPEG2000, uid.HTJ2K, uid.RLELossless,
              uid.JPEGBaseline8Bit, uid.JPEGExtended12Bit, uid.ExplicitVRBigEndian,
              uid.DeflatedExplicitVRLittleEndian, uid.ImplicitVRLittleEndian}  # fmt: skip
    assert wanted <= set(TRANSFER_SYNTAXES)


def test_the_same_film_again_is_answered_and_not_read_again(node: Make, archive: Archive) -> None:
    reading = QuickReading()
    made = node(reading=reading)
    one = film("again")
    assert send(_port(made), [one, one]) == [0, 0]
    until(lambda: finished(made.queue), 30)
    assert send(_port(made), [one]) == [0]
    until(lambda: finished(made.queue), 30)
    assert reading.reads[str(one.SOPInstanceUID)] == 1
    assert set(archive.counts.values()) == {1}


class TestAllowList:
    def test_titles_and_addresses(self, node: Make) -> None:
        made = node(allow=[{"ae_title": "SENDER", "address": "127.0.0.0/8"}])
        assert echo(_port(made))
        assert not echo(_port(made), ae_title="STRANGER")
        assert not echo(_port(made), called="ANOTHER")
        refused = made.metrics.text().decode()
        assert 'refused_total{reason="caller_not_allowed"} 1.0' in refused
        assert 'refused_total{reason="wrong_called_ae_title"} 1.0' in refused

    def test_an_address_that_is_not_allowed_is_not_even_listened_to(self, node: Make) -> None:
        made = node(allow=[{"address": "10.9.8.7"}])
        assert not echo(_port(made))
        assert 'reason="address_not_allowed"' in made.metrics.text().decode()


class TestDeadLetters:
    def test_a_broken_film_is_kept_with_its_reason_and_can_be_requeued(self, node: Make) -> None:
        reading = QuickReading()
        made = node(reading=reading)
        broken = [broken_film(number, "letters") for number in range(4)]
        assert send(_port(made), broken) == [0] * 4
        until(lambda: finished(made.queue), 30)
        letters = made.queue.dead_letters()
        assert len(letters) == 4
        assert all(letter.film.reason.endswith(".") for letter in letters)
        assert all(letter.film.path.is_file() for letter in letters)
        assert made.queue.requeue(letters[0].film.id)
        assert not made.queue.requeue(999)
        until(lambda: sum(reading.reads.values()) == 5 and finished(made.queue), 30)
        assert len(made.queue.dead_letters()) == 4

    def test_a_whole_film_takes_the_place_of_its_broken_self(
        self, node: Make, archive: Archive
    ) -> None:
        made = node()
        whole, broken = film("mended"), film("mended")
        del broken.Rows
        assert send(_port(made), [broken]) == [0]
        until(lambda: made.queue.dead_letters(), 30)
        assert send(_port(made), [whole]) == [0]
        until(lambda: made.queue.counts()[FilmState.DELIVERED] == 1, 30)
        assert archive.sources() == uids([whole])

    def test_a_refused_result_can_be_sent_again(self, node: Make, archive: Archive) -> None:
        archive.answer = lambda dataset: 0xA900
        made = node()
        assert send(_port(made), [film("refused")]) == [0]
        until(lambda: made.queue.dead_letters(), 30)
        (letter,) = made.queue.dead_letters()
        assert "A900" in letter.film.reason
        assert {each.destination for each in letter.parcels} == {"archive"}
        archive.answer = lambda dataset: 0
        made.queue.requeue(letter.film.id)
        until(lambda: made.queue.counts()[FilmState.DELIVERED] == 1, 30)


def test_a_destination_that_is_down_gets_all_when_it_is_up(node: Make, archive: Archive) -> None:
    archive.stop()
    made = node()
    films = [film(f"down {number}") for number in range(3)]
    assert send(_port(made), films) == [0] * 3
    until(lambda: "No association" in made.queue.last_reason("archive"), 30)
    until(lambda: made.queue.counts()[FilmState.SENDING] == 3, 30)
    archive.start()
    until(lambda: finished(made.queue), 60)
    assert archive.sources() == uids(films)
    assert set(archive.counts.values()) == {1}


def test_routes_choose_results_by_caller(node: Make, archive: Archive) -> None:
    made = node(routes=[{"callers": ["CT1"], "results": ["sr"], "to": ["archive"]}])
    assert send(_port(made), [film("routed")], ae_title="CT1") == [0]
    assert send(_port(made), [film("unrouted")], ae_title="CT2") == [0]
    until(lambda: finished(made.queue), 30)
    assert len(archive.counts) == 1
    (letter,) = made.queue.dead_letters()
    assert "No route" in letter.film.reason


def test_results_for_a_destination_that_was_taken_out_are_dead_letters(
    node: Make, archive: Archive
) -> None:
    archive.stop()
    first = node()
    assert send(_port(first), [film("taken out")]) == [0]
    until(lambda: first.queue.last_reason("archive"), 30)
    first.drain()
    dicom = {"ae_title": "OTHER", "host": "127.0.0.1", "port": archive.port}
    second = node(destinations=[{"name": "other", "dicom": dicom}])
    (letter,) = second.queue.dead_letters()
    assert "No such destination" in letter.film.reason


class TestDrain:
    def test_films_that_wait_are_left_for_the_next_start(
        self, node: Make, archive: Archive
    ) -> None:
        first = node(reading=QuickReading(seconds=0.5))
        films = [film(f"drain {number}") for number in range(4)]
        assert send(_port(first), films) == [0] * 4
        first.drain()
        second = node()
        assert second.queue.counts()[FilmState.DEAD] == 0
        until(lambda: finished(second.queue), 60)
        assert archive.sources() == uids(films)
        assert set(archive.counts.values()) == {1}

    def test_two_nodes_do_not_share_a_queue(self, node: Make) -> None:
        from spondyl.serve.dicom.errors import NodeError

        node()
        with pytest.raises(NodeError, match="another node"):
            node()


def test_health_readiness_metrics(node: Make) -> None:
    made = node()
    assert made.health is not None

    def get(path: str) -> str:
        url = f"http://127.0.0.1:{made.health.port}{path}"  # type: ignore[union-attr]
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.read().decode()

    assert json.loads(get("/healthz")) == {"ok": True, "reasons": []}
    assert json.loads(get("/readyz"))["ok"]
    send(_port(made), [film("metrics")])
    until(lambda: finished(made.queue), 30)
    text = get("/metrics")
    assert 'spondyl_node_films_taken_total{origin="dicom",taken="new"} 1.0' in text
    assert 'spondyl_node_films{state="delivered"} 1.0' in text
    assert "Test" not in text  # the patient's name
