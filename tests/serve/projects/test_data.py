"""Data sets into projects and out again: there and back, in every form, and what is refused."""

import io
import json
import stat
import zipfile
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient

from spondyl.anatomy import Level, Status
from spondyl.labels import FilmLabel, load_dataset, save_dataset
from spondyl.labels.formats import FORMATS, ReadOptions
from spondyl.serve.projects.retrain import recipe_text
from spondyl.serve.projects.state import bodies_of
from tests.serve.projects.conftest import put_film
from tests.serve.projects.made import SIZE_PX, drawing, png
from tests.serve.projects.test_routes import API, let_in, make_project, says

REPORT = "Compression fracture of L1. No other fracture."


def data_set(folder: Path, count: int = 4, each: int = 2) -> dict[str, FilmLabel]:
    """A drawn data set, ``each`` films a patient; every second film has a fracture."""
    films = {}
    for k in range(count):
        state = drawing({"L1": 2} if k % 2 else None, shift=k)
        name = f"a/film-{k}.png"
        films[name] = FilmLabel(
            name, SIZE_PX, "left", bodies_of(state["vertebrae"]), patient=f"p{k // each}",
            site="north", report=REPORT if k % 2 else None,
        )  # fmt: skip
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(png(name))
    save_dataset(folder, films.values(), "made")
    return films


def zipped(folder: Path, inside: str = "") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, inside + path.relative_to(folder).as_posix())
    return buffer.getvalue()


def bring(browser: TestClient, project: str, data: bytes, labels: bool = False):
    return browser.post(
        f"{API}/{project}/films",
        data={"labels": str(labels).lower()},
        files={"file": ("set.zip", data, "application/zip")},
    )


