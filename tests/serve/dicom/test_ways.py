"""Other ways in and out: storage commitment, folders, DICOMweb by Orthanc."""

import datetime
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bench.node_kit import Archive, broken_film, film, send, uids, until
from bench.orthanc import MISSING, Orthanc
from spondyl.serve.dicom.model import FilmState
from spondyl.serve.dicom.node import Node
from spondyl.serve.dicom.status import finished

Make = Callable[..., Node]


def _committing(archive: Archive, **changes: object) -> list[dict[str, object]]:
    dicom = {"ae_title": "ARCHIVE", "host": "127.0.0.1", "port": archive.port, "commitment": True}
    return [{"name": "archive", "dicom": {**dicom, **changes}}]


class TestCommitment:
    @pytest.fixture
    def archive(self) -> Iterator[Archive]:
        found = Archive(commits=lambda uids: []).start()
        yield found
        found.stop()

    def test_on_the_association_that_asked(self, node: Make, archive: Archive) -> None:
        made = node(destinations=_committing(archive, commitment_wait_s=10))
        send(made.receiver.port, [film("commit")])
        until(lambda: made.queue.counts()[FilmState.DELIVERED] == 1, 30)

    def test_on_an_association_of_its_own(self, node: Make, archive: Archive) -> None:
        made = node(destinations=_committing(archive, commitment_wait_s=0))
        archive.report_to = made.receiver.port
        send(made.receiver.port, [film("commit later")])
        until(lambda: made.queue.counts()[FilmState.DELIVERED] == 1, 30)

    def test_what_is_not_kept_is_sent_again(self, node: Make, archive: Archive) -> None:
        refused: list[str] = []

        def once(asked: list[str]) -> list[str]:
            if refused:
                return []
            refused.extend(asked[:1])
            return asked[:1]

        archive.commits = once
        made = node(destinations=_committing(archive, commitment_wait_s=10))
        send(made.receiver.port, [film("commit again")])
        until(lambda: made.queue.counts()[FilmState.DELIVERED] == 1, 30)
        assert archive.counts[refused[0]] == 2
        assert sorted(archive.counts.values()) == [1, 2]

    def test_silence_is_asked_again(self, node: Make, archive: Archive) -> None:
        silent = [True]
        archive.commits = lambda uids: []
        report, archive._report_alone = archive._report_alone, lambda *given: None
        archive.report_to = 1
        made = node(destinations=_committing(archive, commitment_wait_s=0, commitment_timeout_s=1))
        send(made.receiver.port, [film("silence")])
        until(lambda: len(made.queue.uncommitted("archive")) == 2, 30)
        silent[0] = False
        archive.report_to = made.receiver.port
        archive._report_alone = report
        until(lambda: made.queue.counts()[FilmState.DELIVERED] == 1, 30)
        assert set(archive.counts.values()) == {1}


def test_a_destination_without_commitment_is_taken_at_its_word(
    node: Make, archive: Archive
) -> None:
    made = node(destinations=_committing(archive))
    send(made.receiver.port, [film("no commitment")])
    until(lambda: made.queue.counts()[FilmState.DELIVERED] == 1, 30)


class TestFolder:
    def test_whole_files_are_taken_and_moved(
        self, node: Make, archive: Archive, tmp_path: Path
    ) -> None:
        folder = tmp_path / "in"
        (folder / "deep").mkdir(parents=True)
        one, two = film("folder 1"), film("folder 2")
        one.save_as(folder / "one.dcm", enforce_file_format=True)
        two.save_as(folder / "deep" / "two", enforce_file_format=True)
        broken_film(3, "folder").save_as(folder / "broken.dcm")
        (folder / "notes.txt").write_text("no film at all")
        made = node(folders=[{"folder": str(folder), "every_s": 0.2, "settle_s": 0.4}])
        until(lambda: sum(made.queue.counts().values()) == 4 and finished(made.queue), 30)
        assert archive.sources() == uids([one, two])
        assert made.queue.counts()[FilmState.DEAD] == 2
        assert (folder / ".taken" / "deep" / "two").is_file()
        assert [each.name for each in folder.iterdir() if each.is_file()] == []

    def test_a_file_that_grows_is_not_taken(self, node: Make, tmp_path: Path) -> None:
        folder = tmp_path / "in"
        folder.mkdir()
        made = node(
            folders=[{"folder": str(folder), "every_s": 0.1, "settle_s": 1.0, "after": "keep"}]
        )
        whole = tmp_path / "whole.dcm"
        film("growing").save_as(whole, enforce_file_format=True)
        content = whole.read_bytes()
        parts = 6
        with (folder / "film.dcm").open("wb") as file:
            for part in range(parts):
                start, end = (len(content) * n // parts for n in (part, part + 1))
                file.write(content[start:end])
                file.flush()
                assert sum(made.queue.counts().values()) == 0
                time.sleep(0.4)
        until(lambda: made.queue.counts()[FilmState.DELIVERED] == 1, 30)
        # It is kept, and not taken again.
        assert (folder / "film.dcm").is_file()


@pytest.fixture(scope="module")
def orthanc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orthanc]:
    found = Orthanc(tmp_path_factory.mktemp("orthanc")).start()
    yield found
    found.stop()


@pytest.mark.skipif(bool(MISSING), reason=MISSING)
class TestOrthanc:
    def test_results_by_c_store_and_by_stow(self, node: Make, orthanc: Orthanc) -> None:
        dicom = {"ae_title": "ORTHANC", "host": "127.0.0.1", "port": orthanc.port}
        made = node(
            destinations=[
                {"name": "dimse", "dicom": dicom},
                {"name": "web", "dicomweb": {"url": orthanc.dicomweb}},
            ],
            routes=[
                {"results": ["sr"], "to": ["dimse"]},
                {"results": ["sc"], "to": ["web"]},
            ],
        )
        send(made.receiver.port, [film("orthanc")])
        until(lambda: finished(made.queue), 30)
        assert made.queue.dead_letters() == []
        assert len(orthanc.instances()) == 2

    def test_films_are_pulled_by_dicomweb(
        self, node: Make, orthanc: Orthanc, archive: Archive
    ) -> None:
        one = film("pulled")
        one.StudyDate = f"{datetime.datetime.now():%Y%m%d}"
        old = film("of last year")
        for each in (one, old):
            client_send(orthanc, each)
        made = node(pulls=[{"url": orthanc.dicomweb, "every_s": 0.5}])
        until(lambda: made.queue.counts()[FilmState.DELIVERED] == 1, 30)
        assert archive.sources() == uids([one])

    def test_a_web_destination_that_is_down(self, node: Make) -> None:
        made = node(
            destinations=[{"name": "web", "dicomweb": {"url": "http://127.0.0.1:9/dicom-web"}}]
        )
        send(made.receiver.port, [film("web down")])
        until(lambda: "cannot be reached" in made.queue.last_reason("web"), 30)
        assert made.queue.dead_letters() == []


def client_send(orthanc: Orthanc, dataset: object) -> None:
    """Put a film into Orthanc."""
    from dicomweb_client import DICOMwebClient

    DICOMwebClient(orthanc.dicomweb).store_instances([dataset])