def taken_out(browser: TestClient, project: str, folder: Path, **query: object) -> Path:
    answer = browser.get(f"{API}/{project}/export", params=query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        archive.extractall(folder)
    return folder


class TestThereAndBack:
    def test_a_data_set_comes_back_as_it_was(self, anna: TestClient, tmp_path: Path) -> None:
        films = data_set(tmp_path / "in")
        project = make_project(anna)
        answer = bring(anna, project, zipped(tmp_path / "in", "set/"), labels=True)
        assert answer.status_code == 200, answer.text
        assert answer.json() == {"added": 4, "already": 0, "labelled": 4, "refused": []}
        found = load_dataset(taken_out(anna, project, tmp_path / "out"))
        assert {film.name for film in found} == set(films)
        for film in found:
            before = films[film.name]
            assert (film.size_px, film.posterior_side) == (before.size_px, "left")
            assert (film.patient, film.site, film.report) == (
                before.patient, before.site, before.report,
            )  # fmt: skip
            assert film.split in ("train", "test", "validation")
            assert found.path(film).read_bytes() == png(film.name)
            assert film.vertebrae.keys() == before.vertebrae.keys()
            for level, body in film.vertebrae.items():
                old = before.vertebrae[level]
                assert (body.status, body.genant_grade, body.shape) == (
                    old.status, old.genant_grade, old.shape,
                )  # fmt: skip
                np.testing.assert_allclose(body.corners_px, old.corners_px, atol=0.01)
                np.testing.assert_allclose(body.mid_endplates_px, old.mid_endplates_px, atol=0.01)

    @pytest.mark.parametrize("form", sorted(FORMATS))
    def test_every_label_format_reads_what_was_exported(
        self, form: str, anna: TestClient, tmp_path: Path
    ) -> None:
        films = data_set(tmp_path / "in", 2)
        project = make_project(anna)
        bring(anna, project, zipped(tmp_path / "in"), labels=True)
        folder = taken_out(anna, project, tmp_path / "out", format=form)
        sources = [p for p in folder.iterdir() if p.suffix in (".json", ".xml")]
        source = sources[0] if form in ("coco", "cvat", "via", "labelstudio") else folder
        labels = FORMATS[form].read(source, ReadOptions("left", lambda _: SIZE_PX))
        back = {film.name: film for film in labels.films}
        assert set(back) == set(films)
        broken = back["a/film-1.png"].vertebrae[Level.L1]
        assert broken.status is Status.FRACTURED
        np.testing.assert_allclose(
            broken.corners_px, films["a/film-1.png"].vertebrae[Level.L1].corners_px, atol=0.51
        )

    def test_it_can_be_trained_on(
        self, anna: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pytest.importorskip("torch")
        from spondyl.train.labelled import check_datasets
        from spondyl.train.mixture import open_sources
        from spondyl.train.recipe import load_recipe

        data_set(tmp_path / "in", 12, each=1)
        project = make_project(anna)
        bring(anna, project, zipped(tmp_path / "in"), labels=True)
        taken_out(anna, project, tmp_path / "data" / "study")
        monkeypatch.chdir(tmp_path)
        recipe = load_recipe(Path("data/study/retrain.yaml"))
        assert set(recipe.weights.values()) == {"shipped", "finder", "body"}
        for stage in recipe.stages:
            (sentence,) = check_datasets(recipe.experiment(stage, Path("runs")))
            assert "left alone; of " in sentence
        data = recipe.experiment("finder", Path("runs")).data
        assert recipe.experiment("body", Path("runs")).start_from == "shipped"
        films = data.model_copy(update={"geometry": None, "validation_films": 2})
        training, validation = open_sources(films, tmp_path / "cache")
        assert len(training) + len(validation) > 0

    def test_the_recipe_is_the_documented_one(self) -> None:
        file = Path(__file__).parents[3] / "experiments" / "retrain.yaml"
        assert file.read_text() == recipe_text("ours", 200, "experiments/retrain.yaml")

    def test_two_readers_who_agree_leave_their_mean(
        self, anna: TestClient, ben: TestClient, tmp_path: Path
    ) -> None:
        project, film = make_project(anna, 2), put_film(anna, "one")
        let_in(anna, project, anna="labeller", ben="labeller")
        anna.post(f"{API}/{project}/films", json={"film_ids": [film]})
        says(anna, "anna", project, film, drawing({"L1": 2}))
        assert anna.get(f"{API}/{project}/export").status_code == 409
        once = {"params": {"include": "decided"}}
        assert anna.get(f"{API}/{project}/export", **once).status_code == 200
        # Ben is blind yet.
        assert ben.get(f"{API}/{project}/export", **once).status_code == 409
        says(ben, "ben", project, film, drawing({"L1": 2}, shift=2.0))
        (found,) = load_dataset(taken_out(anna, project, tmp_path))
        corner = found.vertebrae[Level.L2].corners_px
        assert corner is not None
        assert corner[0, 0] == pytest.approx(151.0)
        assert found.vertebrae[Level.L1].genant_grade == 2

    def test_rejected_and_unread_films_stay_here(self, anna: TestClient, tmp_path: Path) -> None:
        project = make_project(anna)
        films = [put_film(anna, f"film-{k}") for k in range(3)]
        anna.post(f"{API}/{project}/films", json={"film_ids": films})
        says(anna, "anna", project, films[0], drawing())
        says(anna, "anna", project, films[1], None, "reject")
        found = load_dataset(taken_out(anna, project, tmp_path, pictures=False))
        assert [film.name for film in found] == ["film-0.png"]

    def test_patients_numbers_do_not_leave(self, anna: TestClient, tmp_path: Path) -> None:
        project = make_project(anna)
        film = put_film(anna, "one", patient_key="default|4711", patient_id="4711")
        anna.post(f"{API}/{project}/films", json={"film_ids": [film]})
        says(anna, "anna", project, film, drawing())
        (found,) = load_dataset(taken_out(anna, project, tmp_path))
        assert found.patient is not None
        assert "4711" not in found.patient


class TestRefused:
    def test_what_is_no_data_set(self, anna: TestClient) -> None:
        project = make_project(anna)
        empty = io.BytesIO()
        zipfile.ZipFile(empty, "w").close()
        for data in (b"", b"no zip", empty.getvalue(), one_file("films.json", b"{")):
            assert bring(anna, project, data).status_code == 422

    @pytest.mark.parametrize(
        "films",
        [
            '{"a.png": 1}',
            '{"a.png": {"size_px": 1, "posterior_side": "left"}}',
            '{"a.png": {"size_px": [1e999, 1], "posterior_side": "left"}}',
            '{"a.png": {"size_px": [1, 1], "posterior_side": "left", "vertebrae": []}}',
            '{"a.png": {"size_px": [1, 1], "posterior_side": "left", "patient": 7}}',
            '{"a.png": {"size_px": [1, 1], "posterior_side": "left", "patient": "\\ud800"}}',
            '{"\\ud800": {"size_px": [1, 1], "posterior_side": "left"}}',
            '{"../a.png": {"size_px": [1, 1], "posterior_side": "left"}}',
        ],
    )
    def test_films_of_no_form_are_named(self, films: str, anna: TestClient) -> None:
        project = make_project(anna)
        content = f'{{"schema": "spondyl.dataset/1", "films": {films}}}'
        answer = bring(anna, project, one_file("films.json", content.encode(), "a.png"))
        assert answer.status_code == 200, answer.text
        assert answer.json()["added"] == 0
        assert len(answer.json()["refused"]) == 1

    def test_a_picture_that_is_none(self, anna: TestClient) -> None:
        project = make_project(anna)
        films = {"a.png": {"size_px": [1, 1], "posterior_side": "left"}}
        content = json.dumps({"schema": "spondyl.dataset/1", "films": films}).encode()
        answer = bring(anna, project, one_file("films.json", content, "a.png")).json()
        assert answer["added"] == 0
        assert answer["refused"][0]["name"] == "a.png"

    def test_labels_that_are_no_drawing(self, anna: TestClient, tmp_path: Path) -> None:
        data_set(tmp_path, 1)
        content = json.loads((tmp_path / "films.json").read_text())
        content["films"]["a/film-0.png"]["vertebrae"]["L1"]["genant_grade"] = 17
        (tmp_path / "films.json").write_text(json.dumps(content))
        project = make_project(anna)
        answer = bring(anna, project, zipped(tmp_path), labels=True).json()
        assert (answer["added"], answer["labelled"]) == (1, 0)
        assert "no drawing" in answer["refused"][0]["reason"]


def one_file(name: str, content: bytes, also: str = "") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
        if also:
            archive.writestr(also, b"no picture")
    return buffer.getvalue()


class TestArchive:
    def check(self, data: bytes, **limits: float) -> None:
        from spondyl.serve.projects.archive import Archive, ArchiveLimits

        with Archive(io.BytesIO(data), ArchiveLimits(**limits)) as archive:  # type: ignore[arg-type]
            for name in archive.entries:
                archive.read(name)

    @pytest.mark.parametrize(
        "name", ["../a.png", "/etc/passwd", "a/../../b", "C:/a.png", "a\\..\\b", "a\nb", "x" * 400]
    )
    def test_paths_that_lead_elsewhere(self, name: str) -> None:
        with pytest.raises(ValueError, match="no path inside"):
            self.check(one_file(name, b"x"))

    def test_bombs(self) -> None:
        bomb = one_file("a.png", b"\0" * 30_000_000)
        with pytest.raises(ValueError, match="times as large"):
            self.check(bomb)
        with pytest.raises(ValueError, match="larger than"):
            self.check(bomb, file_bytes=1_000_000)
        with pytest.raises(ValueError, match="more than"):
            self.check(bomb, total_bytes=1_000_000, ratio=1e9)

    def test_an_entry_that_lies_of_its_size(self) -> None:
        data = bytearray(one_file("a.png", b"\0" * 3_000_000))
        # The size in the central directory: less than there is.
        at = data.index(b"PK\x01\x02") + 24
        data[at : at + 4] = (1000).to_bytes(4, "little")
        with pytest.raises(ValueError, match=r"cannot be unpacked|whole zip"):
            self.check(bytes(data))

    def test_too_many_files(self) -> None:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for k in range(11):
                archive.writestr(f"{k}.png", b"")
        with pytest.raises(ValueError, match="11 files"):
            self.check(buffer.getvalue(), files=10)

    def test_links_and_doubles(self) -> None:
        buffer = io.BytesIO()
        link = zipfile.ZipInfo("a.png")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr(link, "/etc/passwd")
        with pytest.raises(ValueError, match="is a link"):
            self.check(buffer.getvalue())
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("a.png", b"1")
            with pytest.warns(UserWarning, match="Duplicate"):
                archive.writestr("a.png", b"2")
        with pytest.raises(ValueError, match="twice"):
            self.check(buffer.getvalue())

    def test_damaged_archives_are_refused_and_nothing_else(self, tmp_path: Path) -> None:
        from spondyl.serve.projects.archive import Archive, ArchiveError, ArchiveLimits
        from spondyl.serve.projects.contents import read_contents

        data_set(tmp_path, 2)
        (tmp_path / "reports.csv").write_text("film,text\na/film-0.png,No fracture.\n")
        whole = zipped(tmp_path)
        with Archive(io.BytesIO(whole), ArchiveLimits()) as archive:
            assert [f.report for f in read_contents(archive).films] == ["No fracture.", REPORT]
        rng = np.random.default_rng(7)
        # Beside the pictures: what they hold is the film reader's to refuse.
        places = [i for i in range(len(whole)) if i > len(whole) - 1200 or i < 200]
        refused = 0
        for _ in range(600):
            data = bytearray(whole)
            for place in rng.choice(places, rng.integers(1, 8)):
                data[place] = rng.integers(256)
            try:
                with Archive(io.BytesIO(bytes(data)), ArchiveLimits()) as archive:
                    read_contents(archive)
                    for name in archive.entries:
                        archive.read(name)
            except ArchiveError:
                refused += 1
        assert refused > 100
